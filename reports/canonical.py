"""Figures as one text and back: the same figures give the same bytes, whose SHA-256 stands for them (REP-05)."""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def text(figures: Any) -> str:
    """The figures as JSON: keys in order, nothing between the signs, decimals and days as text."""
    return json.dumps(_plain(figures), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(content: str | bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def read(kind: type[T], content: str) -> T:
    """The figures of a text that :func:`text` made."""
    return _built(kind, json.loads(content))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: Any, value: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is types.UnionType:
        return None if value is None else _built(next(one for one in inner if one is not type(None)), value)
    if is_dataclass(kind):
        return kind(**{name: _built(hint, value[name]) for name, hint in _hints(kind).items()})  # type: ignore[operator,arg-type]
    if origin is list:
        return [_built(inner[0], one) for one in value]
    if origin is dict:
        return {_built(inner[0], key): _built(inner[1], one) for key, one in value.items()}
    return date.fromisoformat(value) if kind is date else kind(value)

"""Texts and figures of a bulk case, kept as ciphertext under the case's own key (BULK-01, BULK-11)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from common import crypto


def case_of(row: Any) -> Any:
    """The case whose key seals ``row``: its own, for a case."""
    return getattr(row, "case", row)


class Sealed:
    """An attribute whose text lies, encrypted, in the binary column named ``column``; empty reads as an empty text."""

    empty: Any = ""

    def __init__(self, column: str) -> None:
        self.column = column

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def _where(self, row: Any) -> dict[str, str]:
        return {"model": type(row).__name__, "field": self.name, "subject": str(case_of(row).uuid)}

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        blob = getattr(row, self.column)
        if not blob:
            return self.empty
        return self.read(crypto.unseal(case_of(row).data_key, bytes(blob), **self._where(row)))

    def __set__(self, row: Any, value: Any) -> None:
        nothing = value is None or value == "" or value == {}
        sealed = b"" if nothing else crypto.seal(case_of(row).data_key, self.write(value), **self._where(row))
        setattr(row, self.column, sealed)

    def read(self, text: str) -> Any:
        """The value of a text that was opened."""
        return text

    def write(self, value: Any) -> str:
        """The text that is sealed for a value."""
        return str(value)


class SealedFigure(Sealed):
    """A price or a percent; None where there is none. Ciphertexts of different figures differ in nothing but noise."""

    empty = None
    width = 24

    def read(self, text: str) -> Decimal:
        """The figure."""
        return Decimal(text.strip())

    def write(self, value: Any) -> str:
        """All figures are sealed at one length, so that the length tells nothing."""
        return str(value).rjust(self.width)


class SealedWords(Sealed):
    """A small table of words and figures as JSON; an empty one where there is none."""

    empty: Any = {}

    def read(self, text: str) -> Any:
        """The table."""
        return json.loads(text)

    def write(self, value: Any) -> str:
        """Figures as texts, to the digit."""
        return json.dumps(value, ensure_ascii=False, default=str)

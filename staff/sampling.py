"""A random sample that can be drawn again: by the digest of a seed and each record, pure (COND-04)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def draw(population: Iterable[str], *, seed: str, size: int) -> list[str]:
    """The first ``size`` records in the order of their SHA-256 digests with ``seed``; all of them if there are fewer.

    Who knows the seed and the records can draw the same by hand; who does not choose the seed cannot steer it.
    """
    return sorted(set(population), key=lambda ref: (_digest(seed, ref), ref))[:size]


def _digest(seed: str, ref: str) -> str:
    return hashlib.sha256(f"{seed}:{ref}".encode()).hexdigest()

"""Which column of a stranger's table is which: heads guessed from the words that offices use (REG-10). Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEAD_AMONG = 10


@dataclass(frozen=True)
class Column:
    """One thing that a table may tell: its name in code, its label, the heads by which offices call it."""

    name: str
    label: Any
    heads: tuple[str, ...]
    required: bool = False


def folded(head: str) -> str:
    """A head without spaces, brackets, stars and what stands in brackets: ``*客户姓名（必填）`` is ``客户姓名``."""
    text = unicodedata.normalize("NFKC", head).lower()
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", text)
    return re.sub(r"[\s*_:.\-/]+", "", text)


def guess(heads: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Column name to position: exact words first, then a head that holds one of the words; no position twice."""
    plain = [folded(head) for head in heads]
    found: dict[str, int] = {}
    for exact in (True, False):
        for column in columns:
            if column.name in found:
                continue
            position = _position(plain, column, set(found.values()), exact=exact)
            if position is not None:
                found[column.name] = position
    return found


def _position(plain: Sequence[str], column: Column, taken: set[int], *, exact: bool) -> int | None:
    for word in (folded(head) for head in column.heads):
        for position, head in enumerate(plain):
            if position in taken or not head:
                continue
            if head == word or (not exact and len(word) > 1 and word in head):
                return position
    return None


def find_head(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> tuple[int, list[str]]:
    """(index of the row of heads, the heads) among the first rows: the row in which most columns are recognised.

    A title above is passed over; of two rows of heads the lower is completed by the upper where cells were merged.
    """
    best, heads, most = 0, list(rows[0]) if rows else [], 0
    for index, row in enumerate(rows[:HEAD_AMONG]):
        merged = _over(rows[index - 1] if index else [], row)
        known = len(guess(merged, columns))
        if known > most:
            best, heads, most = index, merged, known
    return best, heads


def _over(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The lower of two rows, its empty cells taken from the upper."""
    width = max(len(upper), len(lower))
    padded = zip([*upper, *[""] * (width - len(upper))], [*lower, *[""] * (width - len(lower))], strict=True)
    return [below or above for above, below in padded]


def picked(cells: Sequence[str], mapping: Mapping[str, int]) -> dict[str, str]:
    """The cells of one row by column name; a row that is too short has empty ones."""
    return {name: cells[n].strip() if n < len(cells) else "" for name, n in mapping.items()}

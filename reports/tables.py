"""The figures of a month as tables in words: the page and the workbook show the same ones (REP-04, REP-06)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from common.excel_cells import DAY, INTEGER, MONEY, PERCENT, TEXT

from .figures import MonthFigures

TURNS = "turns/"  # before the name of a figure whose lines are events of the rotation


@dataclass(frozen=True)
class Column:
    """``words`` define the figure; ``lines`` names the list behind it, where there is one, ``key`` which of it (REP-06)."""

    title: str
    form: str = INTEGER
    words: str = ""
    lines: str = ""
    width: float = 11
    key: str = ""


@dataclass(frozen=True)
class Drawing:
    """How a table is drawn: ``kind`` is bar, stacked or line; ``of``: the columns drawn over the first one.

    ``across``: on a page the bars lie, for the labels are names.
    """

    kind: str
    of: tuple[int, ...]
    title: str = ""
    across: bool = True


@dataclass(frozen=True)
class Table:
    """``keys`` say of each row what it is about, as an address of lines names it: ``source=web``.

    ``months``: of which month each row is, where they are of many. ``sums``: the total is that of the month's own lines.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: list[list[Any]]
    keys: list[str] = field(default_factory=list)
    total: list[Any] | None = None
    drawing: Drawing | None = None
    words: str = ""
    personal: bool = False
    months: Sequence[date] = ()
    sums: bool = False


Maker = Callable[[MonthFigures], Table]


def label(title: str, width: float = 14) -> Column:
    """A first column: what each row is about."""
    return Column(title, form=TEXT, width=width)


def part_of(share: int | None, whole: int | None) -> float | None:
    """A rate; none where there is nothing to be a part of."""
    return round(share / whole, 4) if whole and share is not None else None


def total_of(title: str, rows: list[list[Any]], columns: Sequence[Column]) -> list[Any]:
    """The sums of what can be added; rates stay empty."""
    sums: list[Any] = [title]
    for at, column in enumerate(columns[1:], 1):
        adds = column.form in (INTEGER, MONEY)
        sums.append(sum((row[at] for row in rows), start=0) if adds else None)
    return sums


def of_month(found: MonthFigures, makers: Sequence[Maker], *, people: bool) -> list[Table]:
    """The tables of a month; without ``people`` those about single persons are left out."""
    return [table for make in makers if (table := make(found)).rows and (people or not table.personal)]


__all__ = [
    "DAY",
    "INTEGER",
    "MONEY",
    "PERCENT",
    "TEXT",
    "TURNS",
    "Column",
    "Drawing",
    "Maker",
    "Table",
    "label",
    "part_of",
    "total_of",
]

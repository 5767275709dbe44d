"""Tables of a month as a page prints them: formatted, drawn, each figure with the address of its lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from common import charts
from common.excel import As
from common.excel_cells import GENERAL, INTEGER, MONEY, PERCENT

from .tables import Column, Drawing, Table

MOST_DRAWN = 31


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: its text, where it leads, whether it is a number."""

    text: str
    url: str = ""
    right: bool = True


@dataclass(frozen=True)
class OnPage:
    """A table with its chart."""

    table: Table
    head: list[tuple[Column, bool]]
    rows: list[list[Shown]]
    total: list[Shown]
    chart: SafeString | str


def words(value: Any, form: str) -> str:
    """A value as people read it; a missing one is a dash, which zero is not."""
    if value is None or value == "":
        return "—"
    if form == PERCENT:
        return f"{value * 100:.1f}%"
    if form == MONEY:
        return f"{value:,.2f}"
    number = isinstance(value, int | float | Decimal) and form in (INTEGER, GENERAL)
    return f"{value:,}" if number else value.isoformat() if isinstance(value, date) else str(value)


def on_page(table: Table, *, base: str) -> OnPage:
    """``base``: the address under which the lines of figures are; empty for those who may not open them."""
    rows = [
        [_cell(table, at, value, table.keys[n] if table.keys else "", base) for at, value in enumerate(row)]
        for n, row in enumerate(table.rows)
    ]
    total = [_cell(table, at, value, "", "") for at, value in enumerate(table.total or ())]
    head = [(column, _right(column)) for column in table.columns]
    return OnPage(table, head, rows, total, drawn(table, table.drawing) if table.drawing else "")


def _right(column: Column) -> bool:
    return column.form in (INTEGER, MONEY, PERCENT)


def _cell(table: Table, at: int, value: Any, key: str, base: str) -> Shown:
    column, form = table.columns[at], table.columns[at].form
    lines = column.lines
    if isinstance(value, As):
        value, form, lines, key = value.value, value.form, key.partition(":")[2], ""
    url = f"{base}{lines}/?{key}".rstrip("?") if base and lines else ""
    return Shown(words(value, form), url if value else "", _right(column))


def drawn(table: Table, drawing: Drawing) -> SafeString:
    """The chart of a table; of very many rows the first."""
    rows = table.rows[:MOST_DRAWN]
    labels = [str(row[0]) for row in rows]
    series = {table.columns[at].title: [_plain(row[at]) for row in rows] for at in drawing.of}
    title = drawing.title or table.title
    if drawing.kind == "line":
        return charts.lines(title, labels, series)
    draw = charts.across if drawing.across else charts.bars
    return draw(title, labels, series, stacked=drawing.kind == "stacked")


def _plain(value: Any) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value

"""Tables of a month as a page prints them: formatted, drawn, each figure with the address of its lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from common import charts
from common.dates import month_of
from common.excel import As
from common.excel_cells import GENERAL, INTEGER, MONEY, PERCENT

from .tables import TURNS, Column, Drawing, Table

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


@dataclass(frozen=True, slots=True)
class Lines:
    """The addresses of the lines behind the figures of an office's month, for those who may open them."""

    office: int
    month: date

    def of(self, column: Column, key: str, month: date | None = None) -> str:
        """Where the lines of one cell are; ``key`` says which of the figure's lines."""
        asked = "&".join(part for part in (key, column.key) if part)
        told = month_of(month or self.month)
        if column.lines.startswith(TURNS):
            return f"/fairness/{key.partition('=')[2]}/{column.lines.removeprefix(TURNS)}/?month={told}"
        return f"/reports/{self.office}/{told}/lines/{column.lines}/{f'?{asked}' if asked else ''}"


def on_page(table: Table, lines: Lines | None = None) -> OnPage:
    """A table with its chart; without ``lines`` no figure can be opened."""
    rows = [[_cell(table, n, at, value, lines) for at, value in enumerate(row)] for n, row in enumerate(table.rows)]
    sums = lines if table.sums else None
    total = [_cell(table, None, at, value, sums) for at, value in enumerate(table.total or ())]
    head = [(column, _right(column)) for column in table.columns]
    return OnPage(table, head, rows, total, drawn(table, table.drawing) if table.drawing else "")


def _right(column: Column) -> bool:
    return column.form in (INTEGER, MONEY, PERCENT)


def _cell(table: Table, row: int | None, at: int, value: Any, lines: Lines | None) -> Shown:
    """One cell of a row, or of the total; nothing leads to no lines at all."""
    column = table.columns[at]
    key = table.keys[row] if row is not None and table.keys else ""
    if isinstance(value, As):
        column, value, key = replace(column, form=value.form, lines=key.partition(":")[2]), value.value, ""
    month = table.months[row] if row is not None and table.months else None
    url = lines.of(column, key, month) if lines and value and column.lines else ""
    return Shown(words(value, column.form), url, _right(table.columns[at]))


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

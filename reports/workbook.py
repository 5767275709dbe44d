"""The workbook of a month: the tables of the page with native charts, a cover, definitions, the reps' customers (REP-05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common import excel
from common.dates import month_of
from common.excel import Book, Mark
from common.excel_cells import TEXT
from staff.models import Office

from . import events, handing, levels, native, outcomes, practice, summary, tables, visitors, year
from .figures import MonthFigures
from .tables import Maker, Table

MAKERS: tuple[Maker, ...] = (
    summary.summary,
    visitors.by_day,
    visitors.by_source,
    visitors.by_rep,
    levels.levels,
    levels.levels_by_rep,
    year.year,
    outcomes.defeats,
    outcomes.deals,
    practice.turns,
    practice.follow_up,
    practice.conduct,
)


SHORT, FEW = 80, 20  # rows that fit a page with their chart, and one that lies


@dataclass(frozen=True)
class Seal:
    """What the cover says of the figures: their digest, and where the register's chains stood."""

    figures: str
    head: str
    corrections: str


def build(office: Office, found: MonthFigures, *, mark: Mark, seal: Seal, now: datetime) -> Book:
    """The book, unsaved: its longest sheet is read while it is written."""
    book = Book(mark)
    facts = [excel.Column(_("Report of the month"), 30, TEXT), excel.Column(month_of(found.month), 76, TEXT, wrap=True)]
    book.add(_("Cover"), facts, _cover(found, mark, seal), landscape=False)
    shown = tables.of_month(found, MAKERS, people=True)
    for table in shown:
        _sheet(book, table)
    over = events.span(office, found.month, found.month)
    book.add(
        _("Customers by rep"), handing.columns(), handing.rows(over, found, now=now), landscape=False, filtered=True
    )
    words = [
        excel.Column(_("Table"), 18, TEXT),
        excel.Column(_("Figure"), 22, TEXT),
        excel.Column(_("What it means"), 84, TEXT, wrap=True),
    ]
    book.add(_("Definitions"), words, _definitions(shown))
    return book


def _cover(found: MonthFigures, mark: Mark, seal: Seal) -> list[list[Any]]:
    return [
        [_("Office"), found.office],
        [_("Month"), month_of(found.month)],
        [_("Time zone"), found.timezone],
        [pgettext("workbook", "Made by"), mark.who],
        [_("Made at"), f"{mark.at.astimezone(ZoneInfo(mark.zone)):%Y-%m-%d %H:%M}"],
        [_("SHA-256 of the figures"), seal.figures],
        [_("Head of the register's chain"), seal.head],
        [_("Head of the corrections' chain"), seal.corrections],
    ]


def _sheet(book: Book, table: Table) -> None:
    """One table with its chart below it."""
    columns = [excel.Column(one.title, one.width, one.form, wrap=one.width > 40) for one in table.columns]
    look = {"landscape": len(table.rows) <= FEW, "one_page": len(table.rows) <= SHORT}
    sheet = book.add(table.title, columns, table.rows, total=table.total, **look)
    if table.drawing is not None:
        below = excel.HEAD_ROW + len(table.rows) + (table.total is not None) + 2
        sheet.chart(native.chart(sheet.frame, table, table.drawing), f"A{below}")


def _definitions(shown: Sequence[Table]) -> list[list[Any]]:
    """Every figure in words (REP-06)."""
    found: list[list[Any]] = []
    for table in shown:
        if table.words:
            found.append([table.title, None, table.words])
        if table.key == "summary":
            found += [[table.title, row[0], row[2]] for row in table.rows]
        found += [[table.title, column.title, column.words] for column in table.columns if column.words]
    return found

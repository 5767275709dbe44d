"""The payroll sheet as a workbook: a row for each person, and what is on record line by line (COND-05)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.excel import Book, Column, Mark
from common.excel_cells import INTEGER, MOMENT

from .models import Answer, Fault, MeasureKind, MeasureState, PaySheet
from .payroll import Row, taken
from .roles import Role


def made(sheet: PaySheet) -> bytes:
    """The sheet as it was taken out; the same sheet gives the same bytes."""
    book = Book(Mark(str(sheet.office), str(sheet.by), sheet.at, sheet.office.timezone))
    rows = taken(sheet)
    title = _("Payroll %(month)s no. %(number)s") % {"month": f"{sheet.month:%Y-%m}", "number": sheet.number}
    book.add(title, _columns(), (_person(row) for row in rows), total=_total(rows))
    book.add(_("Line by line"), _entry_columns(), _entries(sheet))
    return book.content()


def _columns() -> list[Column]:
    words = [Column(_("Name"), 14), Column(_("Staff number"), 10, INTEGER), Column(_("Role"), 14)]
    return words + [Column(title, 11, INTEGER) for title in _figures()]


def _figures() -> list[str]:
    return [
        _("Warnings"),
        _("Fines"),
        _("Fines (yuan)"),
        _("Fines (points)"),
        _("Rewards"),
        _("Rewards (yuan)"),
        _("Rewards (points)"),
        _("Net (yuan)"),
        _("Net (points)"),
        _("Open objections"),
    ]


def _numbers(row: Row) -> list[int]:
    fines = [row.warnings, row.fines, row.fined, row.fine_points]
    return [*fines, row.rewards, row.rewarded, row.reward_points, row.net, row.net_points, row.open]


def _person(row: Row) -> list[Any]:
    return [row.name, row.number, str(Role(row.role).label), *_numbers(row)]


def _total(rows: list[Row]) -> list[Any]:
    sums = [sum(column) for column in zip(*(_numbers(row) for row in rows), strict=True)] or [0] * len(_figures())
    return [_("Total"), None, "", *sums]


def _entry_columns() -> list[Column]:
    return [
        Column(_("Name"), 14),
        Column(_("When"), 17, MOMENT),
        Column(_("Kind"), 10),
        Column(_("Fault"), 30, wrap=True),
        Column(_("Reason"), 40, wrap=True),
        Column(_("Yuan"), 10, INTEGER),
        Column(_("Points"), 10, INTEGER),
        Column(_("State"), 10),
        Column(_("Objection"), 16),
    ]


def _entries(sheet: PaySheet) -> Iterator[list[Any]]:
    for one in sheet.content["entries"]:
        kind = MeasureKind(one["kind"]).label if one["kind"] in MeasureKind else _("reward")
        fault = Fault(one["fault"]).label if one["fault"] else ""
        state = MeasureState(one["state"]).label
        objection = Answer(one["objection"]).label if one["objection"] else ""
        what = [one["person"], datetime.fromisoformat(one["at"]), str(kind), str(fault), one["words"]]
        yield [*what, one["amount"], one["points"], str(state), str(objection)]

"""The month on one table: each figure with what it means in words (REP-06)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.excel import As

from .figures import MonthFigures
from .tables import INTEGER, MONEY, PERCENT, TEXT, Column, Table, label, part_of
from .words import WORDS, lines_of

FLOW = (
    *("visits", "calls", "web", "first", "repeat", "open_start", "new", "reopened", "defeats", "lapsed", "open_end"),
    *("deals", "deal_amount", "conversion"),
)
FORMS = dict.fromkeys(("conversion", "cohort_rate", "reached"), PERCENT)
FORMS |= dict.fromkeys(("deal_amount", "amount_cancelled"), MONEY)


def summary(found: MonthFigures) -> Table:
    """Figure, value, definition."""
    told = dict(_values(found))
    rows = [
        [str(WORDS[name][0]), None if value is None else As(value, FORMS.get(name, INTEGER)), str(WORDS[name][1])]
        for name, value in told.items()
    ]
    return Table(
        key="summary",
        title=pgettext("workbook", "Summary"),
        columns=[label(_("Figure"), 24), Column(_("Value"), width=16), Column(_("What it means"), TEXT, width=84)],
        rows=rows,
        keys=[f"{name}:{lines_of(name)}" for name in told],
    )


def _values(found: MonthFigures) -> Iterator[tuple[str, Any]]:
    flow, late = found.flow, found.corrections
    yield from ((name, getattr(flow, name)) for name in FLOW)
    yield "converted", found.converted
    yield "cohort_rate", found.cohort_rate
    yield "follow_ups", flow.follow_ups
    yield "customers_followed", flow.customers_followed
    yield (
        "reached",
        part_of(sum(one.reached for one in found.discipline), sum(one.contacts for one in found.discipline)),
    )
    yield "contacts_rejected", late.contacts_rejected
    yield "deals_cancelled", late.deals_cancelled
    yield "amount_cancelled", late.amount_cancelled

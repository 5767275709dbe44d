"""The table of twelve months (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .figures import MonthFigures
from .parts import Trend
from .tables import INTEGER, PERCENT, Column, Drawing, Table, label, part_of
from .words import column

NAMES = (
    *("visits", "new", "deals", "deal_amount", "defeats", "lapsed", "follow_ups", "open_end", "conversion"),
    "converted",
)


def year(found: MonthFigures) -> Table:
    """Twelve months in a row, each as it was known at its end; cohorts as known at the end of the last."""
    rows = [[f"{one.month:%Y-%m}", *(getattr(one, name) for name in NAMES), _cohort(one)] for one in found.trend]
    words = _(
        "The period rate compares what happened in the same month, the cohort rate follows those who were new in it"
    )
    months = [one.month for one in found.trend]
    drawing = Drawing("line", (1, 2, 3), _("Twelve months"))
    return Table("year", _("Conversion"), _columns(found), rows, drawing=drawing, words=words, months=months)


def _cohort(one: Trend) -> float | None:
    return part_of(one.converted, one.new)


def _columns(found: MonthFigures) -> list[Column]:
    converted = Column(
        _("New and signed"),
        INTEGER,
        _("New in that month and signed by the end of the last month"),
        lines="converted",
        width=14,
        key=f"until={found.month:%Y-%m}",
    )
    return [
        label(_("Month")),
        *(column(name) for name in NAMES[:-2]),
        column("conversion", PERCENT, width=14),
        converted,
        Column(_("Conversion, cohort"), PERCENT, _("New and signed ÷ new registrations"), width=14),
    ]

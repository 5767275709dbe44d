"""The table of twelve months (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .figures import MonthFigures
from .tables import INTEGER, MONEY, PERCENT, Column, Drawing, Table, label, part_of


def year(found: MonthFigures) -> Table:
    """Twelve months in a row, each as it was known at its end; cohorts as known at the end of the last."""
    rows = [
        [
            f"{one.month:%Y-%m}",
            one.visits,
            one.new,
            one.deals,
            one.deal_amount,
            one.defeats,
            one.lapsed,
            one.follow_ups,
            one.open_end,
            one.conversion,
            one.converted,
            part_of(one.converted, one.new),
        ]
        for one in found.trend
    ]
    words = _(
        "The period rate compares what happened in the same month, the cohort rate follows those who were new in it"
    )
    drawing = Drawing("line", (1, 2, 3), _("Twelve months"))
    return Table("year", _("Conversion"), _columns(), rows, drawing=drawing, words=words)


def _columns() -> list[Column]:
    return [
        label(_("Month")),
        Column(_("Visits")),
        Column(_("New registrations")),
        Column(_("Deals")),
        Column(_("Amount (yuan)"), MONEY, width=16),
        Column(_("Defeats")),
        Column(_("Lapsed")),
        Column(_("Follow-ups")),
        Column(_("Open at the end")),
        Column(_("Conversion, period"), PERCENT, _("Deals ÷ new registrations of the same month"), width=14),
        Column(_("New and signed"), INTEGER, _("New in that month and signed by the end of the last month"), width=14),
        Column(_("Conversion, cohort"), PERCENT, _("New and signed ÷ new registrations"), width=14),
    ]

"""Offices side by side in one month: aggregates alone (REP-04)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from staff.models import Office

from .flow import Flow
from .tables import MONEY, PERCENT, Column, Drawing, Table, label, total_of


def table(rows: Sequence[tuple[Office, Flow]]) -> Table:
    """One row per office."""
    columns = [
        label(_("Office"), 20),
        Column(_("Visits")),
        Column(_("Calls")),
        Column(_("New registrations")),
        Column(_("Deals")),
        Column(_("Amount (yuan)"), MONEY, width=16),
        Column(_("Conversion, period"), PERCENT, _("Deals ÷ new registrations of the same month")),
        Column(_("Defeats")),
        Column(_("Lapsed")),
        Column(_("Follow-ups")),
        Column(_("Open at the end")),
    ]
    names = (
        "visits",
        "calls",
        "new",
        "deals",
        "deal_amount",
        "conversion",
        "defeats",
        "lapsed",
        "follow_ups",
        "open_end",
    )
    told = [[office.name, *(getattr(flow, name) for name in names)] for office, flow in rows]
    drawing = Drawing("bar", (1, 3, 4), _("Offices side by side"))
    return Table("offices", _("Offices"), columns, told, [], total_of(_("Total"), told, columns), drawing)

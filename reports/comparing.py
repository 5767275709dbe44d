"""Offices side by side in one month: aggregates alone (REP-04)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from staff.models import Office

from .flow import Flow
from .tables import PERCENT, Drawing, Table, label, total_of
from .words import column

NAMES = (
    *("visits", "calls", "new", "deals", "deal_amount", "conversion"),
    *("defeats", "lapsed", "follow_ups", "open_end"),
)


def table(rows: Sequence[tuple[Office, Flow]]) -> Table:
    """One row per office."""
    columns = [label(_("Office"), 20), *(column(name, PERCENT if name == "conversion" else "") for name in NAMES)]
    told = [[office.name, *(getattr(flow, name) for name in NAMES)] for office, flow in rows]
    drawing = Drawing("bar", (1, 3, 4), _("Offices side by side"))
    return Table("offices", _("Offices"), columns, told, [], total_of(_("Total"), told, columns), drawing)

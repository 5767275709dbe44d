"""Tables of what became of it: defeats and deals (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Ground

from .figures import MonthFigures
from .flow import Part
from .tables import PERCENT, Column, Drawing, Table, label, part_of
from .words import column


def defeats(found: MonthFigures) -> Table:
    """Approved defeats by their ground (LOST-05)."""
    columns = [
        label(_("Reason"), 34),
        column("defeats"),
        Column(_("Share"), PERCENT, _("The part of all defeats of the month")),
    ]
    whole = sum(found.defeats.values())
    counts = {ground: found.defeats.get(ground, 0) for ground in Ground.values}
    rows = [[str(Ground(ground).label), n, part_of(n, whole)] for ground, n in counts.items()]
    keys = [f"ground={ground}" for ground in counts]
    drawing = Drawing("bar", (1,), _("Defeats by reason"))
    return Table("defeats", _("Defeats"), columns, rows, keys, [_("Total"), whole, None], drawing, sums=True)


def deals(found: MonthFigures) -> Table:
    """Deals and amounts by rep, the most first."""
    columns = [
        label(_("Rep")),
        *(column(name) for name in ("deals", "deal_amount", "average")),
    ]
    sold = sorted(
        ((one, found.flow.by_rep.get(one.who, Part())) for one in found.people),
        key=lambda pair: (-pair[1].deals, -pair[1].deal_amount, pair[0].who),
    )
    rows = [
        [one.name, part.deals, part.deal_amount, round(part.deal_amount / part.deals, 2) if part.deals else None]
        for one, part in sold
    ]
    total = [_("Total"), found.flow.deals, found.flow.deal_amount, None]
    drawing = Drawing("bar", (2,), _("Amount by rep (yuan)"))
    keys = [f"rep={one.who}" for one, _part in sold]
    return Table("deals", _("Deals and amounts"), columns, rows, keys, total, drawing, personal=True, sums=True)

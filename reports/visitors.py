"""Tables of visitors: by day, by source, by rep (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Source

from .figures import MonthFigures
from .flow import Part
from .tables import MONEY, PERCENT, Column, Drawing, Table, label, part_of, total_of


def by_day(found: MonthFigures) -> Table:
    """Every day of the month."""
    columns = [
        label(_("Day")),
        Column(_("Visits"), lines="visits"),
        Column(_("Calls"), lines="calls"),
        Column(_("Web leads"), lines="web"),
        Column(_("New registrations"), lines="new"),
    ]
    rows = [[f"{one.day:%m-%d}", one.visits, one.calls, one.web, one.new] for one in found.days]
    keys = [f"day={one.day}" for one in found.days]
    total = total_of(_("Total"), rows, columns)
    drawing = Drawing("stacked", (1, 2, 3), _("Arrivals by day"), across=False)
    return Table("by_day", _("By day"), columns, rows, keys, total, drawing)


def _part_columns(title: str) -> list[Column]:
    return [
        label(title),
        Column(_("Visits"), lines="visits"),
        Column(_("New registrations"), lines="new"),
        Column(_("Deals"), lines="deals"),
        Column(_("Amount (yuan)"), MONEY, width=16),
        Column(_("Conversion"), PERCENT, _("Deals ÷ new registrations of the month")),
        Column(_("Defeats"), lines="defeats"),
        Column(_("Follow-ups"), lines="follow_ups"),
    ]


def _part_row(name: str, part: Part) -> list[object]:
    rate = part_of(part.deals, part.new)
    return [name, part.visits, part.new, part.deals, part.deal_amount, rate, part.defeats, part.follow_ups]


def by_source(found: MonthFigures) -> Table:
    """Where the customers had heard of the project, by the source of the registration in force at the time."""
    columns = _part_columns(_("Source"))
    parts = found.flow.by_source
    rows = [_part_row(str(Source(source).label), part) for source, part in parts.items()]
    words = _("Each figure counts under the source of the registration that was in force at the time")
    drawing = Drawing("bar", (1, 2, 3), _("Visitors and deals by source"))
    total = total_of(_("Total"), rows, columns)
    keys = [f"source={source}" for source in parts]
    return Table("by_source", _("By source"), columns, rows, keys, total, drawing, words)


def by_rep(found: MonthFigures) -> Table:
    """What came of whom; who joined or left in the month is marked."""
    columns = [*_part_columns(_("Rep")), Column(_("Joined"), width=12), Column(_("Left"), width=12)]
    rows = [
        [*_part_row(one.name, found.flow.by_rep.get(one.who, Part())), one.joined, one.left] for one in found.people
    ]
    words = _("Visits by who received, new registrations by who owned them then, deals and defeats by whose they were")
    drawing = Drawing("bar", (1, 2, 3), _("Visitors and deals by rep"))
    total = [*total_of(_("Total"), [row[:8] for row in rows], columns[:8]), None, None]
    keys = [f"rep={one.who}" for one in found.people]
    return Table("by_rep", _("By rep"), columns, rows, keys, total, drawing, words, personal=True)

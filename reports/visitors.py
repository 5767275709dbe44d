"""Tables of visitors: by day, by source, by rep (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Source

from .figures import MonthFigures
from .flow import Flow, Part
from .tables import DAY, PERCENT, Column, Drawing, Table, label, part_of, total_of
from .words import column


def by_day(found: MonthFigures) -> Table:
    """Every day of the month."""
    columns = [
        label(_("Day")),
        *(column(name) for name in ("visits", "calls", "web", "new")),
    ]
    rows = [[f"{one.day:%m-%d}", one.visits, one.calls, one.web, one.new] for one in found.days]
    keys = [f"day={one.day}" for one in found.days]
    total = total_of(_("Total"), rows, columns)
    drawing = Drawing("stacked", (1, 2, 3), _("Arrivals by day"), across=False)
    return Table("by_day", _("By day"), columns, rows, keys, total, drawing, sums=True)


def _part_columns(title: str) -> list[Column]:
    return [
        label(title),
        *(column(name) for name in ("visits", "new", "deals", "deal_amount")),
        Column(_("Conversion"), PERCENT, _("Deals ÷ new registrations of the month")),
        column("defeats"),
        column("follow_ups"),
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
    return Table("by_source", _("By source"), columns, rows, keys, total, drawing, words, sums=True)


def by_rep(found: MonthFigures) -> Table:
    """What came of whom, and of nobody yet; who joined or left in the month is marked."""
    columns = [*_part_columns(_("Rep")), Column(_("Joined"), DAY, width=13), Column(_("Left"), DAY, width=13)]
    parts = found.flow.by_rep
    rows = [[*_part_row(one.name, parts.get(one.who, Part())), one.joined, one.left] for one in found.people]
    keys = [f"rep={one.who}" for one in found.people]
    if (rest := _of_nobody(found.flow)) != Part():
        rows.append([*_part_row(_("nobody"), rest), None, None])
        keys.append("rep=0")
    words = _("Visits by who received, new registrations by who owned them then, deals and defeats by whose they were")
    drawing = Drawing("bar", (1, 2, 3), _("Visitors and deals by rep"))
    total = [*total_of(_("Total"), [row[:8] for row in rows], columns[:8]), None, None]
    return Table("by_rep", _("By rep"), columns, rows, keys, total, drawing, words, personal=True, sums=True)


def _of_nobody(flow: Flow) -> Part:
    """What no rep had a part in: leads that nobody was given, visitors whom nobody received."""
    names = ("visits", "new", "deals", "deal_amount", "defeats", "follow_ups")
    return Part(
        **{name: getattr(flow, name) - sum(getattr(one, name) for one in flow.by_rep.values()) for name in names}
    )

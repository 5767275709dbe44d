"""Tables of visitors: by day, by source, by rep; levels; the year (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Level, Source

from .figures import MonthFigures
from .flow import Part
from .tables import INTEGER, MONEY, PERCENT, Column, Drawing, Table, label, part_of, total_of


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


def levels(found: MonthFigures) -> Table:
    """Open customers by level at the end."""
    columns = [label(_("Level"), 22), Column(_("Customers")), Column(_("Share"), PERCENT)]
    counts = found.levels[0].counts
    whole = sum(counts.values())
    rows = [[_level(level), count, part_of(count, whole)] for level, count in counts.items()]
    words = _("Customers open at the end of the month, by the level that they had then")
    drawing = Drawing("bar", (1,), _("Open customers by level"))
    return Table("levels", _("Levels"), columns, rows, total=[_("Total"), whole, None], drawing=drawing, words=words)


def _level(level: str) -> str:
    return str(Level(level).label) if level else _("no level yet")


def levels_by_rep(found: MonthFigures) -> Table:
    """The same for each owner."""
    order = list(found.levels[0].counts)
    columns = [label(_("Rep")), *(Column(level or _("none")) for level in order), Column(_("Total"))]
    rows = [
        [found.name(one.who), *one.counts.values(), sum(one.counts.values())]
        for one in found.levels
        if one.who is not None
    ]
    drawing = Drawing("stacked", tuple(range(1, len(order) + 1)), _("Levels by rep"))
    return Table("levels_by_rep", _("Levels by rep"), columns, rows, drawing=drawing, personal=True)


def year(found: MonthFigures) -> Table:
    """Twelve months in a row, each as it was known at its end; cohorts as known at the end of the last."""
    columns = [
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
    return Table("year", _("Conversion"), columns, rows, drawing=drawing, words=words)

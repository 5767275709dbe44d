"""Tables of the intent levels at the end of a month (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Level

from .figures import MonthFigures
from .tables import PERCENT, Column, Drawing, Table, label, part_of

ORDER = (*Level.values, "")


def levels(found: MonthFigures) -> Table:
    """Open customers by level at the end."""
    columns = [label(_("Level"), 22), Column(_("Customers")), Column(_("Share"), PERCENT)]
    counts = found.levels[0].counts
    whole = sum(counts.values())
    rows = [[_level(level), counts[level], part_of(counts[level], whole)] for level in ORDER]
    words = _("Customers open at the end of the month, by the level that they had then")
    drawing = Drawing("bar", (1,), _("Open customers by level"))
    return Table("levels", _("Levels"), columns, rows, total=[_("Total"), whole, None], drawing=drawing, words=words)


def _level(level: str) -> str:
    return str(Level(level).label) if level else _("no level yet")


def levels_by_rep(found: MonthFigures) -> Table:
    """The same for each owner."""
    columns = [label(_("Rep")), *(Column(level or _("none")) for level in ORDER), Column(_("Total"))]
    rows = [
        [found.name(one.who), *(one.counts[level] for level in ORDER), sum(one.counts.values())]
        for one in found.levels
        if one.who is not None
    ]
    drawing = Drawing("stacked", tuple(range(1, len(ORDER) + 1)), _("Levels by rep"))
    return Table("levels_by_rep", _("Levels by rep"), columns, rows, drawing=drawing, personal=True)

"""Tables of the intent levels at the end of a month (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Level

from .figures import MonthFigures
from .tables import PERCENT, Column, Drawing, Table, label, part_of, total_of

ORDER = (*Level.values, "")
NONE = "none"


def levels(found: MonthFigures) -> Table:
    """Open customers by level at the end."""
    words = _("Customers open at the end of the month, by the level that they had then")
    columns = [
        label(_("Level"), 22),
        Column(_("Customers"), words=words, lines="open_end"),
        Column(_("Share"), PERCENT, _("The part of all open customers")),
    ]
    counts = found.levels[0].counts
    whole = sum(counts.values())
    rows = [[_level(level), counts[level], part_of(counts[level], whole)] for level in ORDER]
    keys = [f"level={level or NONE}" for level in ORDER]
    drawing = Drawing("bar", (1,), _("Open customers by level"))
    return Table("levels", _("Levels"), columns, rows, keys, [_("Total"), whole, None], drawing, sums=True)


def _level(level: str) -> str:
    return str(Level(level).label) if level else _("no level yet")


def levels_by_rep(found: MonthFigures) -> Table:
    """The same for each owner."""
    columns = [label(_("Rep")), *map(_column, ORDER), Column(_("Total"), lines="open_end")]
    owned = [(one.who, one.counts) for one in found.levels if one.who is not None]
    rest = {level: found.levels[0].counts[level] - sum(counts[level] for _who, counts in owned) for level in ORDER}
    owned += [(0, rest)] if any(rest.values()) else []
    rows = [
        [found.name(who) if who else _("nobody"), *(counts[level] for level in ORDER), sum(counts.values())]
        for who, counts in owned
    ]
    words = _("Customers open at the end of the month, by who looked after them and the level that they had then")
    keys = [f"rep={who}" for who, _counts in owned]
    total = total_of(_("Total"), rows, columns)
    drawing = Drawing("stacked", tuple(range(1, len(ORDER) + 1)), _("Levels by rep"))
    title = _("Levels by rep")
    return Table("levels_by_rep", title, columns, rows, keys, total, drawing, words, personal=True, sums=True)


def _column(level: str) -> Column:
    return Column(level or _("none"), lines="open_end", key=f"level={level or NONE}")

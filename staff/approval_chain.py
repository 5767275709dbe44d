"""How far a discount climbs: the first rung whose authority covers it. Pure: no database, no clock (BULK-05)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from common.errors import RuleError

from .roles import Role

BULK_RUNGS = (Role.BRANCH_MANAGER, Role.HQ, Role.CHAIRMAN)
ALL_RUNGS = (Role.SUPERVISOR, Role.MARKETING_MANAGER, *BULK_RUNGS)

# Who may decide in place of a role that nobody can decide for at present, the nearest first. The greater authority
# covers the smaller; the desk's check stays in the office and apart from the manager's decision.
STANDS_IN: dict[str, tuple[Role, ...]] = {
    **{role: ALL_RUNGS[n + 1 :] for n, role in enumerate(ALL_RUNGS)},
    Role.CLERK: (Role.SUPERVISOR,),
}

Table = Mapping[str, Decimal] | Sequence[tuple[str, Decimal]]


def climb(percent: Decimal, table: Table, rungs: Sequence[Role] = BULK_RUNGS) -> tuple[Role, ...]:
    """The roles that decide on a discount of ``percent``, in order: up to the first that covers it (BULK-05).

    ``table``: the greatest discount in percent by role; it has to name every rung once, each with more than the
    one below. No discount asks nobody. RuleError in words for a faulty table and a discount that nobody covers.
    """
    limits = checked(table, rungs)
    if not percent.is_finite() or percent > 100:
        raise RuleError(_("A discount is at most 100 %"), rule="BULK-05")
    if percent <= 0:
        return ()
    for n, limit in enumerate(limits, 1):
        if percent <= limit:
            return tuple(rungs[:n])
    words = {"role": rungs[-1].label, "most": shown(limits[-1]), "percent": shown(percent)}
    raise RuleError(
        _("A discount of %(percent)s %% is more than anybody may approve: the %(role)s may approve %(most)s %%")
        % words,
        rule="BULK-05",
    )


def checked(table: Table, rungs: Sequence[Role] = BULK_RUNGS) -> list[Decimal]:
    """The limits of the rungs from the lowest up; RuleError for a hole, a doubled row, equal or falling limits."""
    rows = list(table.items()) if isinstance(table, Mapping) else list(table)
    limits = []
    for rung in rungs:
        found = [limit for role, limit in rows if role == rung]
        if not found:
            _faulty(_("The table of discount authority has no row for the %(role)s: enter one"), role=rung.label)
        if len(found) > 1:
            _faulty(_("The table of discount authority has two rows for the %(role)s: keep one"), role=rung.label)
        if not found[0].is_finite() or not 0 <= found[0] <= 100:
            _faulty(_("The authority of the %(role)s has to lie between 0 and 100 %%"), role=rung.label)
        limits.append(found[0])
    for (low, less), (high, more) in pairwise(zip(rungs, limits, strict=True)):
        if less == more:
            words = _("The %(low)s and the %(high)s may approve the same discount: give the %(high)s more")
            _faulty(words, low=low.label, high=high.label)
        if less > more:
            words = _("The %(low)s may approve more than the %(high)s: give the %(high)s more")
            _faulty(words, low=low.label, high=high.label)
    return limits


def _faulty(sentence: str, **words: object) -> None:
    raise RuleError(sentence % words, rule="BULK-05")


def shown(percent: Decimal) -> str:
    """A percentage without trailing zeros: ``2.5``, never ``2.5000`` or ``1E+1``."""
    text = f"{percent:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

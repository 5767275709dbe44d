"""Who gets which of a leaver's customers: balanced by level, due date and number. Pure (HAND-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

LEVELS = "OHABCD"


@dataclass(frozen=True, slots=True)
class Held:
    """What the plan knows of a customer: id, register number, intent level, when the next follow-up is due."""

    pk: int
    number: int
    level: str = ""
    due: date | None = None


def balanced(held: Sequence[Held], receivers: Sequence[int]) -> dict[int, int]:
    """The receiver of each customer, by the customer's id.

    Level by level, within a level by due date and number, one to each in turn; the next level goes on where the last
    one stopped. So each receiver's share of every level, and of the whole, differs by one at most.
    """
    return _dealt(sorted(held, key=_urgency), receivers)


def in_turn(held: Sequence[Held], receivers: Sequence[int]) -> dict[int, int]:
    """Shared out evenly by register number alone."""
    return _dealt(sorted(held, key=lambda one: one.number), receivers)


def _dealt(held: Sequence[Held], receivers: Sequence[int]) -> dict[int, int]:
    return {one.pk: receivers[n % len(receivers)] for n, one in enumerate(held)}


def _urgency(one: Held) -> tuple[int, date, int]:
    level = LEVELS.index(one.level) if one.level else len(LEVELS)
    return level, one.due or date.max, one.number

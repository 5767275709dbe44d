"""Intent levels 意向级别: proposed from findings, and the rhythm of follow-up that each asks for (CARD-03, FUP-01)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import User

from .models import Customer, FollowUp, Level, LevelChange


class Cadence(Protocol):
    """The part of an office's policy that says how often each level is followed up, in days."""

    cadence_o: int
    cadence_h: int
    cadence_a: int
    cadence_b: int
    cadence_c: int


LONGEST_REASON = 200
PROPOSALS = {
    (True, True, True): Level.H,
    (True, False, True): Level.A,
    (True, True, False): Level.B,
    (False, True, True): Level.C,
}


def propose(*, need: bool, confidence: bool, power: bool) -> Level:
    """CARD-03: the level that the three findings give; any other combination gives D."""
    return PROPOSALS.get((need, confidence, power), Level.D)


def check(level: str) -> None:
    """RuleError unless ``level`` is one of the levels, or empty for none said (CARD-02)."""
    if level and level not in Level.values:
        raise RuleError(_("Choose one of the levels O, H, A, B, C and D"), rule="CARD-02")


def interval(level: str, policy: Cadence) -> int | None:
    """FUP-01: at most how many days between two follow-ups at this level; None where there is no fixed rhythm."""
    days = {
        Level.O: policy.cadence_o,
        Level.H: policy.cadence_h,
        Level.A: policy.cadence_a,
        Level.B: policy.cadence_b,
        Level.C: policy.cadence_c,
    }
    return days.get(Level(level)) if level else None


def latest(level: str, day: date, policy: Cadence) -> date | None:
    """The last day on which the next follow-up after one on ``day`` is in rhythm; None without a rhythm."""
    days = interval(level, policy)
    return day + timedelta(days=days) if days is not None else None


def rhythm(day: date, policy: Cadence) -> dict[str, date | None]:
    """By when the next follow-up after one on ``day`` is due, for each level."""
    return {level: latest(level, day, policy) for level in Level.values}


def set_level(
    customer: Customer,
    level: str,
    *,
    by: User | None,
    now: datetime,
    reason: str,
    follow_up: FollowUp | None = None,
) -> None:
    """Set a locked customer's level and keep the change, unless it is the same (CARD-06)."""
    if not level or customer.level == level:
        return
    change = LevelChange(customer=customer, at=now, was=customer.level, became=level, by=by, follow_up=follow_up)
    change.reason = reason[:LONGEST_REASON]
    change.save(force_insert=True)
    customer.level = level
    customer.save(update_fields=["level"])

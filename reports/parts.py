"""The parts of a month's figures, as values: no model, no query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the office; ``joined`` and ``left`` are given where that was in the month."""

    who: int
    name: str
    number: int | None
    joined: date | None
    left: date | None


@dataclass(frozen=True, slots=True)
class DayOf:
    """One local day of the month."""

    day: date
    visits: int
    calls: int
    web: int
    new: int


@dataclass(frozen=True, slots=True)
class Levels:
    """How many open customers stood at each level at the end; ``who`` is none for all and for leads of nobody."""

    who: int | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Turns:
    """One rep's part in the rotation (REC-20)."""

    who: int
    days: int
    taken: int
    passed: int
    returning: int
    given_back: int
    registered: int


@dataclass(frozen=True, slots=True)
class Corrections:
    """What was put right in this month about earlier ones, which stay as they were closed."""

    contacts_rejected: int
    deals_cancelled: int
    amount_cancelled: Decimal


@dataclass(frozen=True, slots=True)
class Conduct:
    """One person's warnings and fines of the month that stood at its end (COND-05)."""

    who: int
    warnings: int
    fines: int
    amount: int


@dataclass(frozen=True, slots=True)
class Trend:
    """One month in a row of months. ``converted``: those new in it who had signed by the end of the last one."""

    month: date
    visits: int
    calls: int
    web: int
    new: int
    deals: int
    deal_amount: Decimal
    defeats: int
    lapsed: int
    follow_ups: int
    open_end: int
    conversion: float | None
    converted: int

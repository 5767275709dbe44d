"""The fourth-warning rule as a function of the warnings that stand, pure (COND-02, COND-03)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from common.dates import first_of_month, local_day


@dataclass(frozen=True, slots=True, order=True)
class Warned:
    """A warning that stands: when it was given, and how many a month were allowed then."""

    at: datetime
    pk: int
    month: date
    allowed: int


def month_of(at: datetime, zone: str) -> date:
    """The first day of the local month in which something at ``at`` counts."""
    return first_of_month(local_day(at, zone))


def fines(standing: Iterable[Warned]) -> dict[date, tuple[Warned, ...]]:
    """By month, the warnings of one person on which the fine of that month rests; no entry where there is none.

    They are the first warnings up to the one that is more than was allowed when it was given: by default the fourth.
    One fine a month, however many follow. Fewer warnings never bring a fine that more did not.
    """
    months: dict[date, list[Warned]] = {}
    for warning in sorted(standing):
        months.setdefault(warning.month, []).append(warning)
    found = ((month, _resting(warnings)) for month, warnings in months.items())
    return {month: warnings for month, warnings in found if warnings}


def _resting(warnings: list[Warned]) -> tuple[Warned, ...]:
    beyond = (n for n, warning in enumerate(warnings, 1) if n > warning.allowed)
    return tuple(warnings[: next(beyond, 0)])

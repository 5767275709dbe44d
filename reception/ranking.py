"""The order of the day by the office's strategy, as pure functions of plain values (REC-02..05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Background:
    """What a ranking may look at besides who is present.

    ``numbers``: staff number by person; ``closing_head``: staff number of whoever was head when the last working day
    closed; ``last_order``: that day's people by position; ``results``: (deals, amount) by person of the period that
    the strategy looks at, empty where there were none.
    """

    numbers: Mapping[int, int] = field(default_factory=dict)
    closing_head: int | None = None
    last_order: Sequence[int] = ()
    results: Mapping[int, tuple[int, Decimal]] = field(default_factory=dict)


_NO_NUMBER = 10**9


def by_sign_in(present: Sequence[int], known: Background) -> list[int]:
    """REC-02: as they signed in."""
    return list(present)


def by_number(present: Sequence[int], known: Background) -> list[int]:
    """REC-03: by staff number, beginning with the closing head or the next number present after it."""
    ordered = sorted(present, key=lambda who: (known.numbers.get(who, _NO_NUMBER), who))
    if known.closing_head is None:
        return ordered
    start = next((n for n, who in enumerate(ordered) if known.numbers.get(who, _NO_NUMBER) >= known.closing_head), 0)
    return ordered[start:] + ordered[:start]


def by_results(present: Sequence[int], known: Background) -> list[int]:
    """REC-04: by count of deals, then amount, then staff number."""

    def merit(who: int) -> tuple[int, Decimal, int, int]:
        deals, amount = known.results.get(who, (0, Decimal(0)))
        return (-deals, -amount, known.numbers.get(who, _NO_NUMBER), who)

    return sorted(present, key=merit)


def by_day_results(present: Sequence[int], known: Background) -> list[int]:
    """REC-05: by the previous working day's results; a day without deals keeps its order, newcomers last by number."""
    if any(deals for deals, _amount in known.results.values()) or not known.last_order:
        return by_results(present, known)
    place = {who: n for n, who in enumerate(known.last_order)}
    return sorted(present, key=lambda who: (place.get(who, len(place)), known.numbers.get(who, _NO_NUMBER), who))


STRATEGIES = {
    "sign_in": by_sign_in,
    "number": by_number,
    "month_results": by_results,
    "day_results": by_day_results,
}


def rank(strategy: str, present: Sequence[int], known: Background) -> list[int]:
    """The order of those ``present`` (given in order of signing in) by the named strategy."""
    return STRATEGIES[strategy](present, known)

"""How evenly visitors were given out: figures per rep over a day or a month, and the events behind each (REC-20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, QuerySet

from common.dates import day_bounds
from customers.models import LineKind, RegisterLine
from sales import results
from staff.models import Office

from . import day as days
from .models import Day, Reception, RotationEvent
from .screen import names_of
from .seats import Seat

COUNTED = ("taken", "passed", "returning", "given_back")


@dataclass(frozen=True, slots=True)
class Share:
    """One rep's part: turns taken, passed, returning customers received, turns given back, what came of it."""

    who: int
    name: str
    days: int
    taken: int
    passed: int
    returning: int
    given_back: int
    registered: int
    deals: int | None

    @property
    def per_turn(self) -> float | None:
        """New registrations from visits per turn taken; None without a turn."""
        return self.registered / self.taken if self.taken else None

    @property
    def deals_per_turn(self) -> float | None:
        """Deals per turn taken; None without a turn or where no results were entered."""
        return self.deals / self.taken if self.taken and self.deals is not None else None


@dataclass(frozen=True, slots=True)
class Fairness:
    """A period's shares, those with the most turns first, and the largest figure for the bars."""

    first: date
    last: date
    shares: list[Share]

    @property
    def most(self) -> int:
        """The most turns that anybody took; 1 at least."""
        return max([share.taken for share in self.shares] + [1])

    @property
    def spread(self) -> int:
        """Between the most and the fewest turns taken."""
        taken = [share.taken for share in self.shares]
        return max(taken) - min(taken) if taken else 0


def of_period(office: Office, first: date, last: date) -> Fairness:
    """The figures from ``first`` to ``last``, both included, of everybody who held a place in the order."""
    sums: dict[int, Counter[str]] = {}
    for seat in _seats(office, first, last):
        counted = {name: getattr(seat, name) for name in COUNTED}
        sums.setdefault(seat.who, Counter()).update({**counted, "days": 1})
    registered = _registered(office, first, last)
    deals = _deals(office, first, last)
    names = names_of(sums)
    shares = [
        Share(
            who=who,
            name=names[who],
            days=total["days"],
            registered=registered.get(who, 0),
            deals=deals.get(who, 0) if deals else None,
            **{name: total[name] for name in COUNTED},
        )
        for who, total in sums.items()
    ]
    return Fairness(first, last, sorted(shares, key=lambda share: (-share.taken, share.name, share.who)))


def _seats(office: Office, first: date, last: date) -> Iterable[Seat]:
    for day in Day.objects.filter(office=office, day__gte=first, day__lte=last).order_by("day"):
        yield from (seat for seat in days.board_of(day) if seat.in_order)


def _bounds(office: Office, first: date, last: date) -> tuple[datetime, datetime]:
    return day_bounds(first, office.timezone)[0], day_bounds(last, office.timezone)[1]


def _registered(office: Office, first: date, last: date) -> dict[int, int]:
    begin, end = _bounds(office, first, last)
    lines = RegisterLine.objects.filter(office=office, kind=LineKind.VISIT, opens=True, at__gte=begin, at__lt=end)
    return dict(lines.values_list("receiver").annotate(count=Count("pk")).order_by("receiver"))


def _deals(office: Office, first: date, last: date) -> dict[int, int]:
    found = results.of_day(office, first) if first == last else results.of_month(office, first)
    return {who: count for who, (count, _amount) in found.items()}


def _received(event: RotationEvent, who: int) -> bool:
    return event.kind == "arrived" and event.outcome.get("receiver") == who


BEHIND: dict[str, Callable[[RotationEvent, int], bool]] = {
    "taken": lambda event, who: _received(event, who) and bool(event.outcome.get("used_turn")),
    "passed": lambda event, who: who in event.outcome.get("passed", ()),
    "returning": lambda event, who: _received(event, who) and bool(event.data.get("returning")),
    "given_back": lambda event, who: _received(event, who) and bool(event.data.get("look")),
}


def behind(office: Office, first: date, last: date, *, who: int, figure: str) -> QuerySet[RotationEvent]:
    """The events that a figure counts, the latest first."""
    events = RotationEvent.objects.filter(day__office=office, day__day__gte=first, day__day__lte=last)
    if figure == "days":
        places = events.filter(kind="signed_in", who=who).order_by().values_list("day").annotate(Min("pk"))
        pks = [pk for _day, pk in places]
    elif figure == "registered":
        opened = Reception.objects.filter(line__kind=LineKind.VISIT, line__opens=True, line__receiver=who)
        opened = opened.filter(office=office, day__gte=first, day__lte=last)
        tasks = set(opened.values_list("day", "task"))
        arrived = events.filter(kind="arrived").values_list("pk", "day__day", "data")
        pks = [pk for pk, day, data in arrived if (day, data.get("reception")) in tasks]
    else:
        counts = BEHIND[figure]
        found = events.filter(kind="arrived").only("pk", "kind", "data", "outcome")
        pks = [event.pk for event in found if counts(event, who)]
    return RotationEvent.objects.filter(pk__in=pks).order_by("-at", "-seq")

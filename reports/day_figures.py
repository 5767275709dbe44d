"""What happened on one day of an office, from set-based queries: for the evening meeting and the reports (REP-01)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from common.dates import day_bounds
from customers.models import FollowUp, LevelChange, LineKind, RegisterLine, Signature, Source
from customers.models.contacts import EFFECTIVE
from sales.models import Deal
from staff.models import Office, User

from . import events


@dataclass
class Part:
    """The day of one rep: received, calls, new customers, contacts, effective ones, deals signed."""

    name: str = ""
    visits: int = 0
    calls: int = 0
    new: int = 0
    contacts: int = 0
    effective: int = 0
    deals: int = 0


@dataclass(frozen=True)
class Move:
    """One change of level: register number, customer, from, to, by whom."""

    customer: int
    number: int
    was: str
    became: str
    who: str


@dataclass
class DayFigures:
    """The day of an office."""

    day: date
    visits: int = 0
    calls: int = 0
    web: int = 0
    first: int = 0
    repeat: int = 0
    by_rep: dict[int, Part] = field(default_factory=dict)
    by_source: dict[str, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)

    @property
    def sources(self) -> list[tuple[str, str, int]]:
        """(source, its name, how many), the most first."""
        return [(source, str(Source(source).label), count) for source, count in self.by_source.items()]


def of(office: Office, day: date) -> DayFigures:
    """The figures of the local ``day`` (seven statements). ``by_rep`` is keyed by the id of the person."""
    start, end = day_bounds(day, office.timezone)
    found = DayFigures(day)
    parts: dict[int | None, Part] = defaultdict(Part)
    _count_lines(found, parts, RegisterLine.objects.filter(office=office, at__gte=start, at__lt=end))
    opened = events.openings(office).filter(at__gte=start, at__lt=end).order_by()
    for who, count in opened.values_list("owner").annotate(Count("pk")):
        parts[who].new = count
    contacts = FollowUp.objects.filter(customer__office=office, day=day, signature__in=CONTACTS)
    counted = contacts.order_by().values_list("author")
    for who, all_of, effective in counted.annotate(all_of=Count("pk"), good=Count("pk", filter=EFFECTIVE)):
        parts[who].contacts, parts[who].effective = all_of, effective
    deals = Deal.objects.filter(office=office, contracted_at__gte=start, contracted_at__lt=end)
    for who, count in deals.order_by().values_list("rep").annotate(Count("pk")):
        parts[who].deals = count
    found.moves = moves(office, day, day)
    found.by_rep = _named(parts)
    return found


def _named(parts: dict[int | None, Part]) -> dict[int, Part]:
    """The parts of people, by name."""
    people = User.objects.filter(pk__in=[who for who in parts if who is not None]).order_by("name", "pk")
    return {pk: replace(parts[pk], name=name) for pk, name in people.values_list("pk", "name")}


CONTACTS = (Signature.PENDING, Signature.SIGNED, Signature.REJECTED)


def _count_lines(found: DayFigures, parts: dict[int | None, Part], lines: QuerySet) -> None:
    kinds = {LineKind.VISIT: "visits", LineKind.CALL: "calls", LineKind.WEB: "web"}
    rows = lines.order_by().values_list("kind", "first", "receiver").annotate(Count("pk"))
    for kind, first, who, count in rows:
        name = kinds[LineKind(kind)]
        setattr(found, name, getattr(found, name) + count)
        if first:
            found.first += count
        else:
            found.repeat += count
        if who and kind != LineKind.WEB:
            setattr(parts[who], name, getattr(parts[who], name) + count)
    sources = lines.order_by().values_list("source").annotate(count=Count("pk")).order_by("-count", "source")
    found.by_source = dict(sources)


def moves(office: Office, first: date, last: date, *, who: int | None = None) -> list[Move]:
    """The changes of level from ``first`` to ``last``, in order; of the customers of one rep, if given."""
    start, end = day_bounds(first, office.timezone)[0], day_bounds(last, office.timezone)[1]
    rows = LevelChange.objects.filter(customer__office=office, at__gte=start, at__lt=end)
    if who is not None:
        rows = rows.filter(Q(by=who) | Q(customer__owner=who))
    names = ("customer_id", "customer__number", "was", "became", "by__name")
    found = rows.order_by("at", "pk").values_list(*names)
    return [Move(customer, number, was, became, by or "—") for customer, number, was, became, by in found]


def week_of(day: date) -> date:
    """The Monday of the week of ``day``."""
    return day - timedelta(days=day.weekday())

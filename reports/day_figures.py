"""What happened on one day of an office, from set-based queries: for the evening meeting and the reports (REP-01)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from common.dates import day_bounds
from customers.models import FollowUp, LevelChange, LineKind, RegisterLine, Signature, Source
from customers.models.contacts import EFFECTIVE
from sales.models import Deal
from staff.models import Office


@dataclass
class Part:
    """The day of one rep: received, calls, new customers, contacts, effective ones, deals signed."""

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
    by_rep: dict[str, Part] = field(default_factory=dict)
    by_source: dict[str, int] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)


def of(office: Office, day: date) -> DayFigures:
    """The figures of the local ``day`` (five statements)."""
    start, end = day_bounds(day, office.timezone)
    found = DayFigures(day)
    parts: dict[str, Part] = defaultdict(Part)
    lines = RegisterLine.objects.filter(office=office, at__gte=start, at__lt=end)
    _count_lines(found, parts, lines)
    contacts = FollowUp.objects.filter(customer__office=office, day=day, signature__in=CONTACTS)
    counted = contacts.order_by().values_list("author__name")
    for who, all_of, effective in counted.annotate(all_of=Count("pk"), good=Count("pk", filter=EFFECTIVE)):
        parts[who].contacts, parts[who].effective = all_of, effective
    deals = Deal.objects.filter(office=office, contracted_at__gte=start, contracted_at__lt=end)
    for who, count in deals.order_by().values_list("rep__name").annotate(Count("pk")):
        parts[who].deals = count
    found.moves = moves(office, day, day)
    found.by_rep = dict(sorted((who, part) for who, part in parts.items() if who))
    return found


CONTACTS = (Signature.PENDING, Signature.SIGNED, Signature.REJECTED)


def _count_lines(found: DayFigures, parts: dict[str, Part], lines: QuerySet) -> None:
    kinds = {LineKind.VISIT: "visits", LineKind.CALL: "calls", LineKind.WEB: "web"}
    rows = lines.order_by().values_list("kind", "first", "receiver__name").annotate(Count("pk"))
    for kind, first, who, count in rows:
        name = kinds[LineKind(kind)]
        setattr(found, name, getattr(found, name) + count)
        if first:
            found.first += count
        else:
            found.repeat += count
        if who and kind != LineKind.WEB:
            setattr(parts[who], name, getattr(parts[who], name) + count)
    opened = lines.filter(opens=True)
    for who, count in opened.order_by().values_list("owner__name").annotate(Count("pk")):
        parts[who].new = count
    labels = dict(Source.choices)
    sources = lines.order_by().values_list("source").annotate(count=Count("pk")).order_by("-count", "source")
    found.by_source = {str(labels[source]): count for source, count in sources}


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

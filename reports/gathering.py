"""What a month's figures gather beside its flow: days, people, cohorts, turns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, Q
from django.db.models.functions import TruncDate

from customers.models import LineKind
from reception.fairness import Share
from staff.models import Posting, User
from staff.roles import SELLING_ROLES

from . import events
from .events import Opened, Signing, Span
from .flow import KINDS, Flow
from .parts import DayOf, Person, Trend, Turns


def people(over: Span, named: set[int]) -> list[Person]:
    """Who sold in the month, if only for a part of it, and whoever else its figures name; by staff number."""
    held = Posting.objects.filter(office=over.office, since__lt=over.end).filter(
        Q(until__isnull=True) | Q(until__gte=over.first)
    )
    found: dict[int, Person] = {}
    for post in held.filter(role__in=SELLING_ROLES).select_related("user").order_by("since", "pk"):
        joined = post.since if post.since > over.first else None
        left = post.until if post.until is not None and post.until < over.last else None
        before = found.get(post.user_id)
        joined = before.joined if before else joined
        found[post.user_id] = Person(post.user_id, post.user.name, post.number, joined, left)
    others = User.objects.filter(pk__in=named - found.keys()).order_by("pk")
    return [
        *sorted(found.values(), key=lambda one: (one.number is None, one.number or 0, one.who)),
        *(Person(user.pk, user.name, None, None, None) for user in others),
    ]


def days(over: Span) -> list[DayOf]:
    """Every day of the month, also those on which nobody came."""
    on = TruncDate("at", tzinfo=ZoneInfo(over.office.timezone), output_field=DateField())
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    rows = events.lines(over.office).filter(over.at("at")).annotate(on=on).order_by()
    for day, kind, n in rows.values_list("on", "kind").annotate(n=Count("pk")):
        counts[day][KINDS[LineKind(kind)]] += n
    fresh = events.openings(over.office).filter(over.at("at")).annotate(on=on).order_by()
    for day, n in fresh.values_list("on").annotate(n=Count("pk")):
        counts[day]["new"] += n
    step, found = over.first, []
    while step < over.end:
        found.append(DayOf(step, **{name: counts[step][name] for name in (*KINDS.values(), "new")}))
        step += timedelta(days=1)
    return found


def begun(over: Span, signings: Iterable[Signing], opened: Opened) -> list[tuple[datetime, int]]:
    """(time, line) by which those became new whose contract stood at the end of the last month (cohorts)."""
    signed: dict[int, Signing] = {}
    for event in signings:
        if event.counts:
            signed.pop(event.customer, None)
            signed |= {event.customer: event} if event.signed else {}
    opened.read(signed)
    again = events.waited(over.office)
    return [opened.new(customer, event.at, again) for customer, event in signed.items()]


def converted(over: Span, signings: Iterable[Signing], opened: Opened) -> Counter[date]:
    """How many of those new in each month had a contract that stood at the end of the last (cohorts)."""
    return Counter(events.month_of(at, over.office) for at, _line in begun(over, signings, opened))


def trend(over: Span, flows: dict[date, Flow], cohorts: Counter[date]) -> list[Trend]:
    """Months in a row."""
    names = ("visits", "calls", "web", "new", "deals", "deal_amount", "defeats", "lapsed", "follow_ups", "open_end")
    return [
        Trend(month=month, converted=cohorts[month], conversion=flow.conversion, **{n: getattr(flow, n) for n in names})
        for month, flow in flows.items()
    ]


def turns(shares: Iterable[Share]) -> list[Turns]:
    """The rotation's figures."""
    names = ("who", "days", "taken", "passed", "returning", "given_back", "registered")
    return [Turns(**{name: getattr(share, name) for name in names}) for share in shares]

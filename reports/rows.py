"""The records that a month's figures count, as querysets: the same definitions, row by row (REP-06)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from common.dates import next_month
from customers.models import Basis, Customer, Episode, FollowUp, LineKind, RegisterLine, Signature
from sales.models import Deal
from staff.models import Measure, MeasureKind

from . import conducted, events, gathering, standing
from .events import Opened, Span

Rows = QuerySet[Any]
DAY = timedelta(days=1)
ALL = Q()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of the rows: of one rep (0: of nobody), source, day, ground, level; signed by the end of ``until``."""

    rep: int | None = None
    source: str = ""
    day: date | None = None
    ground: str = ""
    level: str = ""
    until: date | None = None


Maker = Callable[[Span, Asked], Rows]


def lines(**also: Any) -> Maker:
    """Lines of the register."""
    return lambda over, _asked: events.lines(over.office).filter(over.at("at"), **also)


def visits_registered(over: Span, _asked: Asked) -> Rows:
    """Registrations that visits opened."""
    return events.lines(over.office).filter(over.at("at"), kind=LineKind.VISIT, opens=True)


def new(over: Span, _asked: Asked) -> Rows:
    """Lines that count as new."""
    return events.openings(over.office).filter(over.at("at"))


def converted(over: Span, asked: Asked) -> Rows:
    """Lines of those who were new here and had signed by the end of the month ``until``, of this one without it."""
    end = next_month(asked.until) if asked.until else over.end
    upto = Span(over.office, over.first, max(end, over.end))
    signings = [event for event in events.signings(over.office) if event.at < upto.ends]
    found = gathering.begun(upto, signings, Opened())
    return RegisterLine.objects.filter(over.at("at"), pk__in=[line for _at, line in found])


def follow_ups(also: Q = ALL) -> Maker:
    """Contacts that count in the month."""
    return lambda over, _asked: events.contacts_in(over, closed=True).filter(also)


def contacts(also: Q = ALL) -> Maker:
    """Contacts that were made then, whatever was said of them later; visits and calls are not among them."""

    def rows(over: Span, _asked: Asked) -> Rows:
        made = FollowUp.objects.filter(over.at("at"), customer__office=over.office)
        return made.exclude(signature=Signature.NONE).filter(also)

    return rows


def rejected(over: Span, _asked: Asked) -> Rows:
    """Contacts rejected in the month."""
    return events.rejected_in(over)


def taken_back(over: Span, _asked: Asked) -> Rows:
    """Those of them that earlier months had counted."""
    return events.taken_back(over)


def customers_followed(over: Span, _asked: Asked) -> Rows:
    """Customers with a contact that counts."""
    return Customer.objects.filter(pk__in=events.contacts_in(over, closed=True).values("customer"))


def open_then(at_end: bool) -> Maker:
    """Customers who were open when the month began, or at its end: of one owner, at one level."""

    def rows(over: Span, asked: Asked) -> Rows:
        moment = over.ends if at_end else over.begins
        kept = standing.open_at(over.office, moment, signings=events.signings(over.office))
        level = {"": None, "none": ""}.get(asked.level, asked.level)
        found = [
            one.customer
            for one in kept
            if level in (None, one.level) and (asked.rep is None or asked.rep == (one.owner or 0))
        ]
        held = Episode.objects.filter(customer=OuterRef("pk"), since__lt=moment).order_by("-since", "-pk")
        return Customer.objects.filter(pk__in=found).annotate(then=Subquery(held.values("owner__name")[:1]))

    return rows


def defeats(over: Span, asked: Asked) -> Rows:
    """Defeats approved."""
    rows = events.defeats(over.office).filter(over.at("decided_at"))
    return rows.filter(ground=asked.ground) if asked.ground else rows


def contracts(over: Span, _asked: Asked) -> Rows:
    """Every contract signed."""
    return Deal.objects.filter(over.at("contracted_at"), office=over.office)


def signed(over: Span, _asked: Asked) -> Rows:
    """Contracts of customers who had no other that stood."""
    found = events.signings(over.office)
    return contracts(over, _asked).filter(pk__in={e.deal for e in found if e.signed and e.counts})


def undone(over: Span, _asked: Asked) -> Rows:
    """Contracts cancelled that left their customers without another."""
    found = events.signings(over.office)
    rows = Deal.objects.filter(over.at("cancelled_at"), office=over.office)
    return rows.filter(pk__in={e.deal for e in found if not e.signed and e.counts})


def cancelled(over: Span, _asked: Asked) -> Rows:
    """Contracts of earlier months cancelled in this one."""
    rows = Deal.objects.filter(over.at("cancelled_at"), office=over.office)
    return rows.filter(contracted_at__lt=over.begins)


def from_pool(over: Span, _asked: Asked) -> Rows:
    """Customers given out from the pool."""
    return Episode.objects.filter(over.at("since"), customer__office=over.office, basis=Basis.POOL)


def lapsed(over: Span, _asked: Asked) -> Rows:
    """Registrations that lapsed, on the day on which that was known."""
    rows = events.lapsed_episodes(over.office, over.end)
    late = {pk: known for pk, _by_records, known in events.late_lapses(over.office, rows)}
    here = rows.filter(valid_until__gte=over.first - DAY, valid_until__lt=over.end - DAY).exclude(pk__in=late)
    found = {pk for pk, known in late.items() if over.first <= known < over.end}
    return rows.filter(pk__in=[*here.values_list("pk", flat=True), *found])


def measures(kind: MeasureKind) -> Maker:
    """Warnings or fines that stood at the end."""
    return lambda over, _asked: Measure.objects.filter(pk__in=[one.pk for one in conducted.stood(over, kind)])

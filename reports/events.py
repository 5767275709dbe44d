"""What counts as what, and in which local month: the one definition that reports, replay and lists of lines share.

*Closed* books show what was known at each month's end: a contact counts in the month in which it was entered, one
that is rejected after its month stays counted there, and a lapse that only a later rejection brought about takes
effect on the day of the rejection (REP-05). Open books show what is known now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncMonth

from common.dates import first_of_month, last_valid_day, midnight, next_month
from customers.models import (
    DefeatRequest,
    DefeatState,
    Ended,
    Episode,
    FollowUp,
    LineKind,
    RegisterLine,
    Signature,
    Standing,
)
from customers.ownership import holds_until
from sales.models import Deal
from staff.models import Office

LOST = (DefeatState.APPROVED, DefeatState.CLOSED)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Span:
    """Whole local months of an office, from the first day of one to the first day after the last."""

    office: Office
    first: date
    end: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)

    @property
    def begins(self) -> datetime:
        """The first instant."""
        return midnight(self.first, self.office.timezone)

    @property
    def ends(self) -> datetime:
        """The first instant after the last."""
        return midnight(self.end, self.office.timezone)

    def months(self) -> Iterator[date]:
        """The first day of each month."""
        month = self.first
        while month < self.end:
            yield month
            month = next_month(month)

    def holds(self, month: date) -> bool:
        """Whether the month that begins on this day belongs to the span."""
        return self.first <= month < self.end

    def at(self, field: str) -> Q:
        """The rows whose time ``field`` lies in the span."""
        return Q(**{f"{field}__gte": self.begins, f"{field}__lt": self.ends})


def span(office: Office, first: date, last: date) -> Span:
    """The months from that of ``first`` to that of ``last``, both included."""
    return Span(office, first_of_month(first), next_month(last))


def month_in(field: str | Combinable, office: Office) -> TruncMonth:
    """The first day of the local month of a time."""
    return TruncMonth(field, tzinfo=ZoneInfo(office.timezone), output_field=DateField())


def month_of(moment: datetime, office: Office) -> date:
    """The first day of the local month of ``moment``."""
    return first_of_month(office.today(moment))


def began(office: Office) -> datetime | None:
    """When the first line of the office's register was entered: before its month there is nothing to report."""
    return RegisterLine.objects.filter(office=office).order_by("number").values_list("at", flat=True).first()


def lines(office: Office) -> QuerySet[RegisterLine]:
    """Every arrival of the register."""
    return RegisterLine.objects.filter(office=office).defer("details_sealed", "reason")


def openings(office: Office) -> QuerySet[RegisterLine]:
    """Lines that open a registration and count as new."""
    return lines(office).filter(opens=True).exclude(pk__in=waited(office))


def waited(office: Office) -> list[int]:
    """Opening lines by which a web lead came whom nobody had been given: the lead was new by its web line (OWN-06c)."""
    before = RegisterLine.objects.filter(opens=True, customer=OuterRef("customer"), number__lt=OuterRef("number"))
    previous = before.order_by("-number")
    leads = lines(office).filter(opens=True, kind=LineKind.WEB).values("customer")
    again = lines(office).filter(opens=True, customer__in=leads).exclude(kind=LineKind.WEB)
    again = again.annotate(before=Subquery(previous.values("kind")[:1]), since=Subquery(previous.values("at")[:1]))
    given = Episode.objects.filter(
        customer=OuterRef("customer"), since__gte=OuterRef("since"), since__lt=OuterRef("at")
    )
    found = again.filter(Exists(before), before=LineKind.WEB).exclude(Exists(given))
    return list(found.values_list("pk", flat=True))


def follow_ups(office: Office, *, closed: bool) -> QuerySet[FollowUp]:
    """Contacts recorded by staff that count, each with its ``month``; visits and calls are lines already."""
    rows = FollowUp.objects.filter(customer__office=office).exclude(signature=Signature.NONE)
    if not closed:
        return rows.exclude(signature=Signature.REJECTED).annotate(month=month_in("at", office))
    known = rows.annotate(month=month_in(entered(), office))
    return known.filter(~Q(signature=Signature.REJECTED) | Q(month__lt=month_in("decided_at", office)))


def contacts_in(over: Span, *, closed: bool) -> QuerySet[FollowUp]:
    """The contacts that count in these months."""
    rows = follow_ups(over.office, closed=closed).annotate(known=entered() if closed else F("at"))
    return rows.filter(over.at("known"))


def entered() -> Coalesce:
    """When a contact came to be known."""
    return Coalesce("entered_at", "at")


def known(moment: datetime) -> QuerySet[FollowUp]:
    """Contacts recorded by staff that counted just before ``moment``, by what was known then."""
    written = FollowUp.objects.exclude(signature=Signature.NONE).alias(known=entered()).filter(known__lt=moment)
    return written.filter(~Q(signature=Signature.REJECTED) | Q(decided_at__gte=moment))


def rejected_in(over: Span) -> QuerySet[FollowUp]:
    """Contacts that a supervisor rejected in these months."""
    rows = FollowUp.objects.filter(over.at("decided_at"), customer__office=over.office)
    return rows.filter(signature=Signature.REJECTED)


def taken_back(over: Span) -> QuerySet[FollowUp]:
    """Those of them that earlier months had counted: corrections of closed months."""
    return rejected_in(over).annotate(known=entered()).filter(known__lt=over.begins)


def source_then(at: str) -> Subquery:
    """The source of the registration that was in force at the time ``at`` of a row about a customer."""
    opened = RegisterLine.objects.filter(customer=OuterRef("customer"), opens=True, at__lte=OuterRef(at))
    return Subquery(opened.order_by("-number").values("source")[:1])


def defeats(office: Office) -> QuerySet[DefeatRequest]:
    """Approved defeats, each with the ``month`` of its approval."""
    rows = DefeatRequest.objects.filter(customer__office=office, state__in=LOST)
    return rows.annotate(month=month_in("decided_at", office))


@dataclass(frozen=True, slots=True)
class Signing:
    """A contract signed, or cancelled after it was signed. ``counts``: the customer had no other that stood."""

    at: datetime
    signed: bool
    counts: bool
    deal: int
    customer: int
    rep: int
    price: Decimal


def signings(office: Office) -> list[Signing]:
    """Every contract of the office and every cancellation of one, in order of time (DEAL-02)."""
    fields = ("contracted_at", "cancelled_at", "pk", "customer", "rep", "price")
    happened = []
    contracts = Deal.objects.filter(office=office, contracted_at__isnull=False)
    for signed_at, cancelled_at, *rest in contracts.order_by("pk").values_list(*fields):
        happened.append((signed_at, False, *rest))
        if cancelled_at is not None:
            happened.append((cancelled_at, True, *rest))
    standing: dict[int, int] = defaultdict(int)
    found = []
    # Of what happened at the same instant the contracts come first: none is cancelled before it is signed.
    for at, cancelled, deal, customer, rep, price in sorted(happened):
        standing[customer] += -1 if cancelled else 1
        counts = standing[customer] == (0 if cancelled else 1)
        found.append(Signing(at, not cancelled, counts, deal, customer, rep, price))
    return found


def lapses(office: Office, *, today: date, closed: bool) -> dict[date, int]:
    """How many registrations lapsed on each day, written down or not (OWN-06)."""
    rows = lapsed_episodes(office, today)
    found: dict[date, int] = defaultdict(int)
    for valid_until, count in rows.values_list("valid_until").annotate(count=Count("pk")).order_by("valid_until"):
        found[last_valid_day(valid_until, 1)] += count
    for _pk, by_records, known in late_lapses(office, rows) if closed else ():
        found[by_records] -= 1
        found[known] += 1
    return found


def lapsed_episodes(office: Office, today: date) -> QuerySet[Episode]:
    """Episodes that a lapse ended by ``today``."""
    unwritten = Q(until__isnull=True, customer__standing=Standing.ACTIVE, customer__valid_until__lt=today)
    return Episode.objects.filter(Q(ended=Ended.LAPSED) | unwritten, customer__office=office).order_by()


def late_lapses(office: Office, rows: QuerySet[Episode]) -> Iterator[tuple[int, date, date]]:
    """(episode, lapse day by the records, day it took effect) where a rejection brought the end into the past."""
    rejected = FollowUp.objects.filter(episode__in=rows, signature=Signature.REJECTED)
    for episode in rows.filter(pk__in=rejected.values("episode")).order_by("pk"):
        by_records = last_valid_day(episode.valid_until, 1)
        known = took_effect(episode, office)
        if known != by_records:
            yield episode.pk, by_records, known


def took_effect(episode: Episode, office: Office) -> date:
    """The day on which an episode had lapsed by what was known then."""
    said = FollowUp.objects.filter(episode=episode, reached=True, has_result=True)
    contacts = list(said.values_list("day", "extends_to", "signature", "decided_at"))
    rejections = sorted(at for *_rest, signature, at in contacts if signature == Signature.REJECTED and at)
    for n, now in enumerate([None, *rejections]):
        counted = [c[:2] for c in contacts if c[2] != Signature.REJECTED or (now is None or (c[3] and c[3] > now))]
        lapse = last_valid_day(holds_until(episode.first_until, counted), 1)
        known = max(lapse, office.today(now)) if now else lapse
        if n == len(rejections) or known <= office.today(rejections[n]):
            return known
    raise AssertionError("the last of the knowledge decides")


class Opened:
    """The registrations of some customers, by time: a later one leaves past months alone."""

    def __init__(self) -> None:
        self._lines: dict[int, list[tuple[datetime, str, int]]] = {}

    def read(self, customers: Iterable[int]) -> None:
        """Look up those not yet known."""
        wanted = sorted(set(customers) - self._lines.keys())
        for n in range(0, len(wanted), BATCH):
            part = wanted[n : n + BATCH]
            self._lines |= {customer: [] for customer in part}
            opening = RegisterLine.objects.filter(customer__in=part, opens=True).order_by("number")
            for customer, at, source, pk in opening.values_list("customer", "at", "source", "pk"):
                self._lines[customer].append((at, source, pk))

    def source(self, customer: int, at: datetime) -> str:
        """The source of the registration in force at ``at``."""
        return next(source for since, source, _pk in reversed(self._lines[customer]) if since <= at)

    def new(self, customer: int, at: datetime, again: Container[int]) -> tuple[datetime, int]:
        """(time, line) by which the customer in force at ``at`` was new; lines ``again`` did not make anybody new."""
        found = reversed(self._lines[customer])
        return next((since, pk) for since, _source, pk in found if since <= at and pk not in again)

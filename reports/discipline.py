"""How well customers were followed up in a month, rep by rep (FUP-01..07, CARD-05)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import TruncDate

from customers.models import Card, FollowUp, LineKind, Manner, RegisterLine, Signature

from . import events
from .events import Span

FIGURES = (
    *("contacts", "reached", "effective", "signed", "rejected", "promised", "kept"),
    *("new", "followed_twice", "visits", "called_same_day", "cards"),
)
ON_THE_DAY = timedelta(0)


@dataclass(frozen=True, slots=True)
class Discipline:
    """One rep's month. Rates follow from the pairs: kept of promised, called of visits, followed of new, cards of new."""

    who: int
    contacts: int = 0
    reached: int = 0
    effective: int = 0
    signed: int = 0
    rejected: int = 0
    promised: int = 0
    kept: int = 0
    new: int = 0
    followed_twice: int = 0
    visits: int = 0
    called_same_day: int = 0
    cards: int = 0


def of_month(over: Span) -> list[Discipline]:
    """The figures of everybody who did or should have done something."""
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    for rows in (_contacts(over), _rejected(over), _new(over), _visits(over), _cards(over)):
        for who, figures in rows:
            if who is not None:
                sums[who].update(figures)
    return [Discipline(who, **{name: total[name] for name in FIGURES}) for who, total in sorted(sums.items())]


Counted = Iterable[tuple[int | None, dict[str, Any]]]


def _grouped(rows: QuerySet, by: str, *also: str, **counts: Count) -> Counted:
    """Figures by person, and by what else is asked; named apart from the fields while the database counts."""
    named = {f"n_{name}": count for name, count in counts.items()}
    for row in rows.order_by().values(by, *also).annotate(**named):
        yield row[by], {name: row[name] for name in also} | {name: row[f"n_{name}"] for name in counts}


def _contacts(over: Span) -> Counted:
    written = FollowUp.objects.alias(known=events.entered()).filter(known__lt=over.ends)
    before = written.filter(customer=OuterRef("customer"), at__lt=OuterRef("at")).order_by("-at", "-pk")
    due = Subquery(before.values("next_on")[:1])
    # By how early they were: what was promised is looked up once for each contact, not once for each figure of it.
    rows = events.contacts_in(over, closed=True).annotate(
        early=ExpressionWrapper(due - F("day"), output_field=DurationField())
    )
    grouped = _grouped(
        rows,
        "author",
        "early",
        contacts=Count("pk"),
        reached=Count("pk", filter=Q(reached=True)),
        effective=Count("pk", filter=Q(reached=True, has_result=True)),
        signed=Count("pk", filter=Q(signature=Signature.SIGNED, decided_at__lt=over.ends)),
    )
    for who, figures in grouped:
        early, contacts = figures.pop("early"), figures["contacts"]
        promised, kept = early is not None, early is not None and early >= ON_THE_DAY
        yield who, {**figures, "promised": contacts if promised else 0, "kept": contacts if kept else 0}


def _rejected(over: Span) -> Counted:
    return _grouped(events.rejected_in(over), "author", rejected=Count("pk"))


def _new(over: Span) -> Counted:
    """Registrations opened, and those of them with at least two contacts by the end (FUP-07)."""
    counted = events.known(over.ends).filter(customer=OuterRef("customer"), at__gte=OuterRef("at")).order_by("at")
    rows = events.openings(over.office).filter(over.at("at"), owner__isnull=False)
    rows = rows.annotate(second=Subquery(counted.values("pk")[1:2]))
    return _grouped(rows, "owner", new=Count("pk"), followed_twice=Count("second"))


def _visits(over: Span) -> Counted:
    """Visits, and those whose customer was telephoned on the same day (FUP-05)."""
    zone = ZoneInfo(over.office.timezone)
    calls = events.known(over.ends).filter(customer=OuterRef("customer"), day=OuterRef("on"), manner=Manner.PHONE)
    rows = events.lines(over.office).filter(over.at("at"), kind=LineKind.VISIT)
    rows = rows.annotate(on=TruncDate("at", tzinfo=zone, output_field=DateField()))
    rows = rows.annotate(called=Exists(calls))
    return _grouped(rows, "owner", visits=Count("pk"), called_same_day=Count("pk", filter=Q(called=True)))


def _cards(over: Span) -> Counted:
    """A-cards submitted on the day from which their deadlines count (CARD-05), by the owner of the line."""
    zone = ZoneInfo(over.office.timezone)
    lines = RegisterLine.objects.filter(office=over.office, number=OuterRef("number"))
    rows = Card.objects.filter(customer__office=over.office, due_from__gte=over.first, due_from__lt=over.end)
    rows = rows.annotate(sent=TruncDate("first_submitted_at", tzinfo=zone), who=Subquery(lines.values("owner")[:1]))
    return _grouped(rows.filter(sent__lte=F("due_from")), "who", cards=Count("pk"))

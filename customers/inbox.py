"""What waits for a decision of the supervisor, the clerk or the manager, oldest first (CARD-04, FUP-04, LOST-04)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from common.counting import CappedCount
from common.dates import midnight
from staff.models import Office, User
from staff.roles import Duty, Role

from .cards import sign_end
from .models import Card, CardState, Customer, DefeatRequest, DefeatState, FollowUp, Person, Signature, Standing
from .reminders import TO_SUPERVISORS_AFTER
from .rows import KEY, Opener

MOST = 50
COUNTED = 99
CARDS, CONTACTS, DEFEATS, LATE = "cards", "contacts", "defeats", "late"
OWN_KEY = tuple(name.removeprefix("customer__") for name in KEY)
DEFEATS_OF = {
    Role.CLERK: (DefeatState.REQUESTED, DefeatState.APPROVED),
    Role.MARKETING_MANAGER: (DefeatState.CONFIRMED,),
}
ORDER: dict[str, tuple[Any, ...]] = {
    CARDS: ("submitted_at", "pk"),
    CONTACTS: ("at", "pk"),
    DEFEATS: ("requested_at", "pk"),
    LATE: (F("next_due").asc(nulls_last=True), "number"),
}
FIELDS = {
    CARDS: ("customer__number", "level", "submitted_at", "customer__owner__name"),
    CONTACTS: ("customer__number", "level", "at", "author__name"),
    DEFEATS: ("customer__number", "level", "requested_at", "rep__name"),
    LATE: ("number", "level", "next_due", "owner__name"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One item of the list; ``late`` if its time has passed."""

    pk: int
    number: int
    name: str
    level: str
    at: datetime | date | None
    who: str
    late: bool


def kinds_of(user: User) -> list[str]:
    """What ``user`` decides on: the supervisor cards, contacts and breaches; the clerk and the manager defeats."""
    found = [CARDS, CONTACTS, LATE] if user.has(Duty.SUPERVISE) else []
    if user.posting is not None and user.posting.role in DEFEATS_OF:
        found.append(DEFEATS)
    return found


def waiting(kind: str, user: User, *, now: datetime) -> QuerySet:
    """Everything of one kind that waits in the office of ``user``, oldest first."""
    office = user.office
    assert office is not None
    if kind == CARDS:
        rows: QuerySet = Card.objects.filter(customer__office=office, state=CardState.SUBMITTED)
    elif kind == CONTACTS:
        pending = FollowUp.objects.filter(customer__office=office, signature=Signature.PENDING)
        rows = pending.exclude(author=user)
    elif kind == DEFEATS:
        role = Role(user.posting.role) if user.posting else None
        rows = DefeatRequest.objects.filter(customer__office=office, state__in=DEFEATS_OF.get(role, ()))  # type: ignore[arg-type]
    else:
        rows = breaches(office, now=now)
    return rows.order_by(*ORDER[kind])


def breaches(office: Office, *, now: datetime) -> QuerySet:
    """Customers whose follow-up is overdue by two days, or whose A-card missed its day (CARD-05, FUP-09)."""
    today = office.today(now)
    card = Card.objects.filter(customer=OuterRef("pk"), number=OuterRef("number"))
    rows = Customer.objects.filter(office=office, standing=Standing.ACTIVE, valid_until__gte=today)
    rows = rows.annotate(submitted=Subquery(card.values("first_submitted_at")[:1]))
    unwritten = Q(submitted=None, registered_at__lt=midnight(today, office.timezone))
    return rows.filter(Q(next_due__lte=today - TO_SUPERVISORS_AFTER) | unwritten)


def counts(user: User, *, now: datetime) -> dict[str, int]:
    """How many wait, by kind, counted to ``COUNTED`` in one statement."""
    kinds = kinds_of(user)
    if not kinds:
        return {}
    parts = {kind: CappedCount(waiting(kind, user, now=now), most=COUNTED) for kind in kinds}
    office = Office.objects.filter(pk=user.office.pk)  # type: ignore[union-attr]
    return dict(zip(kinds, office.values_list(*parts.values()).get(), strict=True))


def items(kind: str, user: User, *, now: datetime) -> list[Waiting]:
    """The first of what waits, names opened; one statement."""
    own = kind == LATE
    person = Person.objects.filter(customer=OuterRef("pk" if own else "customer")).order_by("pk")
    found = waiting(kind, user, now=now).annotate(name_sealed=Subquery(person.values("name_sealed")[:1]))
    rows = list(found.values("pk", "name_sealed", *FIELDS[kind], *(OWN_KEY if own else KEY))[:MOST])
    opener, office, prefix = Opener(), user.office, "" if own else "customer__"
    number, level, at, who = FIELDS[kind]
    return [
        Waiting(
            pk=row["pk"],
            number=row[number],
            name=opener.text(row, row["name_sealed"], model="Person", field="name", of=prefix) or "—",
            level=row[level],
            at=row[at],
            who=row[who] or "—",
            late=is_late(kind, row[at], office, now=now),  # type: ignore[arg-type]
        )
        for row in rows
    ]


def is_late(kind: str, at: Any, office: Office, *, now: datetime) -> bool:
    """Whether the hour of signing, or the evening of the contact's day, has passed."""
    if kind == CARDS:
        return sign_end(at, office) < now
    if kind == CONTACTS:
        return office.today(at) < office.today(now)
    return kind == LATE

"""What waits for the supervisor, the clerk or the manager, oldest first (CARD-04, FUP-04, LOST-04, REG-08, DEAL-04)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from common.counting import CappedCount
from common.dates import midnight
from staff.models import Office, User
from staff.roles import Duty, Role

from . import completing
from .cards import sign_end
from .models import (
    Card,
    CardState,
    Customer,
    DefeatRequest,
    DefeatState,
    FollowUp,
    Person,
    RegisterLine,
    Signature,
    Standing,
)
from .reminders import TO_SUPERVISORS_AFTER
from .rows import KEY, Opener

MOST = 50
COUNTED = 99
CARDS, CONTACTS, DEFEATS, LATE, LINES, DEALT = "cards", "contacts", "defeats", "late", "lines", "dealt"
OF_CUSTOMERS = frozenset({LATE, DEALT})
LINES_OF, DAY = timedelta(days=7), timedelta(days=1)
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
    DEALT: ("number",),
}
FIELDS = {
    CARDS: ("customer__number", "level", "submitted_at", "customer__owner__name"),
    CONTACTS: ("customer__number", "level", "at", "author__name", "result_sealed"),
    DEFEATS: ("customer__number", "level", "requested_at", "rep__name"),
    LATE: ("number", "level", "next_due", "owner__name"),
    DEALT: ("number", "level", "registered_at", "owner__name"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One item of the list; ``late`` if its time has passed, ``said``: what a contact brought."""

    pk: int
    number: int
    name: str
    level: str
    at: datetime | date | None
    who: str
    late: bool
    said: str = ""


def kinds_of(user: User) -> list[str]:
    """What ``user`` sees to: supervisors cards, contacts, lines and breaches, clerk and manager defeats, the clerk deals."""
    found = [CARDS, CONTACTS, LINES, LATE] if user.has(Duty.SUPERVISE) else []
    if user.posting is not None and user.posting.role in DEFEATS_OF:
        found.append(DEFEATS)
    if user.posting is not None and user.posting.role == Role.CLERK:
        found.append(DEALT)
    return found


def waiting(kind: str, user: User, *, now: datetime) -> QuerySet:
    """Everything of one kind that waits in the office of ``user``, oldest first; lines apart."""
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
    elif kind == DEALT:
        rows = to_check(office)
    else:
        rows = breaches(office, now=now)
    return rows.order_by(*ORDER[kind])


def to_check(office: Office) -> QuerySet:
    """Customers with a signed contract whose A-card the clerk has not checked yet (DEAL-04)."""
    checked = Card.objects.filter(customer=OuterRef("pk"), number=OuterRef("number"), closed_at__isnull=False)
    return Customer.objects.filter(~Exists(checked), office=office, standing=Standing.DEALT)


def unfinished(office: Office, *, now: datetime) -> list[RegisterLine]:
    """The lines of the last days that were not completed on their own day (REG-08), oldest first."""
    today = office.today(now)
    return [line for line, _lacking in completing.open_lines(office, since=today - LINES_OF, today=today - DAY)]


def breaches(office: Office, *, now: datetime) -> QuerySet:
    """Customers whose follow-up is overdue by two days, or whose A-card missed its day (CARD-05, FUP-09)."""
    today = office.today(now)
    card = Card.objects.filter(customer=OuterRef("pk"), number=OuterRef("number"))
    rows = Customer.objects.filter(office=office, standing=Standing.ACTIVE, valid_until__gte=today)
    rows = rows.annotate(submitted=Subquery(card.values("first_submitted_at")[:1]))
    unwritten = Q(submitted=None, registered_at__lt=midnight(today, office.timezone))
    return rows.filter(Q(next_due__lte=today - TO_SUPERVISORS_AFTER) | unwritten)


def counts(user: User, *, now: datetime) -> dict[str, int]:
    """How many wait, by kind, counted to ``COUNTED`` in one statement; lines in two more, for what they lack is sealed."""
    kinds, office = kinds_of(user), user.office
    if not kinds or office is None:
        return {}
    parts = {kind: CappedCount(waiting(kind, user, now=now), most=COUNTED) for kind in kinds if kind != LINES}
    counted = Office.objects.filter(pk=office.pk).values_list(*parts.values()).get()
    found = dict(zip(parts, counted, strict=True))
    if LINES in kinds:
        found[LINES] = min(len(unfinished(office, now=now)), COUNTED + 1)
    return {kind: found[kind] for kind in kinds}


def items(kind: str, user: User, *, now: datetime, most: int | None = MOST) -> list[Waiting]:
    """The first of what waits, or all of it, names opened; one statement, for lines two."""
    if kind == LINES:
        return [_line(line) for line in unfinished(user.office, now=now)[:most]]  # type: ignore[arg-type]
    own = kind in OF_CUSTOMERS
    person = Person.objects.filter(customer=OuterRef("pk" if own else "customer")).order_by("pk")
    found = waiting(kind, user, now=now).annotate(name_sealed=Subquery(person.values("name_sealed")[:1]))
    rows = list(found.values("pk", "name_sealed", *FIELDS[kind], *(OWN_KEY if own else KEY))[:most])
    opener, office, prefix = Opener(), user.office, "" if own else "customer__"
    number, level, at, who, *said = FIELDS[kind]
    return [
        Waiting(
            pk=row["pk"],
            number=row[number],
            name=opener.text(row, row["name_sealed"], model="Person", field="name", of=prefix) or "—",
            level=row[level],
            at=row[at],
            who=row[who] or "—",
            late=is_late(kind, row[at], office, now=now),  # type: ignore[arg-type]
            said=opener.text(row, row[said[0]], model="FollowUp", field="result", of=prefix) if said else "",
        )
        for row in rows
    ]


def _line(line: RegisterLine) -> Waiting:
    """A line as an item; whoever received it, or wrote it down, left it open."""
    entries = list(line.corrections.all())
    for entry in entries:
        entry.customer = line.customer
    said, who = completing.effective(line, entries), line.receiver or line.recorded_by
    return Waiting(line.pk, line.number, said.get("name") or "—", "", line.at, str(who or "—"), late=True)


def is_late(kind: str, at: Any, office: Office, *, now: datetime) -> bool:
    """Whether the hour of signing, or the evening of the contact's day, has passed."""
    if kind == CARDS:
        return sign_end(at, office) < now
    if kind == CONTACTS:
        return office.today(at) < office.today(now)
    return kind == LATE

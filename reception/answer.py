"""What the desk is told while it types: whose customer it is and who would receive (REG-06). Nothing is registered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.utils.functional import Promise

from common import names, phones
from common.errors import RuleError
from customers.decision import Verdict
from customers.models import Customer, Decision, LineKind, Person
from customers.search import matching
from staff.models import Office, User
from staff.roles import Duty

from . import checkin, lookups, rotation
from . import day as days
from .arrival import Arrival
from .models import Reception
from .screen import names_of
from .seats import Event, Outcome

PROPOSED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A customer as a list may show them: masked."""

    pk: int
    number: int
    name: str
    phone: str
    owner: str
    state: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What applies to this arrival as far as the person who types may know.

    ``decision`` is empty while the customer question is open; ``receiver`` is None where nobody would receive, and
    ``refusal`` says why.
    """

    decision: str = ""
    label: Promise | str = ""
    customer: Found | None = None
    until: date | None = None
    owner: str = ""
    former: str = ""
    receiver: int | None = None
    receiver_name: str = ""
    own_rep: bool = False
    as_helper: bool = False
    helpers: list[str] = field(default_factory=list)
    refusal: str = ""
    rule: str = ""
    received_by: str = ""
    known_to_desk: bool = False
    proposed: list[Found] = field(default_factory=list)


def to(office: Office, arrival: Arrival, *, by: User, now: datetime) -> Answer:
    """The answer to what has been typed so far. RuleError when somebody looks up too much."""
    desk = by.has(Duty.SEE_OFFICE)
    found = None
    if arrival.phone and not arrival.look:
        found = lookups.customer_of(office, by, arrival.phone)
        lookups.count(by, arrival.phone, found=found, office=office, now=now)
    # For sales staff a number that is not their own customer's is as good as not typed.
    asked = replace(arrival, phone="", customer=arrival.customer or found)
    open_question = not (arrival.look or asked.customer or asked.relative or (desk and arrival.phone))
    verdict, customer = checkin.verdict_on(office, asked, now=now)
    told = Answer(known_to_desk=desk) if open_question else _decided(office, verdict, customer, desk=desk, now=now)
    if desk and open_question and arrival.name and not arrival.look:
        told = replace(told, proposed=_proposed(office, arrival.name, by=by, now=now))
    return _received(told, office, asked, verdict, now=now) if arrival.kind == LineKind.VISIT else told


def _decided(office: Office, verdict: Verdict, customer: Customer | None, *, desk: bool, now: datetime) -> Answer:
    found = shown([customer], office, now=now) if customer else []
    going_on = None
    if customer is not None:
        open_now = Reception.objects.filter(customer=customer, ended_at__isnull=True, day=office.today(now))
        going_on = open_now.select_related("receiver").first()
    lapsed = customer if customer is not None and verdict.decision == Decision.LAPSED else None
    return Answer(
        decision=verdict.decision,
        label=Decision(verdict.decision).label,
        customer=found[0] if found else None,
        until=customer.valid_until if customer else None,
        owner=names_of([verdict.rep]).get(verdict.rep or 0, ""),
        former=str(lapsed.owner or "") if lapsed else "",
        received_by=str(going_on.receiver) if going_on else "",
        known_to_desk=desk,
    )


def _received(told: Answer, office: Office, asked: Arrival, verdict: Verdict, *, now: datetime) -> Answer:
    """With who would receive by the board as it stands."""
    board = days.standing_board(office, now=now)
    event = Event("arrived", now.isoformat(), data=checkin.question(office, asked, verdict, task=0))
    try:
        _board, outcome = rotation.apply(board, event)
    except RuleError as error:
        return replace(told, refusal=str(error), rule=error.rule)
    return _with(told, outcome, own_rep=verdict.rep is not None)


def _with(told: Answer, outcome: Outcome, *, own_rep: bool) -> Answer:
    people = names_of([outcome.receiver, *outcome.helpers])
    return replace(
        told,
        receiver=outcome.receiver,
        receiver_name=people.get(outcome.receiver or 0, ""),
        own_rep=own_rep and not outcome.as_helper,
        as_helper=outcome.as_helper,
        helpers=[people[who] for who in outcome.helpers],
    )


def _proposed(office: Office, name: str, *, by: User, now: datetime) -> list[Found]:
    """Customers of that name: proposed, since a name alone is never proof (OWN-06b)."""
    rows = matching(Customer.objects.visible_to(by), name, office=office).select_related("key", "owner")
    found = shown(rows.order_by("-number")[:PROPOSED_AT_MOST], office, now=now)
    lookups.count(by, name, found=None, office=office, now=now)
    return found


def find(office: Office, text: str, *, by: User, now: datetime) -> list[Found]:
    """Customers of the person's own scope that ``text`` may mean, masked; counted and written down."""
    text = text.strip()
    if not text:
        return []
    lookups.count(by, text, found=None, office=office, now=now)
    rows = matching(Customer.objects.visible_to(by), text, office=office).select_related("key", "owner")
    return shown(rows.order_by("-number")[:PROPOSED_AT_MOST], office, now=now)


def shown(customers: Iterable[Customer], office: Office, *, now: datetime) -> list[Found]:
    """Customers as a list may show them; their people in one query."""
    rows = list(customers)
    by_id = {row.pk: row for row in rows}
    first: dict[int, Person] = {}
    for person in Person.objects.filter(customer__in=by_id).order_by("id"):
        person.customer = by_id[person.customer_id]
        first.setdefault(person.customer_id, person)
    return [_found(row, first.get(row.pk), office.today(now)) for row in rows]


def _found(row: Customer, person: Person | None, today: date) -> Found:
    held = row.holder(today) is not None
    return Found(
        pk=row.pk,
        number=row.number,
        name=names.mask(person.name) if person else "",
        phone=phones.mask(person.phone) if person else "",
        owner=str(row.owner) if held and row.owner else "",
        state=row.state(today),
    )

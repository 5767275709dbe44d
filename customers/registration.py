"""A customer's record made or found again, its line written, its ownership begun or extended (OWN-03..09)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.dates import last_valid_day
from staff.models import Office, User

from . import consent, keys, ownership
from .models import (
    Basis,
    Customer,
    Decision,
    Ended,
    Kind,
    LineKind,
    OfficeRegister,
    Person,
    RegisterLine,
    Relation,
    SearchToken,
    Standing,
)
from .registers import LineFacts, write_line


@dataclass(frozen=True, slots=True)
class Entry:
    """What the line says of the person, and whose customer it becomes."""

    office: Office
    name: str
    phone: str
    relation: str
    consent: bool
    details: Mapping[str, str]
    now: datetime
    by: User | None
    owner: User | None
    request_id: UUID | None


def register(counter: OfficeRegister, facts: LineFacts, entry: Entry, *, customer: Customer | None) -> RegisterLine:
    """Write the line under the next number; a new customer is made, a known one joined, reopened or extended."""
    fresh = customer is None
    if customer is None:
        customer = _new_customer(counter, facts, entry)
    _keep_person(customer, entry, fresh=fresh)
    if entry.consent and (fresh or (entry.by is not None and not customer.consent)):
        consent.give_at_arrival(customer, kind=facts.kind, by=entry.by, now=entry.now)
    assert entry.request_id is not None
    line = write_line(
        counter, facts, customer=customer, details=entry.details, request_id=entry.request_id, by=entry.by
    )
    if facts.opens:
        begin(customer, line, entry, fresh=fresh)
    elif line.kind != LineKind.WEB:
        ownership.count_line(customer, line, office=entry.office, author=line.receiver)
    return line


def basis_of(line: RegisterLine) -> str:
    """On what basis a line that opens a registration makes its owner."""
    by_decision = {Decision.REFERRED: Basis.REFERRAL, Decision.NAMED: Basis.NAMED}
    default = Basis.FIRST_CALL if line.kind == LineKind.CALL else Basis.FIRST_VISIT
    return by_decision.get(Decision(line.decision), default)


def _new_customer(counter: OfficeRegister, facts: LineFacts, entry: Entry) -> Customer:
    owner, today = entry.owner, entry.office.today(entry.now)
    customer = Customer(
        office=entry.office,
        kind=Kind.FAMILY,
        standing=Standing.ACTIVE if owner else Standing.UNASSIGNED,
        owner=owner,
        since=today if owner else None,
        valid_until=last_valid_day(today, entry.office.policy.valid_days) if owner else None,
        number=counter.last_number + 1,
        registered_at=facts.at,
        consent=entry.consent,
    )
    keys.give_key(customer)
    customer.save(force_insert=True)
    keys.keep_key(customer)
    return customer


def _keep_person(customer: Customer, entry: Entry, *, fresh: bool) -> None:
    """Keep a person not known yet: the buyer, a relative who joins, or a number that is new for the customer."""
    if not fresh and not entry.relation and not _new_number(customer, entry.phone):
        return
    person = Person(customer=customer, relation=entry.relation or Relation.SELF, added_at=entry.now)
    person.name, person.phone = entry.name, entry.phone
    person.save(force_insert=True)
    if entry.relation == Relation.SHAREHOLDER and customer.kind != Kind.COMPANY:
        customer.kind = Kind.COMPANY
        customer.save(update_fields=["kind"])
    if not fresh:
        _release_number(customer, entry.phone)
    keys.add_tokens(customer, keys.tokens(name=entry.name, phone=entry.phone), known=not fresh)


def _new_number(customer: Customer, phone: str) -> bool:
    if not phone:
        return False
    owner = SearchToken.objects.filter(
        office_id=customer.office_id, kind="phone", digest=keys.phone_digest(phone)
    ).exists()
    return not owner


def _release_number(customer: Customer, phone: str) -> None:
    """A number that a former record has goes with its person to the customer whom they join (OWN-01)."""
    if phone:
        SearchToken.objects.filter(office_id=customer.office_id, kind="phone", digest=keys.phone_digest(phone)).exclude(
            customer=customer
        ).delete()


def begin(customer: Customer, line: RegisterLine, entry: Entry, *, fresh: bool) -> None:
    """Begin the registration: former episode ended by its lapse, new number, new owner (OWN-07)."""
    if not fresh:
        ownership.let_request_fall(customer, by=entry.by, now=entry.now)
        ended = Ended.DEFEATED if customer.standing == Standing.DEFEATED else Ended.LAPSED
        ownership.end_episode(customer, office=entry.office, now=entry.now, ended=ended)
        customer.number, customer.registered_at, customer.level = line.number, line.at, ""
    if entry.owner is not None:
        ownership.open_episode(
            customer, owner=entry.owner, basis=basis_of(line), office=entry.office, now=entry.now, line=line
        )
    elif not fresh:
        customer.owner = customer.since = customer.valid_until = customer.next_due = None
        customer.standing = Standing.UNASSIGNED
    if not fresh:
        customer.save(update_fields=[*ownership.MIRRORED, "number", "registered_at", "level"])

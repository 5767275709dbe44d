"""Lines of an older register brought in: numbers, dates and owners as they were, history and chain as for any (REG-10).

New customers are written in sets; whoever is known already goes through the same rules as at the desk, in order of
time. No notice is sent: nobody is waiting.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from django.utils.translation import gettext as _

from common import bulk, history
from common.dates import last_valid_day
from common.errors import RuleError
from staff import posting
from staff.models import Office, User

from . import contacts, keys, ownership, registers, registration
from .decision import Asked, Known, Verdict, decide
from .levels import latest
from .models import (
    Customer,
    CustomerKey,
    Decision,
    Episode,
    FollowUp,
    LevelChange,
    LineKind,
    OfficeRegister,
    Person,
    RegisterLine,
    SearchToken,
    Signature,
    Standing,
)

TOKEN = ("office_id", "customer_id", "kind", "digest")
KEY = ("customer_id", "kek", "wrapped", "commitment")
CHANGE = ("customer_id", "at", "was", "became", "by_id", "reason_sealed")
KEY_OF, CHANGE_OF = attrgetter(*KEY), attrgetter(*CHANGE)


@dataclass(frozen=True, slots=True)
class Brought:
    """One line of an older register. ``number``: as the old register had it, or None for the next one here."""

    request_id: UUID
    kind: str
    at: datetime
    name: str
    phone: str
    details: Mapping[str, str]
    origin: str
    source: str
    number: int | None = None
    party: int = 1
    receiver: User | None = None
    owner: User | None = None
    level: str = ""

    @property
    def holder(self) -> User | None:
        """Whose customer it was: the owner of the old register, else whoever received."""
        return self.owner or (None if self.kind == LineKind.WEB else self.receiver)


def bring_in(office: Office, lines: Sequence[Brought], *, by: User, now: datetime) -> list[RegisterLine]:
    """Append the lines in their order; the caller's transaction. RuleError if a number is not the next one (REG-01).

    A line that came in before under its ``request_id`` is left out.
    """
    register = registers.lock(office)
    have = set(
        RegisterLine.objects.filter(office=office, request_id__in=[line.request_id for line in lines]).values_list(
            "request_id", flat=True
        )
    )
    here = posting.lock_sellers(office, {line.holder.pk for line in lines if line.holder})
    written: list[RegisterLine] = []
    for group in _apart([line for line in lines if line.request_id not in have]):
        for line in group:
            check_held(line, office=office, here=here, now=now)
        written += _Group(office, register, by, now).write(group)
    registers.keep_counter(register)
    return written


def check_held(line: Brought, *, office: Office, here: Container[int], now: datetime) -> None:
    """Refuse a line that would make somebody who has gone the owner today: nobody goes who owns customers (HAND-02)."""
    if line.holder is None or line.holder.pk in here:
        return
    if last_valid_day(office.today(line.at), office.policy.valid_days) >= office.today(now):
        raise RuleError(
            _("%(person)s has left or is leaving: enter as owner who looks after the customer now")
            % {"person": line.holder},
            rule="HAND-02",
        )


def _apart(lines: Sequence[Brought]) -> list[list[Brought]]:
    """The lines in groups in which no number comes twice: a second visit must find what the first one left."""
    groups: list[list[Brought]] = []
    phones: set[str] = set()
    for line in lines:
        if not groups or (line.phone and line.phone in phones):
            groups.append([])
            phones = set()
        groups[-1].append(line)
        phones.add(line.phone)
    return groups


class _Group:
    """Lines of different customers, written together."""

    def __init__(self, office: Office, register: OfficeRegister, by: User, now: datetime) -> None:
        self.office, self.register, self.by, self.now = office, register, by, now
        self.fresh: list[tuple[Brought, Customer, RegisterLine]] = []
        self.again: list[tuple[Brought, Customer, RegisterLine]] = []

    def write(self, group: Sequence[Brought]) -> list[RegisterLine]:
        known = self._known(group)
        lines = [self._line(brought, known.get(keys.phone_digest(brought.phone))) for brought in group]
        self._customers()
        bulk.create(RegisterLine, lines)
        self._ownership()
        for brought, customer, line in self.again:
            self._come_again(brought, customer, line)
        return lines

    def _known(self, group: Sequence[Brought]) -> dict[bytes, Customer]:
        """The customers who have one of the numbers, by its digest."""
        digests = {keys.phone_digest(line.phone) for line in group if line.phone}
        tokens = SearchToken.objects.filter(office=self.office, kind="phone", digest__in=digests)
        by_digest = {bytes(digest): pk for digest, pk in tokens.values_list("digest", "customer_id")}
        rows = Customer.objects.select_related("key", "owner").select_for_update(of=("self",))
        found = rows.in_bulk(set(by_digest.values())) if by_digest else {}
        for customer in found.values():
            customer.office = self.office
        return {digest: found[pk] for digest, pk in by_digest.items()}

    def _line(self, brought: Brought, customer: Customer | None) -> RegisterLine:
        """The next line, unsaved, and where it goes: to the new customers or to those who come again."""
        self._check_number(brought)
        verdict = self._verdict(brought, customer)
        first = customer is None
        if customer is None:
            customer = self._new_customer(brought)
        facts = registers.LineFacts(
            kind=brought.kind,
            at=brought.at,
            decision=verdict.decision,
            reason=self._reason(brought, verdict),
            opens=verdict.opens,
            first=first,
            appointment=False,
            source=brought.source,
            party=brought.party,
            receiver_id=brought.receiver.pk if brought.receiver else None,
            owner_id=verdict.rep or (brought.holder.pk if brought.holder else None),
        )
        details = {"name": brought.name, "phone": brought.phone, **brought.details}
        line = registers.next_line(
            self.register,
            facts,
            customer=customer,
            request_id=brought.request_id,
            by=self.by,
            details={name: text for name, text in details.items() if text},
        )
        (self.fresh if first else self.again).append((brought, customer, line))
        return line

    def _check_number(self, brought: Brought) -> None:
        expected = self.register.last_number + 1
        if brought.number is not None and brought.number != expected:
            raise RuleError(
                _("The next number of the register is %(next)s, not %(number)s: somebody was registered meanwhile")
                % {"next": expected, "number": brought.number},
                rule="REG-01",
            )

    def _verdict(self, brought: Brought, customer: Customer | None) -> Verdict:
        today = self.office.today(brought.at)
        known = Known(customer.pk, customer.state(today), customer.holder(today)) if customer else None
        return decide(Asked(kind=brought.kind, known=known))

    def _reason(self, brought: Brought, verdict: Verdict) -> str:
        words = {
            Decision.RETURNING: _("registration still valid"),
            Decision.LAPSED: _("lapsed by then, registered anew"),
        }
        said = words.get(Decision(verdict.decision), _("registered as new"))
        return _("Brought in (%(origin)s): %(said)s.") % {"origin": brought.origin, "said": said}

    def _new_customer(self, brought: Brought) -> Customer:
        day, owner = self.office.today(brought.at), brought.holder
        customer = Customer(
            office=self.office,
            standing=Standing.ACTIVE if owner else Standing.UNASSIGNED,
            owner=owner,
            since=day if owner else None,
            valid_until=last_valid_day(day, self.office.policy.valid_days) if owner else None,
            number=self.register.last_number + 1,
            registered_at=brought.at,
            level=brought.level,
            next_due=latest(brought.level, day, self.office.policy) if owner else None,
        )
        keys.give_key(customer)
        return customer

    def _customers(self) -> None:
        """Write the new customers with their keys, people and search tokens."""
        customers = [customer for _brought, customer, _line in self.fresh]
        bulk.create(Customer, customers)
        bulk.insert(CustomerKey, KEY, [KEY_OF(keys.wrapped(customer)) for customer in customers])
        people, tokens = [], list[tuple[int, int, str, bytes]]()
        for brought, customer, line in self.fresh:
            person = Person(customer=customer, added_at=brought.at)
            person.name, person.phone = brought.name, brought.phone
            people.append(person)
            found = keys.tokens(name=brought.name, phone=brought.phone)
            tokens += [(self.office.pk, customer.pk, kind, digest) for kind, digest in found]
            line.customer = customer
        history.create(Person, people, by=self.by, at=self.now)
        bulk.insert(SearchToken, TOKEN, tokens)

    def _ownership(self) -> None:
        """Begin the ownerships and levels of the new customers."""
        episodes, levels, said = [], [], _("brought in")
        for brought, customer, line in self.fresh:
            if brought.level:
                levels.append(_judged(brought, customer, self.by, said))
            if customer.owner is None or customer.valid_until is None:
                continue
            until = customer.valid_until
            episodes.append(
                Episode(
                    customer_id=customer.pk,
                    owner_id=customer.owner_id,
                    basis=registration.basis_of(line),
                    since=brought.at,
                    first_until=until,
                    valid_until=until,
                    line_id=line.pk,
                    by_id=self.by.pk,
                    reason=said,
                )
            )
        history.create(Episode, episodes, by=self.by, at=self.now)
        bulk.insert(LevelChange, CHANGE, [CHANGE_OF(change) for change in levels])

    def _come_again(self, brought: Brought, customer: Customer, line: RegisterLine) -> None:
        """A known customer: registered anew, or the day counts as a follow-up (OWN-06a, OWN-07)."""
        if line.opens:
            registration.begin(customer, line, self._entry(brought), fresh=False)
        elif line.kind != LineKind.WEB:
            ownership.count_line(customer, line, office=self.office, author=line.receiver)

    def _entry(self, brought: Brought) -> registration.Entry:
        return registration.Entry(
            office=self.office,
            name=brought.name,
            phone=brought.phone,
            relation="",
            consent=False,
            details=brought.details,
            now=brought.at,
            by=self.by,
            owner=brought.holder,
            request_id=brought.request_id,
        )


def _judged(brought: Brought, customer: Customer, by: User, said: str) -> LevelChange:
    change = LevelChange(customer=customer, at=brought.at, was="", became=brought.level, by_id=by.pk)
    change.reason = said
    return change


def bring_follow_up(
    customer: Customer, *, by: User, at: datetime, manner: str, reached: bool, result: str, objections: str, level: str
) -> FollowUp:
    """A contact of the past, by the rules of its own day; it needs no signature any more (OWN-10).

    ``by``: whoever made it, who must have owned the customer then as the records say.
    """
    made = contacts.record(
        customer, by=by, now=at, manner=manner, reached=reached, result=result, objections=objections, level=level
    )
    made.signature = Signature.NONE
    made.save(update_fields=["signature"])
    return made

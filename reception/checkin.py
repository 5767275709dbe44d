"""Check-in: one transaction from the desk's question to a numbered line, an owner and a receiver (REG-06, REC-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from customers import ownership, registers, registration
from customers.decision import Asked, Known, Verdict, decide
from customers.models import Basis, Customer, Decision, LineKind, RegisterLine, Standing
from customers.ownership import check_can_own, check_supervises
from customers.search import by_phone
from staff import notices, proposals
from staff.models import Evidence, Office, User
from staff.roles import Role

from . import day as days
from . import helping, holding, roster
from .arrival import Arrival, checked
from .models import Breach, Day, Reception
from .seats import Outcome
from .words import Told, sentence


@dataclass(frozen=True)
class CheckedIn:
    """What the desk is told: the line (none for a looking visitor), the reception (none for a call) and the sentence."""

    decision: str
    reason: str
    line: RegisterLine | None = None
    reception: Reception | None = None
    customer: Customer | None = None
    repeated: bool = False


@dataclass
class _Case:
    """One arrival while it is being decided."""

    office: Office
    arrival: Arrival
    by: User | None
    now: datetime
    verdict: Verdict
    customer: Customer | None
    people: dict[int, User]
    outcome: Outcome | None = None
    task: int = 0

    @property
    def receiver(self) -> User | None:
        """Who receives: by the rotation for a visit, whoever answered for a call, nobody for a web lead."""
        if self.outcome is not None:
            return self.people[self.outcome.receiver or 0]
        return self.arrival.answered_by if self.arrival.kind == LineKind.CALL else None

    @property
    def owner(self) -> User | None:
        """Whose customer it is after this arrival."""
        if self.verdict.rep is not None:
            return self.people[self.verdict.rep]
        if not self.verdict.opens or self.arrival.kind == LineKind.WEB:
            return None
        return self.arrival.to or self.receiver


def check_in(office: Office, arrival: Arrival, *, by: User | None, now: datetime) -> CheckedIn:
    """Register one arrival and find its receiver by the rules; the same request again gives the first answer.

    Refused with a RuleError, using up no number: nobody is waiting, the customer is already being received, the party
    is misshapen, the phone number is no mobile number. ``by``: whoever typed; the decision does not depend on it.
    """
    repeatable = arrival.request_id is not None
    arrival = checked(arrival)
    while True:
        try:
            return _check_in(office, arrival, by=by, now=now, repeatable=repeatable)
        except holding.Changed as changed:
            if changed.gone and not roster.strike_off(office, changed.gone, now=now):
                raise RuleError(_("Whoever should receive has left: choose somebody else"), rule="OFF-04") from None


@transaction.atomic
def _check_in(office: Office, arrival: Arrival, *, by: User | None, now: datetime, repeatable: bool) -> CheckedIn:
    register = registers.lock(office)
    earlier = _earlier(office, arrival) if repeatable else None
    if earlier is not None:
        return earlier
    case = _decided(office, arrival, by=by, now=now)
    if arrival.kind == LineKind.VISIT:
        day = days.lock(office, now=now)
        _take_in(case, day)
    _hold(case)
    reason = _words(case)
    line = None
    if case.verdict.decision != Decision.LOOKING:
        line = _registered(case, register, reason)
    reception = _reception(case, line) if arrival.kind == LineKind.VISIT else None
    if line is not None and reception is not None:
        _follow_through(case, line, reception)
    return CheckedIn(case.verdict.decision, reason, line, reception, case.customer)


def _earlier(office: Office, arrival: Arrival) -> CheckedIn | None:
    """The first answer to this very request: a double press or a retry registers nothing twice."""
    line = RegisterLine.objects.filter(office=office, request_id=arrival.request_id).select_related("customer").first()
    if line is not None:
        reception = Reception.objects.filter(line=line).first()
        return CheckedIn(line.decision, line.reason, line, reception, line.customer, repeated=True)
    looked = None
    if arrival.look:
        looked = Reception.objects.filter(office=office, request_id=arrival.request_id).first()
    if looked is None:
        return None
    return CheckedIn(Decision.LOOKING, _("Only looking: not registered."), None, looked, repeated=True)


def known(customer: Customer, office: Office, now: datetime) -> Known:
    """The customer as the decision sees it."""
    today = office.today(now)
    return Known(customer.pk, customer.state(today), customer.holder(today))


def found(office: Office, arrival: Arrival) -> Customer | None:
    """The customer whom the desk chose, or the one whose phone number this is (OWN-06b)."""
    if arrival.customer is not None or not arrival.phone:
        return arrival.customer
    return by_phone(office, arrival.phone)


def verdict_on(office: Office, arrival: Arrival, *, now: datetime) -> tuple[Verdict, Customer | None]:
    """The decision on an arrival with normalised phone, and the customer it concerns; nothing is written."""
    customer = found(office, arrival)
    asked = Asked(
        kind=arrival.kind,
        look=arrival.look,
        known=known(customer, office, now) if customer else None,
        relative=known(arrival.relative, office, now) if arrival.relative else None,
        relation=arrival.relation,
        named=arrival.named.pk if arrival.named and takes_visitors(arrival.named) else None,
        referrer=known(arrival.referrer, office, now) if arrival.referrer else None,
        assigned=arrival.to is not None,
    )
    verdict = decide(asked)
    candidates = [c for c in (customer, arrival.relative) if c is not None]
    return verdict, next((c for c in candidates if c.pk == verdict.customer), None)


def _decided(office: Office, arrival: Arrival, *, by: User | None, now: datetime) -> _Case:
    if arrival.supervisor is not None:
        check_supervises(office, by=arrival.supervisor)
    _check_customers(office, arrival)
    verdict, customer = verdict_on(office, arrival, now=now)
    people = [arrival.named, arrival.answered_by, arrival.to, arrival.overload, arrival.taken_by]
    for person in {p.pk: p for p in people if p is not None}.values():
        check_can_own(office, person)
    if arrival.to is not None and arrival.kind == LineKind.VISIT and not takes_visitors(arrival.to):
        raise RuleError(
            _("%(person)s is on probation: visitors come to them as overload or to help") % {"person": arrival.to},
            rule="REC-11",
        )
    if customer is not None:
        customer.office = office
        _refuse_if_received(customer, now)
    return _Case(office, arrival, by, now, verdict, customer, {p.pk: p for p in people if p is not None})


def takes_visitors(person: User) -> bool:
    """Whether the person is given visitors in the order; probationary staff help and take overload only."""
    return person.posting is not None and person.posting.role != Role.PROBATIONARY


def _check_customers(office: Office, arrival: Arrival) -> None:
    """Every customer who is spoken of is one of this office (OFF-01)."""
    spoken_of = (arrival.customer, arrival.relative, arrival.referrer)
    if any(customer is not None and customer.office_id != office.pk for customer in spoken_of):
        raise RuleError(_("This customer is not one of this office: find them again"), rule="OFF-01")


def _refuse_if_received(customer: Customer, now: datetime) -> None:
    """A customer who is being received cannot arrive again; one left over from another day has left at midnight."""
    going_on = Reception.objects.filter(customer=customer, ended_at__isnull=True).select_related("receiver").first()
    if going_on is None:
        return
    if going_on.is_open(customer.office.today(now)):
        raise RuleError(
            _("This customer is being received by %(receiver)s: end that reception first")
            % {"receiver": going_on.receiver},
            rule="REC-07",
        )
    helping.close_at_midnight(going_on)


def mode(office: Office, arrival: Arrival, verdict: Verdict) -> dict[str, Any]:
    """By which rule the receiver is found, as the rotation's event says it."""
    rep = verdict.rep
    explicit = (("assigned", arrival.to), ("overload", arrival.overload), ("out_of_turn", arrival.taken_by))
    for name, person in explicit:
        if person is not None and person.pk != rep:
            return {"mode": name, "rep": person.pk}
    if rep is None:
        return {"mode": "turn"}
    returning = verdict.decision == Decision.RETURNING
    data = {"mode": "own", "rep": rep, "uses_turn": returning and office.policy.returning_uses_turn}
    if arrival.overload is not None:
        return {**data, "called_back": True}
    insisted = rep in {person.pk for person in (arrival.to, arrival.taken_by) if person is not None}
    return {**data, "present": True} if insisted else data


def question(office: Office, arrival: Arrival, verdict: Verdict, *, task: int) -> dict[str, Any]:
    """What the rotation is asked about an arrival: the data of its event ``arrived``."""
    data = {"reception": task, "helpers": arrival.helpers, **mode(office, arrival, verdict)}
    if verdict.decision == Decision.LOOKING:
        data["look"] = True
    if verdict.decision == Decision.RETURNING:
        data["returning"] = True
    return data


def _take_in(case: _Case, day: Day) -> None:
    """Let the rotation find the receiver; the first visitor of the day fixes the order."""
    if not days.board_of(day).fixed:
        days.fix(day, at=case.now)
    case.task = day.events_count + 1
    data = question(case.office, case.arrival, case.verdict, task=case.task)
    case.outcome = days.record(day, "arrived", now=case.now, by=case.by, data=data, reason=case.arrival.reason)


def _hold(case: _Case) -> None:
    """Hold those who receive or become owner, and a known customer, and look again."""
    took = case.outcome.people if case.outcome else set()
    others = {person.pk for person in (case.arrival.answered_by, case.arrival.to) if person}
    if case.verdict.rep is not None:
        others.add(case.verdict.rep)
    here = holding.people(case.office, took=took, others=others, known=case.people)
    if case.verdict.opens and case.owner is not None and case.owner.pk not in took:
        holding.check_stays(case.owner, here)
    if case.customer is not None:
        case.customer = holding.customer(case.customer)


def _words(case: _Case) -> str:
    arrival, outcome = case.arrival, case.outcome
    told = Told(
        decision=case.verdict.decision,
        kind=arrival.kind,
        receiver=str(case.receiver or ""),
        owner=str(case.owner or ""),
        number=case.customer.number if case.customer else None,
        referrer=arrival.referrer.number if arrival.referrer else None,
        round=outcome.round if outcome else None,
        position=outcome.position if outcome else None,
        breach=bool(outcome and outcome.breach),
        mode=mode(case.office, arrival, case.verdict)["mode"],
        as_helper=bool(outcome and outcome.as_helper),
        note=arrival.reason.strip(),
    )
    return sentence(told)[:300]


def _registered(case: _Case, register: registers.OfficeRegister, reason: str) -> RegisterLine:
    """The customer's record and the line; ownership follows from them."""
    joining = found(case.office, case.arrival) if case.verdict.joins else None
    line = registration.register(register, _facts(case, reason), _entry(case), customer=case.customer)
    if joining is not None and case.owner is not None:
        _adopt_lead(case, joining, case.owner)
    case.customer = line.customer
    return line


def _facts(case: _Case, reason: str) -> registers.LineFacts:
    """The public part of the line."""
    arrival, verdict = case.arrival, case.verdict
    return registers.LineFacts(
        kind=arrival.kind,
        at=case.now,
        decision=verdict.decision,
        reason=reason,
        opens=verdict.opens,
        first=case.customer is None,
        appointment=arrival.appointment,
        source=arrival.source,
        party=arrival.party,
        receiver_id=case.receiver.pk if case.receiver else None,
        owner_id=case.owner.pk if case.owner else None,
    )


def _entry(case: _Case) -> registration.Entry:
    """What the line says of the person, and whose customer it becomes."""
    arrival = case.arrival
    return registration.Entry(
        office=case.office,
        name=arrival.name,
        phone=arrival.phone,
        relation=arrival.relation if case.verdict.joins else "",
        consent=arrival.consent,
        details=arrival.details,
        now=case.now,
        by=case.by,
        owner=case.owner,
        request_id=arrival.request_id,
    )


def _adopt_lead(case: _Case, joining: Customer, owner: User) -> None:
    """A web lead who turns out to be family of a customer: the lead's own record goes to the same owner (OWN-01)."""
    joining.office = case.office
    lead = ownership.relock(joining)
    if lead.standing == Standing.UNASSIGNED:
        ownership.open_episode(lead, owner=owner, basis=Basis.WEB, office=case.office, now=case.now, by=case.by)
        lead.save(update_fields=ownership.MIRRORED)


def _reception(case: _Case, line: RegisterLine | None) -> Reception:
    assert case.outcome is not None
    assert case.receiver is not None
    return Reception.objects.create(
        office=case.office,
        day=case.office.today(case.now),
        receiver=case.receiver,
        as_helper=case.outcome.as_helper,
        customer=line.customer if line else None,
        line=line,
        task=case.task,
        request_id=case.arrival.request_id,
        started_at=case.now,
    )


def _follow_through(case: _Case, line: RegisterLine, reception: Reception) -> None:
    """What the arrival entails: helpers let in, a breach put before the supervisor, an absent owner told."""
    assert case.outcome is not None
    receiver, owner = reception.receiver, case.owner
    helpers = [case.people[who] for who in case.outcome.helpers]
    if owner is not None and receiver != owner:
        helpers.append(receiver)
        text = _("Your customer no. %(number)s is here; %(receiver)s receives") % {
            "number": line.customer.number,
            "receiver": receiver,
        }
        notices.tell(owner, key=f"arrived:{line.pk}", text=text, now=case.now, link=f"/customers/{line.customer_id}/")
    for helper in helpers:
        helping.let_in(helper, reception, now=case.now, by=case.by)
    if case.outcome.breach:
        breach = Breach.objects.create(office=case.office, who=receiver, line=line, kind="order", at=case.now)
        proposals.put(case.office, [_evidence(breach)], now=case.now)
        helping.tell_supervisors(case.office, line, receiver, now=case.now)


def _evidence(breach: Breach) -> proposals.Found:
    """A breach of order as it is put before the supervisors to judge (REC-16, COND-01)."""
    number, day = breach.line.number, breach.office.today(breach.at)
    return proposals.Found(breach.who, Evidence.BREACH, f"breach:{breach.pk}", number, day, link=f"/register/{number}/")

"""Disputes over a customer: opened, ruled in writing, appealed once, then final (000/17, OWN-12, OWN-13)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from common.states import Machine
from staff import measures, posting
from staff.models import Fault, User
from staff.roles import SELLING_ROLES, Duty, Role

from . import cards, dispute_notices
from .models import Basis, Customer, Dispute, DisputeState, Episode, Ruling
from .models.disputes import Ground
from .ownership import check_can_be_given, check_can_own, check_supervises, give, relock

TRANSITIONS: dict[str, frozenset[str]] = {
    DisputeState.OPEN: frozenset(
        {DisputeState.RULED, DisputeState.FINAL, DisputeState.DISMISSED, DisputeState.WITHDRAWN}
    ),
    DisputeState.RULED: frozenset({DisputeState.APPEALED, DisputeState.FINAL}),
    DisputeState.APPEALED: frozenset({DisputeState.FINAL, DisputeState.RULED}),
    DisputeState.FINAL: frozenset(),
    DisputeState.DISMISSED: frozenset(),
    DisputeState.WITHDRAWN: frozenset(),
}
STATES = Machine(TRANSITIONS, gettext_lazy("The dispute is %(now)s: it cannot become %(to)s now"), rule="OWN-12")
HELD = ("active", "dealt")
WHY_NOT = {
    "lapsed": (gettext_lazy("The customer has lapsed and is in the public pool: give it out from there"), "OWN-07"),
    "unassigned": (gettext_lazy("Nobody has this web lead yet: give it out instead"), "OWN-05"),
    "defeated": (gettext_lazy("The customer was defeated and is nobody's: who comes again is new"), "OWN-06b"),
}


def check_opens(customer: Customer, *, by: User, now: datetime, claimant: User | None) -> None:
    """Whether ``by`` may open a dispute over a customer that somebody holds (OWN-12)."""
    sells = by.posting is not None and by.posting.role in SELLING_ROLES
    if by.office != customer.office or not (sells or by.has(Duty.SUPERVISE)):
        raise RuleError(_("Only sales staff and supervisors of this office open a dispute"), rule="OWN-12")
    check_held(customer, now=now)
    if claimant is not None and claimant.pk == customer.owner_id:
        raise RuleError(_("%(person)s already owns this customer") % {"person": claimant}, rule="OWN-12")
    if claimant is not None:
        check_can_own(customer.office, claimant)
    waiting = Dispute.objects.filter(customer=customer, claimant=claimant, state=DisputeState.OPEN)
    if waiting.exists():
        raise RuleError(_("This dispute is before the supervisor already"), rule="OWN-12")


def check_held(customer: Customer, *, now: datetime) -> None:
    """Only over a customer whom somebody holds, and whose data are there, can be ruled."""
    if customer.data_key is None:
        raise RuleError(_("The data of this customer were erased: there is nothing left to decide"), rule="PRIV-05")
    state = customer.state(customer.office.today(now))
    if state not in HELD:
        sentence, rule_id = WHY_NOT[state]
        raise RuleError(sentence, rule=rule_id)


@transaction.atomic
def open_dispute(
    customer: Customer, *, by: User, now: datetime, claim: str = "", claimant: User | None = None
) -> Dispute:
    """A rep disputes a customer for themselves, a supervisor for ``claimant`` or for nobody yet named (OWN-12)."""
    customer = relock(customer)
    sells = by.posting is not None and by.posting.role in SELLING_ROLES
    claimant = by if sells else claimant
    check_opens(customer, by=by, now=now, claimant=claimant)
    dispute = _put(customer, by=by, now=now, claim=claim, claimant=claimant, request_id=uuid4())
    dispute_notices.opened(dispute, now=now)
    return dispute


def _put(
    customer: Customer, *, by: User, now: datetime, claim: str, claimant: User | None, request_id: UUID
) -> Dispute:
    """The row of a dispute over a known customer."""
    holder = customer.owner_id if customer.state(customer.office.today(now)) in HELD else None
    dispute = Dispute(
        office=customer.office,
        customer=customer,
        opened_by=by,
        claimant=claimant,
        respondent_id=holder,
        opened_at=now,
        request_id=request_id,
    )
    if customer.data_key is not None:
        dispute.claim = claim.strip()
    dispute.save()
    return dispute


def locked(dispute: Dispute, to: User | None = None) -> Dispute:
    """The dispute as it is now, its row and its customer's locked, the posting of who is to get the customer first."""
    if to is not None:
        posting.lock(to)
    if dispute.customer is not None:
        dispute.customer.office = dispute.office
        customer = relock(dispute.customer)
    rows = Dispute.objects.select_for_update(of=("self",)).select_related("claimant", "respondent")
    found = rows.get(pk=dispute.pk)
    found.office = dispute.office
    if found.customer_id is not None:
        found.customer = customer
    return found


def _check_no_party(dispute: Dispute, *, by: User) -> None:
    if dispute.is_party(by):
        raise RuleError(_("Nobody rules in their own dispute: ask the marketing manager"), rule="OWN-12")


def check_rule(dispute: Dispute, *, by: User, now: datetime) -> None:
    """A supervisor who is no party rules on a dispute that is open, over a customer whom somebody holds (OWN-12)."""
    check_supervises(dispute.office, by=by)
    if dispute.state == DisputeState.APPEALED:
        raise RuleError(_("The ruling was appealed: the marketing manager decides"), rule="OWN-12")
    STATES.check(dispute, DisputeState.RULED)
    _check_no_party(dispute, by=by)
    if dispute.customer is None:
        raise RuleError(_("What was typed names no customer: dismiss the dispute"), rule="OWN-12")
    check_held(dispute.customer, now=now)


@transaction.atomic
def rule(
    dispute: Dispute,
    *,
    by: User,
    now: datetime,
    text: str,
    to: User | None = None,
    ground: str = Ground.REGISTER,
    warn: User | None = None,
) -> Ruling:
    """Rule in writing: the customer goes to ``to``, or stays where it is (000/17). A manager's ruling is final.

    ``warn``: the party who is warned for causing the dispute (000/41.1.3), if any.
    """
    dispute = locked(dispute, to)
    check_rule(dispute, by=by, now=now)
    assert by.posting is not None
    highest = by.posting.role == Role.MARKETING_MANAGER
    ruling = _decide(dispute, by=by, now=now, text=text, to=to, ground=ground, second=False)
    STATES.move(dispute, DisputeState.FINAL if highest else DisputeState.RULED)
    dispute.closed_at = now if highest else None
    dispute.save(update_fields=["state", "closed_at"])
    _warn(dispute, warn, by=by, now=now)
    dispute_notices.ruled(dispute, ruling, now=now)
    return ruling


def _warn(dispute: Dispute, person: User | None, *, by: User, now: datetime) -> None:
    """Warn a party for causing the dispute; once, whoever rules (COND-01)."""
    if person is None:
        return
    if not dispute.is_party(person):
        raise RuleError(_("Only a party to the dispute is warned for it"), rule="COND-01")
    reason, cause = _("Ruling on dispute no. %(number)s") % {"number": dispute.pk}, f"dispute:{dispute.pk}:{person.pk}"
    measures.warn(person, office=dispute.office, kind=Fault.DISPUTE, reason=reason, by=by, now=now, cause=cause)


def _decide(
    dispute: Dispute, *, by: User, now: datetime, text: str, to: User | None, ground: str, second: bool
) -> Ruling:
    """Write the ruling down and let it move the customer; to the present owner it moves nothing (OWN-06a)."""
    customer = dispute.customer
    assert customer is not None
    if not text.strip():
        raise RuleError(_("Give the ruling in writing: both parties read it"), rule="OWN-12")
    judged = judgement(customer, now=now)
    if ground == Ground.UNPROTECTED and judged.protected is not False:
        raise RuleError(_("The A-card is not unprotected: rule by the register"), rule="OWN-13")
    moves = to is not None and to.pk != customer.owner_id
    episode: Episode | None = None
    if moves and to is not None:
        check_can_be_given(customer.office, to, now=now)
        episode = give(customer, to=to, basis=Basis.RULING, by=by, now=now)
    ruling = Ruling(
        dispute=dispute,
        customer=customer,
        second=second,
        by=by,
        at=now,
        owner_id=customer.owner_id,
        episode=episode,
        ground=ground,
        protected=judged.protected,
    )
    ruling.text = text.strip()
    ruling.save(force_insert=True)
    return ruling


def judgement(customer: Customer, *, now: datetime) -> cards.Judgement:
    """Whether the A-card of the present registration kept its deadlines (CARD-05, OWN-13)."""
    office = customer.office
    return cards.judge(cards.of(customer), due_from=cards.deadline_day(customer, office), office=office, now=now)


def check_dismiss(dispute: Dispute, *, by: User, now: datetime) -> None:
    """Without a ruling ends only what cannot be ruled: nobody is named, or nobody holds the customer any more."""
    check_supervises(dispute.office, by=by)
    STATES.check(dispute, DisputeState.DISMISSED)
    _check_no_party(dispute, by=by)
    if dispute.customer is not None and _may_be_ruled(dispute, now=now):
        raise RuleError(_("Somebody holds this customer: rule in writing"), rule="OWN-12")


@transaction.atomic
def dismiss(dispute: Dispute, *, by: User, now: datetime) -> Dispute:
    """A dispute over nobody, or over a customer whom nobody holds any more, is put aside without a ruling."""
    dispute = locked(dispute)
    check_dismiss(dispute, by=by, now=now)
    STATES.move(dispute, DisputeState.DISMISSED)
    dispute.closed_at = now
    dispute.save(update_fields=["state", "closed_at"])
    dispute_notices.closed(dispute, now=now)
    return dispute


def _may_be_ruled(dispute: Dispute, *, now: datetime) -> bool:
    assert dispute.customer is not None
    try:
        check_held(dispute.customer, now=now)
    except RuleError:
        return False
    return True


def check_withdraw(dispute: Dispute, *, by: User) -> None:
    """Who opened a dispute, or claims in it, may take it back while it is open."""
    if by.pk not in (dispute.opened_by_id, dispute.claimant_id):
        raise RuleError(_("Only who opened the dispute can withdraw it"), rule="OWN-12")
    STATES.check(dispute, DisputeState.WITHDRAWN)


@transaction.atomic
def withdraw(dispute: Dispute, *, by: User, now: datetime) -> Dispute:
    """Take a dispute back."""
    dispute = locked(dispute)
    check_withdraw(dispute, by=by)
    STATES.move(dispute, DisputeState.WITHDRAWN)
    dispute.closed_at = now
    dispute.save(update_fields=["state", "closed_at"])
    dispute_notices.closed(dispute, now=now)
    return dispute


def check_overrule(dispute: Dispute, *, by: User, now: datetime) -> None:
    """The marketing manager has the last word, once, and not on a ruling of their own (OWN-12)."""
    held = by.posting
    if held is None or held.office_id != dispute.office_id or held.role != Role.MARKETING_MANAGER:
        raise RuleError(_("Only the marketing manager of this office overrules"), rule="OWN-12")
    if dispute.state == DisputeState.OPEN:
        raise RuleError(_("The supervisor has not ruled yet: there is nothing to overrule"), rule="OWN-12")
    STATES.check(dispute, DisputeState.FINAL)
    _check_no_party(dispute, by=by)
    assert dispute.customer is not None
    check_held(dispute.customer, now=now)


@transaction.atomic
def overrule(
    dispute: Dispute,
    *,
    by: User,
    now: datetime,
    text: str,
    to: User | None = None,
    ground: str = Ground.REGISTER,
    warn: User | None = None,
) -> Ruling:
    """The marketing manager decides once more, in writing: the customer goes to ``to``, or stays. Then it is final."""
    dispute = locked(dispute, to)
    check_overrule(dispute, by=by, now=now)
    ruling = _decide(dispute, by=by, now=now, text=text, to=to, ground=ground, second=True)
    STATES.move(dispute, DisputeState.FINAL)
    dispute.closed_at = now
    dispute.save(update_fields=["state", "closed_at"])
    _warn(dispute, warn, by=by, now=now)
    dispute_notices.ruled(dispute, ruling, now=now)
    return ruling

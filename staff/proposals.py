"""What the records show of a breach, put before a supervisor: confirmed as a warning or dismissed (COND-01)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from common.states import Machine

from . import judging, measures
from .models import Evidence, Fault, Measure, Office, Posting, Proposal, ProposalState, User
from .notices import BATCH

TRANSITIONS: dict[str, frozenset[str]] = {
    ProposalState.OPEN: frozenset({ProposalState.CONFIRMED, ProposalState.DISMISSED}),
    ProposalState.CONFIRMED: frozenset(),
    ProposalState.DISMISSED: frozenset(),
}
STATES = Machine(TRANSITIONS, gettext_lazy("This was judged already: it is %(now)s"), rule="COND-01")
FAULTS: dict[str, str] = {
    Evidence.BREACH: Fault.ORDER,
    Evidence.INCOMPLETE: Fault.CARELESS,
    Evidence.LATE_CARD: Fault.CARELESS,
    Evidence.OVERDUE: Fault.CARELESS,
}
WORDS: dict[str, Promise] = {
    Evidence.BREACH: gettext_lazy("Took visitor no. {number} out of turn on {day}"),
    Evidence.INCOMPLETE: gettext_lazy("Line no. {number} of {day} was not completed on its day"),
    Evidence.LATE_CARD: gettext_lazy("The A-card of customer no. {number} was not submitted on {day}"),
    Evidence.OVERDUE: gettext_lazy("Customer no. {number} was due for a follow-up on {day} and had none for two days"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A breach that the records show: whose, of what kind, which number and day, and where it can be looked at."""

    person: User
    evidence: str
    cause: str
    number: int
    day: date
    link: str


def put(office: Office, found: Iterable[Found], *, now: datetime) -> int:
    """Propose a warning for each, once per cause however often this runs; how many were new.

    Whoever holds no post in the office any more is left alone.
    """
    wanted = {one.cause: one for one in found}
    known: set[str] = set()
    causes = sorted(wanted)
    for n in range(0, len(causes), BATCH):
        rows = Proposal.objects.filter(office=office, cause__in=causes[n : n + BATCH])
        known |= set(rows.values_list("cause", flat=True))
    fresh = [one for cause, one in wanted.items() if cause not in known]
    if not fresh:
        return 0
    held = Posting.objects.holding(office.today(now)).filter(office=office, user__in={one.person.pk for one in fresh})
    roles = dict(held.values_list("user_id", "role"))
    made = [_made(office, one, roles[one.person.pk], now) for one in fresh if one.person.pk in roles]
    Proposal.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    return len(made)


def _made(office: Office, one: Found, role: str, now: datetime) -> Proposal:
    about = {"cause": one.cause, "number": one.number, "day": one.day, "link": one.link, "at": now}
    fault = FAULTS[one.evidence]
    return Proposal(office=office, person=one.person, role=role, evidence=one.evidence, fault=fault, **about)


def sentence(proposal: Proposal) -> str:
    """The evidence in words; the customer is named by number alone."""
    return str(WORDS[proposal.evidence]).format(number=proposal.number, day=proposal.day)


def check_judge(proposal: Proposal, *, by: User) -> None:
    """Whether ``by`` may judge this, and nobody has (COND-01)."""
    judging.check_judge(proposal.person, role=proposal.role, office=proposal.office, by=by)
    if proposal.state != ProposalState.OPEN:
        STATES.check(proposal, ProposalState.CONFIRMED)


def _locked(proposal: Proposal, *, by: User) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("person", "office")
    found = rows.get(pk=proposal.pk)
    check_judge(found, by=by)
    return found


@transaction.atomic
def confirm(proposal: Proposal, *, by: User, now: datetime, reason: str = "") -> Measure:
    """Confirm: the warning is given now and counts in this month; the evidence stays with it (COND-01)."""
    proposal = _locked(proposal, by=by)
    STATES.move(proposal, ProposalState.CONFIRMED)
    proposal.measure = measures.warn(
        proposal.person,
        office=proposal.office,
        kind=proposal.fault,
        reason=reason,
        by=by,
        now=now,
        cause=f"proposal:{proposal.pk}",
    )
    return _decided(proposal, reason, by=by, now=now).measure  # type: ignore[return-value]


@transaction.atomic
def dismiss(proposal: Proposal, *, by: User, now: datetime, reason: str) -> Proposal:
    """Dismiss with a reason: no warning arises (COND-01)."""
    proposal = _locked(proposal, by=by)
    if not reason.strip():
        raise RuleError(_("Say why it is dismissed"), rule="COND-01")
    STATES.move(proposal, ProposalState.DISMISSED)
    return _decided(proposal, reason, by=by, now=now)


def _decided(proposal: Proposal, reason: str, *, by: User, now: datetime) -> Proposal:
    proposal.decided_at, proposal.decided_by = now, by
    proposal.decision = reason.strip()[: measures.LONGEST]
    proposal.save()
    return proposal

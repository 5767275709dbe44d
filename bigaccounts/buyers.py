"""A change of the list of buyers: proof attached, verified by the marketing manager, approved by the branch manager (BULK-09)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff import approvals
from staff.models import ApprovalRequest, ApprovalState, Decision, User
from staff.roles import Role

from . import asking, lists, telling
from .events import note
from .execution import check_executes
from .lists import BuyerLine
from .models import Buyer, BuyerChange, Case, ChangeState, Happened, Paper, Place, Purpose
from .prospects import lock, said

RULE = "BULK-09"
WAITS = (ChangeState.ASKED, ChangeState.VERIFIED)


def subject(case: Case) -> str:
    """Under which name the approvals know the changes of buyers of a case."""
    return f"bulk.buyers:{case.pk}"


def check_ask(case: Case, *, by: User) -> None:
    """The clerk or whoever runs the case brings a change forward, one at a time (BULK-09)."""
    check_executes(case, by=by, rule=RULE)
    if case.buyer_changes.filter(state__in=WAITS).exists():
        raise RuleError(_("A change of buyers is under way: it is decided first"), rule=RULE)


@transaction.atomic
def ask(
    case: Case,
    *,
    by: User,
    now: datetime,
    buyers: Sequence[BuyerLine],
    reason: str,
    proof: Paper | None = None,
    on_paper: bool = False,
) -> BuyerChange:
    """Ask for another list of buyers, with its proof (BULK-09). ``on_paper``: the log of an older system has no files."""
    case = lock(case)
    check_ask(case, by=by)
    lists.check_buyers(buyers)
    if not buyers:
        raise RuleError(_("A contract has buyers: write the list as it is to be"), rule=RULE)
    if not on_paper and (proof is None or proof.case_id != case.pk or proof.purpose != Purpose.PROOF):
        raise RuleError(_("Attach the proof for the change of buyers first"), rule=RULE)
    _check_taken_stay(case, buyers)
    change = BuyerChange(case=case, proof=proof, asked_by=by, asked_at=now)
    change.buyers = {"buyers": [[line.name.strip(), line.identity.strip()] for line in buyers]}
    change.reason = said(reason, _("Say why the buyers change, and what proves it"), rule=RULE)
    _save(change, by=by, now=now)
    approvals.open_request(
        "bulk.buyers",
        subject(case),
        office=case.office,
        by=by,
        steps=[Role.MARKETING_MANAGER, Role.BRANCH_MANAGER],
        snapshot=asking.snapshot(case, change=change.pk, buyers=len(buyers)),
        now=now,
        title=_("Buyers of bulk case no. %(number)s") % {"number": case.pk},
        url=telling.address(case, "contract"),
        rule=RULE,
    )
    note(case, Happened.BUYERS_ASKED, by=by, now=now, secret={"reason": change.reason})
    return change


def _save(change: BuyerChange, *, by: User, now: datetime) -> None:
    change._history_user, change._history_date = by, now
    change.save()


def _check_taken_stay(case: Case, buyers: Sequence[BuyerLine]) -> None:
    """Whoever has taken a unit cannot leave the list."""
    keys = {line.key for line in buyers}
    for buyer in case.buyers.filter(place=Place.LIVE, units__deal__isnull=False).distinct():
        buyer.case = case
        if BuyerLine(buyer.name, buyer.identity).key not in keys:
            raise RuleError(_("A buyer who has taken a unit stays on the list"), rule=RULE)


def open_change(case: Case) -> BuyerChange:
    """The change that waits; RuleError where none does."""
    found = case.buyer_changes.filter(state__in=WAITS).select_related("asked_by", "proof").first()
    if found is None:
        raise RuleError(_("No change of buyers awaits a decision"), rule=RULE)
    found.case = case
    return found


def waiting(case: Case) -> ApprovalRequest:
    """The request of the change that waits."""
    open_change(case)
    found = approvals.latest(subject(case))
    assert found is not None
    return found


def check_decide(case: Case, *, by: User, now: datetime) -> None:
    """First the marketing manager verifies, then the branch manager approves; nobody their own (BULK-09)."""
    approvals.check_decide(waiting(case), by=by, now=now)


@transaction.atomic
def decide(
    case: Case, *, by: User, now: datetime, decision: str, reason: str = "", step: int | None = None
) -> BuyerChange:
    """Verify or approve the change, or refuse it with a reason; with the last approval the list is changed (BULK-09)."""
    case = lock(case)
    change, request = open_change(case), waiting(case)
    asking.check_seen(request, step, rule=RULE)
    if decision != Decision.APPROVE:
        reason = said(reason, _("Say why: the person who asked reads it"), rule=RULE)
    kept = asking.snapshot(case, change=change.pk)
    request = asking.decide(case, request, by=by, decision=decision, reason=reason, now=now, snapshot=kept)
    if request.state == ApprovalState.PENDING:
        change.state, kind = ChangeState.VERIFIED, Happened.BUYERS_VERIFIED
    elif request.state == ApprovalState.APPROVED:
        change.state, kind = ChangeState.APPROVED, Happened.BUYERS_CHANGED
    else:
        change.state, kind = ChangeState.REFUSED, Happened.BUYERS_REFUSED
    if change.state in (ChangeState.APPROVED, ChangeState.REFUSED):
        change.closed_at = now
        telling.buyers_decided(change, approved=change.state == ChangeState.APPROVED, now=now)
    _save(change, by=by, now=now)
    if change.state == ChangeState.APPROVED:
        _apply(case, change, by=by, now=now)
    note(case, kind, by=by, now=now, secret={"reason": reason.strip()})
    return change


def _apply(case: Case, change: BuyerChange, *, by: User, now: datetime) -> None:
    """The list becomes the approved one; those who stay keep their rows, those who go are kept as taken out."""
    wanted = {line.key: line for line in lines_of(change)}
    _check_taken_stay(case, list(wanted.values()))
    for buyer in case.buyers.filter(place=Place.LIVE):
        buyer.case = case
        if wanted.pop(BuyerLine(buyer.name, buyer.identity).key, None) is None:
            _take_out(buyer, by=by, now=now)
    for line in wanted.values():
        lists.add_buyer(case, line, place=Place.LIVE, by=by, now=now)


def _take_out(buyer: Buyer, *, by: User, now: datetime) -> None:
    buyer.place = Place.OUT
    buyer._history_user, buyer._history_date = by, now
    buyer.save(update_fields=["place"])


def lines_of(change: BuyerChange) -> list[BuyerLine]:
    """The list that the change asks for."""
    return [BuyerLine(name, identity) for name, identity in change.buyers["buyers"]]

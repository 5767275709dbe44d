"""The discount of a bulk sale: it climbs branch manager → HQ → chairman to the first whose authority covers it (BULK-05)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from sales import discounts
from staff import approval_chain, approvals
from staff.models import ApprovalRequest, ApprovalState, Decision, Office, User
from staff.roles import Role

from . import asking, prospects, telling, who
from .events import note
from .figures import percent_of
from .models import NEGOTIATION, Ask, AskState, Case, CaseState, Happened
from .prospects import STATES, keep, lock, said

RULE = "BULK-05"
ENDS = {
    ApprovalState.APPROVED: (AskState.APPROVED, CaseState.APPROVED, Happened.APPROVED),
    ApprovalState.REFUSED: (AskState.REFUSED, CaseState.NEGOTIATING, Happened.REFUSED),
    ApprovalState.RETURNED: (AskState.RETURNED, CaseState.NEGOTIATING, Happened.RETURNED),
}


def subject(case: Case) -> str:
    """Under which name the approvals know the discounts of a case."""
    return f"bulk.discount:{case.pk}"


def steps_for(office: Office, percent: Decimal) -> tuple[Role, ...]:
    """Who decides on this discount, in order (BULK-05). 0 % needs nobody, and is refused as a request."""
    if percent <= 0:
        raise RuleError(_("No discount needs no approval: draft the contract at the list prices"), rule=RULE)
    return approval_chain.climb(percent, discounts.table(office))


def covers(office: Office, percent: Any, *, by: User) -> Role:
    """Whose authority covers a discount, and nothing else: what a rep may learn (BULK-11)."""
    prospects.check_open(office, by=by)
    return steps_for(office, percent_of(percent, rule=RULE))[-1]


def check_ask(case: Case, *, by: User) -> None:
    """Whoever runs the case asks, once its plan is approved (BULK-03, BULK-05)."""
    who.check_runs(case, by=by, rule=RULE)
    if case.state not in NEGOTIATION:
        raise RuleError(
            _(
                "A discount is negotiated once the branch manager has approved the plan, and before the contract is signed"
            ),
            rule="BULK-03",
        )


@transaction.atomic
def ask(case: Case, *, by: User, now: datetime, percent: Any, units: int | None = None, reason: str = "") -> Ask:
    """Ask for a discount. One that is asked for while another waits, or after one was approved, starts anew (BULK-05)."""
    case = lock(case)
    check_ask(case, by=by)
    units = (case.units or 0) if units is None else units
    prospects.check_units(case.office, units)
    percent = percent_of(percent, rule=RULE)
    steps = steps_for(case.office, percent)
    _close_former(case, by=by, now=now)
    asked = Ask(case=case, number=case.asks.count() + 1, units=units, asked_by=by, asked_at=now)
    asked.percent, asked.reason = percent, prospects.words_of(reason, prospects.LONGEST_WORDS, rule=RULE)
    _save(asked, by=by, now=now)
    if case.state != CaseState.CLIMBING:
        STATES.move(case, CaseState.CLIMBING)
    case.units = units
    if case.supervisor is None and by.posting.role == Role.SUPERVISOR:
        case.supervisor = by
    keep(case, "state", "units", "supervisor", by=by, now=now)
    _open(case, asked, steps, by=by, now=now)
    note(case, Happened.ASKED, by=by, now=now, secret={"percent": percent, "reason": asked.reason})
    return asked


def _open(case: Case, asked: Ask, steps: tuple[Role, ...], *, by: User, now: datetime) -> None:
    approvals.open_request(
        "bulk.discount",
        subject(case),
        office=case.office,
        by=by,
        steps=steps,
        snapshot=asking.snapshot(case, percent=asked.percent, number=asked.number),
        now=now,
        title=_("Discount of bulk case no. %(number)s") % {"number": case.pk},
        url=telling.address(case, "discount"),
        rule=RULE,
    )
    _before_whom(case, steps[0], by=by, now=now)


def _close_former(case: Case, *, by: User, now: datetime) -> None:
    """What waits of an earlier ask falls: its steps stay written, and decide nothing any more."""
    former = case.asks.filter(state=AskState.OPEN).first()
    if former is None:
        return
    waiting_one = approvals.latest(subject(case))
    assert waiting_one is not None
    approvals.fall(waiting_one, by=by, reason=_("The discount was changed"), now=now)
    former.case, former.state, former.closed_at = case, AskState.WITHDRAWN, now
    _save(former, by=by, now=now)


def _save(asked: Ask, *, by: User, now: datetime) -> None:
    asked._history_user, asked._history_date = by, now
    asked.save()


def _before_whom(case: Case, role: str, *, by: User, now: datetime) -> None:
    """The case has come before this rung: from now on it is seen there, prices included (OFF-03, BULK-11)."""
    if role == Role.HQ:
        case.hq_since, case.hq_prices = case.hq_since or now, True
        keep(case, "hq_since", "hq_prices", by=by, now=now)
    elif role == Role.CHAIRMAN:
        case.chairman_since, case.chairman_prices = case.chairman_since or now, True
        keep(case, "chairman_since", "chairman_prices", by=by, now=now)


def open_ask(case: Case) -> Ask:
    """The discount that waits; RuleError where none does."""
    found = case.asks.filter(state=AskState.OPEN).first()
    if found is None:
        raise RuleError(
            _("No discount of this case awaits a decision: it was decided, changed or withdrawn"), rule=RULE
        )
    found.case = case
    return found


def waiting(case: Case) -> ApprovalRequest:
    """The request of the discount that waits."""
    open_ask(case)
    found = approvals.latest(subject(case))
    assert found is not None
    return found


def check_decide(case: Case, *, by: User, now: datetime) -> None:
    """Whoever's step it is decides, and nobody on their own request (BULK-05)."""
    approvals.check_decide(waiting(case), by=by, now=now)


@transaction.atomic
def decide(
    case: Case, *, by: User, now: datetime, decision: str, reason: str = "", step: int | None = None
) -> ApprovalRequest:
    """Decide the present step with a reason. ``step``: the one that the decider saw, refused if it is past (BULK-05)."""
    case = lock(case)
    asked, request = open_ask(case), waiting(case)
    asking.check_seen(request, step, rule=RULE)
    reason = (
        reason.strip()
        if decision == Decision.APPROVE
        else said(reason, _("Say why: the supervisor reads it"), rule=RULE)
    )
    kept = asking.snapshot(case, percent=asked.percent, number=asked.number)
    request = asking.decide(case, request, by=by, decision=decision, reason=reason, now=now, snapshot=kept)
    secret = {"percent": asked.percent, "reason": reason}
    if request.state == ApprovalState.PENDING:
        _before_whom(case, request.waiting_role, by=by, now=now)
        note(case, Happened.PASSED_ON, by=by, now=now, secret=secret)
        return request
    asked.state, case_state, kind = ENDS[ApprovalState(request.state)]
    asked.closed_at = now
    _save(asked, by=by, now=now)
    STATES.move(case, case_state)
    keep(case, "state", by=by, now=now)
    note(case, kind, by=by, now=now, secret=secret)
    return request


def check_withdraw(case: Case, *, by: User) -> None:
    """Whoever runs the case takes back a discount that waits."""
    who.check_runs(case, by=by, rule=RULE)
    open_ask(case)


@transaction.atomic
def withdraw(case: Case, *, by: User, now: datetime, reason: str = "") -> Case:
    """The discount is taken back; later decisions on it are refused (BULK-05)."""
    case = lock(case)
    check_withdraw(case, by=by)
    _close_former(case, by=by, now=now)
    STATES.move(case, CaseState.NEGOTIATING)
    keep(case, "state", by=by, now=now)
    note(case, Happened.WITHDRAWN, by=by, now=now, secret={"reason": reason.strip()})
    return case


def approved(case: Case) -> Ask | None:
    """The discount on which a contract may be signed: the last one, if it was approved."""
    last = case.asks.exclude(state=AskState.WITHDRAWN).order_by("-number").first()
    if last is None or last.state != AskState.APPROVED:
        return None
    last.case = case
    return last

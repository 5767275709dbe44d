"""Sales plans: drawn up by the supervisor, approved or returned by the branch manager, every version kept (BULK-03)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff import approvals
from staff.models import ApprovalRequest, Decision, User
from staff.roles import Role

from . import asking, prospects, telling, who
from .events import note
from .figures import percent_of
from .models import Case, CaseState, Happened, Plan, PlanState
from .prospects import STATES, keep, lock, said

RULE = "BULK-03"


def subject(case: Case) -> str:
    """Under which name the approvals know the plans of a case."""
    return f"bulk.plan:{case.pk}"


def check_send(case: Case, *, by: User) -> None:
    """The supervisor draws up a plan before negotiation, or a new one before the contract (BULK-03)."""
    who.check_runs(case, by=by, rule=RULE)
    STATES.check(case, CaseState.PLANNED)


@transaction.atomic
def send(case: Case, *, by: User, now: datetime, units: int, terms: str, percent: Any = None) -> Plan:
    """A version of the plan goes to the branch manager; ``percent``: the discount it aims at (BULK-02, BULK-03)."""
    case = lock(case)
    check_send(case, by=by)
    prospects.check_units(case.office, units)
    plan = Plan(case=case, number=case.plans.count() + 1, units=units, sent_by=by, sent_at=now)
    plan.terms = said(terms, _("Say on which terms of the price scheme the plan rests"), rule=RULE, most=4000)
    plan.percent = percent_of(percent, rule=RULE) if percent is not None else None
    plan._history_user, plan._history_date = by, now
    plan.save(force_insert=True)
    STATES.move(case, CaseState.PLANNED)
    case.units, case.quiet_since = units, None
    if case.supervisor is None and by.posting.role == Role.SUPERVISOR:
        case.supervisor = by
    keep(case, "state", "units", "supervisor", "quiet_since", by=by, now=now)
    approvals.open_request(
        "bulk.plan",
        subject(case),
        office=case.office,
        by=by,
        steps=[Role.BRANCH_MANAGER],
        snapshot=asking.snapshot(case, version=plan.number, units=units, percent=plan.percent),
        now=now,
        title=_("Plan of bulk case no. %(number)s") % {"number": case.pk},
        url=telling.address(case, "plan"),
        rule=RULE,
    )
    note(case, Happened.PLAN_SENT, by=by, now=now, words=str(plan.number))
    return plan


def waiting(case: Case) -> ApprovalRequest:
    """The request for the plan that waits; RuleError where none does."""
    found = approvals.latest(subject(case))
    if case.state != CaseState.PLANNED or found is None:
        raise RuleError(_("No plan of this case awaits approval"), rule=RULE)
    return found


def check_decide(case: Case, *, by: User, now: datetime) -> None:
    """The branch manager decides on a plan, and nobody on their own (BULK-03)."""
    approvals.check_decide(waiting(case), by=by, now=now)


def approve(case: Case, *, by: User, now: datetime, reason: str = "", step: int | None = None) -> Plan:
    """The plan is approved: negotiation may begin, and reports are awaited from now on (BULK-03, BULK-04)."""
    return decide(case, decision=Decision.APPROVE, by=by, now=now, reason=reason, step=step)


def send_back(case: Case, *, by: User, now: datetime, reason: str, step: int | None = None) -> Plan:
    """The plan is returned with a reason; it can be revised and sent again (BULK-03)."""
    return decide(case, decision=Decision.RETURN, by=by, now=now, reason=reason, step=step)


@transaction.atomic
def decide(case: Case, *, by: User, now: datetime, decision: str, reason: str = "", step: int | None = None) -> Plan:
    """Approve the plan that waits, or give it back with a reason. ``step``: what the decider saw (BULK-03)."""
    case = lock(case)
    asked = waiting(case)
    asking.check_seen(asked, step, rule=RULE)
    approved = decision == Decision.APPROVE
    if not approved:
        reason = said(reason, _("Say what to revise: the supervisor reads it"), rule=RULE)
    plan = case.plans.select_related("sent_by").get(state=PlanState.SENT)
    plan.case = case
    kept = asking.snapshot(case, version=plan.number, percent=plan.percent)
    asking.decide(case, asked, by=by, decision=decision, reason=reason, now=now, snapshot=kept)
    plan.state = PlanState.APPROVED if approved else PlanState.RETURNED
    plan.decided_by, plan.decided_at, plan.reason = by, now, reason.strip()
    plan._history_user, plan._history_date = by, now
    plan.save(update_fields=["state", "decided_by", "decided_at", "reason_sealed"])
    STATES.move(case, CaseState.NEGOTIATING if approved else CaseState.RETURNED)
    case.quiet_since = now if approved else None
    keep(case, "state", "quiet_since", by=by, now=now)
    kind = Happened.PLAN_APPROVED if approved else Happened.PLAN_RETURNED
    note(case, kind, by=by, now=now, words=str(plan.number), secret={"reason": plan.reason})
    telling.plan_decided(plan, approved=approved, now=now)
    return plan


def approved_plan(case: Case) -> Plan | None:
    """The plan on which the case goes now."""
    return case.plans.filter(state=PlanState.APPROVED).order_by("-number").first()

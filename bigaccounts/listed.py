"""The steps of a case as the list of all that waits decides and shows them (BULK-03, BULK-05, BULK-09)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.approvals import Facts
from staff.models import ApprovalRequest, Decision, User

from . import asking, buyers, climb, plans
from .models import Case

PLAN, DISCOUNT, BUYERS = "bulk.plan", "bulk.discount", "bulk.buyers"


def case_of(waiting: ApprovalRequest) -> Case:
    """The case that a request is about."""
    rows = Case.objects.select_related("key", "office__policy", "office__branch")
    return rows.get(pk=int(waiting.subject.rpartition(":")[2]))


def _still(waiting: ApprovalRequest, present: ApprovalRequest) -> None:
    """What the decider saw has to be what waits."""
    if (waiting.pk, waiting.step) != (present.pk, present.step):
        raise RuleError(
            _("This step was decided or changed meanwhile: look at the request again"), rule=str(present.rule)
        )


def decide_plan(waiting: ApprovalRequest, *, by: User, decision: str, reason: str, now: datetime) -> Any:
    """A plan is approved or returned (BULK-03)."""
    case = case_of(waiting)
    _still(waiting, plans.waiting(case))
    if decision == Decision.APPROVE:
        return plans.approve(case, by=by, now=now, reason=reason)
    if decision == Decision.RETURN:
        return plans.send_back(case, by=by, now=now, reason=reason)
    raise RuleError(_("A plan is approved, or returned to be revised"), rule=plans.RULE)


def decide_discount(waiting: ApprovalRequest, *, by: User, decision: str, reason: str, now: datetime) -> Any:
    """One step of the climb (BULK-05)."""
    step = climb.seen(waiting)
    return climb.decide(case_of(waiting), by=by, now=now, decision=decision, reason=reason, step=step)


def decide_buyers(waiting: ApprovalRequest, *, by: User, decision: str, reason: str, now: datetime) -> Any:
    """The manager verifies, the branch manager approves (BULK-09)."""
    case = case_of(waiting)
    _still(waiting, buyers.waiting(case))
    return buyers.decide(case, by=by, now=now, decision=decision, reason=reason)


def facts(waiting: ApprovalRequest) -> Callable[[Mapping[str, Any]], Facts]:
    """What the deciders of a case see of it; the percent opens under the case's key."""
    case = case_of(waiting)

    def of(kept: Mapping[str, Any]) -> Facts:
        percent = asking.percent_in(case, dict(kept))
        found = [(_("Units"), str(kept["units"]))] if kept.get("units") is not None else []
        found += [(_("Discount (%)"), percent)] if percent else []
        found += [(_("Version"), str(kept["version"]))] if "version" in kept else []
        return found + ([(_("Buyers"), str(kept["buyers"]))] if "buyers" in kept else [])

    return of

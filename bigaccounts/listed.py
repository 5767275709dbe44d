"""The steps of a case as the list of all that waits decides and shows them (BULK-03, BULK-05, BULK-09)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.approvals import Facts
from staff.models import ApprovalEntry, ApprovalRequest, Decision, User

from . import asking, buyers, climb, plans, who
from .figures import percent_of, shown_percent
from .models import Case

PLAN, DISCOUNT, BUYERS = "bulk.plan", "bulk.discount", "bulk.buyers"


def case_of(waiting: ApprovalRequest) -> Case:
    """The case that a request is about."""
    rows = Case.objects.select_related("key", "office__policy", "office__branch")
    return rows.get(pk=int(waiting.subject.rpartition(":")[2]))


def decide_plan(waiting: ApprovalRequest, *, by: User, decision: str, reason: str, now: datetime) -> Any:
    """A plan is approved or returned (BULK-03)."""
    if decision not in (Decision.APPROVE, Decision.RETURN):
        raise RuleError(_("A plan is approved, or returned to be revised"), rule=plans.RULE)
    said: dict[str, Any] = {"decision": decision, "reason": reason, "step": asking.seen(waiting)}
    return plans.decide(case_of(waiting), by=by, now=now, **said)


def decide_discount(waiting: ApprovalRequest, *, by: User, decision: str, reason: str, now: datetime) -> Any:
    """One step of the climb (BULK-05)."""
    said: dict[str, Any] = {"decision": decision, "reason": reason, "step": asking.seen(waiting)}
    return climb.decide(case_of(waiting), by=by, now=now, **said)


def withdraw_discount(waiting: ApprovalRequest, *, by: User, now: datetime) -> Any:
    """Whoever runs the case takes the discount back (BULK-05)."""
    return climb.withdraw(case_of(waiting), by=by, now=now)


def decide_buyers(waiting: ApprovalRequest, *, by: User, decision: str, reason: str, now: datetime) -> Any:
    """The manager verifies, the branch manager approves (BULK-09)."""
    said: dict[str, Any] = {"decision": decision, "reason": reason, "step": asking.seen(waiting)}
    return buyers.decide(case_of(waiting), by=by, now=now, **said)


def facts(waiting: ApprovalRequest) -> Callable[[Mapping[str, Any]], Facts]:
    """What the deciders of a case see of it; the percent and the words open under the case's key."""
    case = case_of(waiting)

    def of(kept: Mapping[str, Any]) -> Facts:
        found = [(_("Buyer"), case.name)]
        found += [(_("Number of units"), str(kept["units"]))] if kept.get("units") is not None else []
        percent = asking.percent_in(case, dict(kept))
        found += [(_("Discount (%)"), shown_percent(percent_of(percent)))] if percent else []
        return found + WORDS[waiting.kind](case, kept)

    return of


def reasons(waiting: ApprovalRequest, user: User) -> Callable[[ApprovalEntry], str]:
    """What reads why a step was decided so; for those who see the case's prices alone (BULK-11)."""
    case = case_of(waiting)
    sees = who.sees_prices(case, user, now=timezone.now())

    def of(entry: ApprovalEntry) -> str:
        words = asking.words_in(case, entry.snapshot) if sees else ""
        return words or entry.reason

    return of


def _of_plan(case: Case, kept: Mapping[str, Any]) -> Facts:
    plan = case.plans.filter(number=kept.get("version")).first()
    if plan is None:
        return []
    plan.case = case
    return [(_("Version"), str(plan.number)), (_("Terms by the price scheme"), plan.terms)]


def _of_discount(case: Case, kept: Mapping[str, Any]) -> Facts:
    asked = case.asks.filter(number=kept.get("number")).first()
    if asked is None:
        return []
    asked.case = case
    found = [(_("Grounds"), asked.reason or "—")]
    plan, report = plans.approved_plan(case), case.reports.order_by("-pk").first()
    if plan is not None:
        plan.case = case
        aimed = shown_percent(plan.percent) if plan.percent is not None else "—"
        found += [(_("Terms of the approved plan"), plan.terms), (_("Discount the plan aims at (%)"), aimed)]
    if report is not None:
        report.case = case
        found.append((_("Latest report"), f"{case.office.today(report.at)} {report.text}"))
    return found


def _of_buyers(case: Case, kept: Mapping[str, Any]) -> Facts:
    change = case.buyer_changes.filter(pk=kept.get("change")).first()
    if change is None:
        return []
    change.case = case
    names = ", ".join(line.name for line in buyers.lines_of(change))
    return [(_("List of buyers as it is to be"), names), (_("Reason"), change.reason)]


WORDS: dict[str, Callable[[Case, Mapping[str, Any]], Facts]] = {
    PLAN: _of_plan,
    DISCOUNT: _of_discount,
    BUYERS: _of_buyers,
}

"""What can be done with a case: each act with its part of the page, form, rule and the check that also hides its button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bigaccounts import buyers, climb, contracts, execution, filing, flipping, forms, journal, papers, plans, prospects
from bigaccounts.models import EXECUTION, Case, CaseState, Purpose
from bigaccounts.who import check_holds
from common.errors import RuleError
from staff.models import User
from staff.roles import Role

Check = Callable[..., Any]


@dataclass(frozen=True)
class Act:
    """One act. ``timed``: its check asks for the time. ``given``: arguments of the rule beyond what the form says."""

    tab: str
    form: type[forms.CaseForm]
    rule: Callable[..., Any]
    check: Check
    words: str | Promise
    timed: bool = False

    def refusal(self, case: Case, *, by: User, now: datetime) -> RuleError | None:
        """Why ``by`` may not do this now; None if they may."""
        try:
            self.check(case, by=by, **({"now": now} if self.timed else {}))
        except RuleError as error:
            return error
        return None


def attach(case: Case, *, by: User, now: datetime, purpose: str, file: Any) -> Any:
    """Take in the file of a form."""
    return papers.attach(case, by=by, now=now, purpose=purpose, name=file.name, content=file.read())


def ask_buyers(case: Case, *, by: User, now: datetime, buyers: Any, reason: str, proof: Any) -> Any:
    """Take in the proof, then ask: where the asking is refused, the proof stays among the files for the next try."""
    from bigaccounts import buyers as rules

    rules.check_ask(case, by=by)
    paper = papers.attach(case, by=by, now=now, purpose=Purpose.PROOF, name=proof.name, content=proof.read())
    return rules.ask(case, by=by, now=now, buyers=buyers, reason=reason, proof=paper)


def _executes(case: Case, *, by: User) -> None:
    execution.check_executes(case, by=by, rule="BULK-08")


def _takes(case: Case, *, by: User) -> None:
    execution.check_executes(case, by=by, rule="BULK-10")
    flipping.check_formalities(case, None)


def _undoes(case: Case, *, by: User) -> None:
    check_holds(case, Role.MARKETING_MANAGER, by=by, rule="BULK-10")
    if case.state not in EXECUTION:
        raise RuleError(_("There is no signed contract to execute"), rule="BULK-10")


def _files(case: Case, *, by: User) -> None:
    filing.check_file(case, by=by)


ACTS: dict[str, Act] = {
    "amend": Act("", forms.AmendForm, prospects.amend, prospects.check_amend, _("The contacts are saved")),
    "report": Act("", forms.ReportForm, journal.report, journal.check_report, _("Reported to the branch")),
    "hand_over": Act(
        "", forms.HandOverForm, prospects.hand_over, prospects.check_hand_over, _("The case is given over")
    ),
    "drop": Act("", forms.ReasonForm, execution.drop, execution.check_drop, _("The case is given up")),
    "plan": Act("plan", forms.PlanForm, plans.send, plans.check_send, _("The plan is sent to the branch manager")),
    "plan_approve": Act(
        "plan", forms.RemarkForm, plans.approve, plans.check_decide, _("Approved: negotiation may begin"), timed=True
    ),
    "plan_return": Act(
        "plan", forms.ReasonForm, plans.send_back, plans.check_decide, _("Returned to the supervisor"), timed=True
    ),
    "ask": Act("discount", forms.AskForm, climb.ask, climb.check_ask, _("The discount is asked for")),
    "decide": Act("discount", forms.DecideForm, climb.decide, climb.check_decide, _("Decided"), timed=True),
    "withdraw": Act(
        "discount", forms.RemarkForm, climb.withdraw, climb.check_withdraw, _("The discount is taken back")
    ),
    "draft": Act("contract", forms.DraftForm, contracts.draft, contracts.check_draft, _("The draft is saved")),
    "sign": Act(
        "contract", forms.PlainCaseForm, contracts.sign, contracts.check_sign, _("Signed: the units are reserved")
    ),
    "file": Act("files", forms.PlainCaseForm, filing.file, _files, _("Filed with finance")),
    "acknowledge": Act(
        "files", forms.PlainCaseForm, filing.acknowledge, filing.check_acknowledge, _("The contract is acknowledged")
    ),
    "attach": Act("files", forms.AttachForm, attach, papers.check_attach, _("The file is attached")),
    "take": Act("execution", forms.TakeForm, execution.take, _takes, _("Formalities are completed")),
    "take_back": Act("execution", forms.TakeBackForm, execution.take_back, _undoes, _("Formalities are undone")),
    "units": Act(
        "execution", forms.UnitsForm, execution.change_units, _executes, _("Changed, and reported to branch and HQ")
    ),
    "pay": Act("execution", forms.PayForm, execution.pay, _executes, _("The instalment is noted as paid")),
    "buyers": Act(
        "execution", forms.BuyersForm, ask_buyers, buyers.check_ask, _("The marketing manager verifies it next")
    ),
    "verify": Act("execution", forms.VerifyForm, buyers.decide, buyers.check_decide, _("Decided"), timed=True),
    "freeze": Act(
        "execution",
        forms.FreezeForm,
        flipping.freeze,
        flipping.check_freeze,
        _("Frozen: the marketing manager is told"),
    ),
    "lift": Act("execution", forms.ReasonForm, flipping.lift, flipping.check_lift, _("Lifted: formalities may go on")),
}
TABS: dict[str, str | Promise] = {
    "": _("Case"),
    "plan": _("Plan"),
    "discount": _("Discount"),
    "contract": _("Contract"),
    "files": _("Files"),
    "execution": _("Execution"),
}
BEGUN = frozenset({*EXECUTION, CaseState.DROPPED})

"""What people are told of bulk cases. Never a name, never a price: the case's number and what to do (BULK-11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from staff import notices
from staff.models import User
from staff.roles import Role

from . import who
from .models import BuyerChange, Case, Plan


def address(case: Case, tab: str = "") -> str:
    """The page of a case, or one of its parts."""
    return reverse("bulk_tab", args=[case.pk, tab]) if tab else reverse("bulk_case", args=[case.pk])


def _tell(case: Case, people: list[User], what: str, words: Any, *, now: datetime, tab: str = "", **facts: Any) -> None:
    text = format_lazy(words, number=case.pk, **facts)
    notices.tell_many(people, key=f"bulk:{case.pk}:{what}", text=text, now=now, link=address(case, tab))


def _leaders(case: Case, now: datetime) -> list[User]:
    if case.supervisor is not None:
        return [case.supervisor]
    return who.people(case, Role.SUPERVISOR, now=now)


def opened(case: Case, *, by: User, now: datetime) -> None:
    """The supervisors learn of a prospect that a rep brought."""
    if case.supervisor is None:
        people = [one for one in _leaders(case, now) if one.pk != by.pk]
        _tell(case, people, "opened", _("A rep brought a bulk prospect, case no. {number}: draw up its plan"), now=now)


def handed_over(case: Case, *, now: datetime) -> None:
    """The supervisor learns that a case is theirs."""
    what = f"handed-over:{case.supervisor_id}:{now.timestamp():.0f}"
    _tell(case, _leaders(case, now), what, _("Bulk case no. {number} is yours now"), now=now)


def plan_decided(plan: Plan, *, approved: bool, now: datetime) -> None:
    """The supervisor learns what became of the plan; the reason is read on its page."""
    words = (
        _("The plan of bulk case no. {number} is approved: negotiation may begin")
        if approved
        else _("The plan of bulk case no. {number} was returned: read why, revise it and send it again")
    )
    _tell(plan.case, [plan.sent_by], f"plan:{plan.pk}", words, now=now, tab="plan")


def reported(case: Case, report: int, *, now: datetime) -> None:
    """The branch leaders learn of a progress report (BULK-04)."""
    people = who.people(case, Role.BRANCH_MANAGER, now=now)
    words = _("Progress of bulk case no. {number} was reported: read it")
    _tell(case, people, f"report:{report}", words, now=now)


def filed(case: Case, *, now: datetime) -> None:
    """Finance learns that a contract was filed (BULK-07)."""
    words = _("The contract of bulk case no. {number} is filed with you: look at it and acknowledge it")
    _tell(case, who.people(case, Role.FINANCE, now=now), "filed", words, now=now)


def acknowledged(case: Case, *, now: datetime) -> None:
    """Those who execute learn that finance has the contract."""
    people = [*_leaders(case, now), *who.people(case, Role.CLERK, now=now)]
    _tell(case, people, "acknowledged", _("Finance acknowledged the contract of bulk case no. {number}"), now=now)


def signed(case: Case, *, now: datetime) -> None:
    """The clerk learns that there is a contract to watch (BULK-08)."""
    words = _("The contract of bulk case no. {number} is signed: watch its execution")
    _tell(case, who.people(case, Role.CLERK, now=now), "signed", words, now=now, tab="execution")


def units_changed(case: Case, event: int, *, was: int, now: datetime) -> None:
    """Branch, HQ and the marketing manager learn of a change of units at once (BULK-08)."""
    people = who.people(case, Role.MARKETING_MANAGER, Role.BRANCH_MANAGER, Role.HQ, now=now)
    words = _("Bulk case no. {number}: {was} units became {units}")
    _tell(case, people, f"units:{event}", words, now=now, was=was, units=case.units)


def buyers_decided(change: BuyerChange, *, approved: bool, now: datetime) -> None:
    """Whoever asked learns what became of a change of buyers."""
    words = (
        _("The change of buyers in bulk case no. {number} is approved: the list is changed")
        if approved
        else _("The change of buyers in bulk case no. {number} was refused: read why")
    )
    _tell(change.case, [change.asked_by], f"buyers:{change.pk}", words, now=now, tab="contract")


def frozen(case: Case, freeze: int, *, now: datetime) -> None:
    """The marketing manager, the clerks and the supervisor learn of a suspicion (BULK-10)."""
    people = [*who.people(case, Role.MARKETING_MANAGER, Role.CLERK, now=now), *_leaders(case, now)]
    words = _("Flipping is suspected in bulk case no. {number}: no formalities until the marketing manager lifts it")
    _tell(case, people, f"freeze:{freeze}", words, now=now, tab="execution")


def lifted(case: Case, freeze: int, *, now: datetime) -> None:
    """Those who execute learn that formalities go on."""
    people = [*who.people(case, Role.CLERK, now=now), *_leaders(case, now)]
    _tell(case, people, f"lifted:{freeze}", _("Formalities of bulk case no. {number} may go on"), now=now)


def dropped(case: Case, *, now: datetime) -> None:
    """Where the branch knows of a case, it learns that it was given up."""
    people = [*who.people(case, Role.MARKETING_MANAGER, Role.BRANCH_MANAGER, now=now), *_leaders(case, now)]
    _tell(case, people, "dropped", _("Bulk case no. {number} was given up"), now=now)

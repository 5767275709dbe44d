"""Defeat 战败: requested, confirmed by the clerk, decided by the manager, closed; never a C directly (LOST-01..04)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from common.prepared import Prepared
from common.states import Machine
from staff import approvals
from staff.approvals import Facts
from staff.models import ApprovalEntry, ApprovalRequest, ApprovalState, Decision, User
from staff.roles import Role

from . import cards, telling
from .models import (
    DEFEAT_KIND,
    OPEN_DEFEATS,
    CardState,
    Customer,
    DefeatRequest,
    DefeatState,
    Ended,
    Ground,
    Level,
    Standing,
)
from .ownership import MIRRORED, end_episode, let_request_fall, relock, state_words

TRANSITIONS: dict[str, frozenset[str]] = {
    DefeatState.REQUESTED: frozenset({DefeatState.CONFIRMED, DefeatState.FALLEN}),
    DefeatState.CONFIRMED: frozenset({DefeatState.APPROVED, DefeatState.REFUSED, DefeatState.FALLEN}),
    DefeatState.APPROVED: frozenset({DefeatState.CLOSED}),
    DefeatState.REFUSED: frozenset(),
    DefeatState.CLOSED: frozenset(),
    DefeatState.FALLEN: frozenset(),
}
STATES = Machine(
    TRANSITIONS, gettext_lazy("The defeat request is %(now)s: it cannot become %(to)s now"), rule="LOST-04"
)
STEPS = (Role.CLERK, Role.MARKETING_MANAGER)
WARNED = frozenset({Level.A, Level.B, Level.D})
OPEN = Prepared(
    lambda customer: DefeatRequest.objects.filter(customer=customer, state__in=OPEN_DEFEATS).order_by("pk")[:1], int
)
NEWEST = Prepared(
    lambda customer, number: DefeatRequest.objects.filter(customer=customer, number=number).order_by("-pk")[:1],
    int,
    int,
)


def open_request(customer: Customer) -> DefeatRequest | None:
    """The request that still waits for somebody, if any."""
    return OPEN.first(customer.pk)


def check_request(customer: Customer, *, by: User, ground: str, now: datetime) -> None:
    """Whether the owner may ask for a defeat on this ground (LOST-01..03)."""
    office = customer.office
    state = customer.state(office.today(now))
    if state != "active" or customer.standing != Standing.ACTIVE:
        words = {"state": _("subscribed") if state == "active" else state_words(state)}
        raise RuleError(
            _("Only an active customer can be given up as defeated; this one is %(state)s") % words, rule="LOST-01"
        )
    if customer.owner_id != by.pk:
        raise RuleError(_("Only the owner can ask for a defeat"), rule="LOST-04")
    card = cards.of(customer)
    if card is None or card.state == CardState.DRAFT:
        raise RuleError(_("There is no submitted A-card: submit it first"), rule="LOST-01")
    if open_request(customer) is not None:
        raise RuleError(_("A defeat request for this customer is under way already"), rule="LOST-04")
    if ground == Ground.UNREACHABLE:
        check_half_year(customer, now=now)
    elif customer.level == Level.C:
        raise RuleError(
            _("A level C customer cannot be lost directly: follow up and judge the level anew first"), rule="LOST-03"
        )


def check_half_year(customer: Customer, *, now: datetime) -> None:
    """LOST-02: the ground *no progress* is open once more than half a year has passed since the registration."""
    office = customer.office
    held = (office.today(now) - office.today(customer.registered_at)).days
    least = office.policy.no_progress_days
    if held <= least:
        raise RuleError(
            _("No progress is a ground after more than %(least)s days; this customer was registered %(held)s days ago")
            % {"least": least, "held": held},
            rule="LOST-02",
        )


@transaction.atomic
def request(
    customer: Customer,
    *,
    by: User,
    now: datetime,
    ground: str,
    lost_to: str = "",
    price: Decimal | None = None,
    analysis: str = "",
) -> DefeatRequest:
    """The owner asks to give the customer up; from A, B and D with a warning that the path to H was not seen."""
    customer = relock(customer)
    if ground not in Ground.values:
        raise RuleError(_("Choose one of the three grounds"), rule="LOST-02")
    check_request(customer, by=by, ground=ground, now=now)
    if price is not None and not 0 <= price < Decimal("10000000000"):
        raise RuleError(_("Enter the other project's price, 0 or more"), rule="LOST-01")
    office = customer.office
    asked = DefeatRequest(
        customer=customer,
        number=customer.number,
        rep=by,
        ground=ground,
        lost_to=lost_to.strip(),
        price=price,
        level=customer.level,
        warned=customer.level in WARNED,
        days_held=(office.today(now) - customer.since).days if customer.since else 0,
        requested_at=now,
    )
    asked.analysis = analysis.strip()
    asked.save()
    _ask(asked, customer, by=by, now=now)
    return asked


def _ask(asked: DefeatRequest, customer: Customer, *, by: User, now: datetime) -> None:
    """The clerk's call and the manager's decision, as the steps of an approval; nothing of a person in it."""
    told = {"ground": asked.ground, "level": asked.level, "days_held": asked.days_held, "warned": asked.warned}
    approvals.open_request(
        DEFEAT_KIND,
        asked.subject,
        office=customer.office,
        by=by,
        steps=STEPS,
        snapshot=told,
        now=now,
        title=_("Defeat of customer no. %(number)s") % {"number": asked.number},
        url=f"{telling.address(customer)}defeat/",
        rule="LOST-04",
        tells=False,
    )


def step_of(asked: DefeatRequest, customer: Customer, *, now: datetime) -> ApprovalRequest:
    """The approval of an open defeat, locked; RuleError once it is decided or the registration has lapsed (LOST-04)."""
    check_holds(asked, customer, now=now)
    found = approvals.lock(asked.subject, office=customer.office)
    if found is None:
        words = {"now": asked.get_state_display()}
        raise RuleError(_("The defeat request is %(now)s: there is nothing to decide") % words, rule="LOST-04")
    return found


def check_holds(asked: DefeatRequest, customer: Customer, *, now: datetime) -> None:
    """A request that waits falls with a lapse before the decision, whether that is written down yet or not (LOST-01)."""
    waited = asked.state in (*OPEN_DEFEATS, DefeatState.FALLEN)
    if waited and customer.state(customer.office.today(now)) != "active":
        raise RuleError(_("The registration has lapsed meanwhile: there is nothing to give up"), rule="LOST-04")


def _locked(customer: Customer) -> tuple[Customer, DefeatRequest]:
    customer = relock(customer)
    found = NEWEST.first(customer.pk, customer.number)
    if found is None:
        raise RuleError(_("There is no defeat request for this customer"), rule="LOST-04")
    found.customer = customer
    return customer, found


def check_role(customer: Customer, role: Role, *, by: User) -> None:
    """Each step has its role, in the customer's own office (LOST-04)."""
    posting = by.posting
    if posting is None or posting.office_id != customer.office_id or posting.role != role:
        raise RuleError(_("This step is for the %(role)s of the office") % {"role": role.label}, rule="LOST-04")


def check_step(asked: DefeatRequest, role: Role, *, by: User, now: datetime) -> None:
    """Who may take the present step: for the clerk's call and the decision as the approval says, else by role (LOST-04)."""
    if asked.state not in OPEN_DEFEATS:
        return check_role(asked.customer, role, by=by)
    waiting = ApprovalRequest.objects.filter(subject=asked.subject, state=ApprovalState.PENDING).first()
    if waiting is None:
        raise RuleError(_("The defeat request waits for nobody"), rule="LOST-04")
    check_holds(asked, asked.customer, now=now)
    waiting.office = asked.customer.office
    approvals.check_decide(waiting, by=by, now=now)
    return None


@transaction.atomic
def decide(waiting: ApprovalRequest, *, by: User, decision: str, reason: str, now: datetime) -> DefeatRequest:
    """A step decided from the list of all that waits: confirmed with the result of the call, approved or refused.

    ``waiting`` shows the step that the decider saw.
    """
    asked = DefeatRequest.objects.select_related("customer").get(pk=int(waiting.subject.rpartition(":")[2]))
    _customer, asked = _locked(asked.customer)
    if asked.subject != waiting.subject or step_of(asked, asked.customer, now=now).step != waiting.step:
        raise RuleError(_("Somebody decided this step already: look at the request again"), rule="LOST-04")
    if decision == Decision.REFUSE:
        return refuse(asked.customer, by=by, now=now, reason=reason)
    if decision != Decision.APPROVE:
        raise RuleError(_("A defeat is approved or refused, not returned"), rule="LOST-04")
    if waiting.step:
        return approve(asked.customer, by=by, now=now, reason=reason)
    if not reason.strip():
        raise RuleError(_("Enter the result of your own call"), rule="LOST-04")
    return confirm(asked.customer, by=by, now=now, result=reason)


@transaction.atomic
def confirm(customer: Customer, *, by: User, now: datetime, result: str = "") -> DefeatRequest:
    """The clerk confirms by a call of their own (LOST-04)."""
    customer, asked = _locked(customer)
    approvals.decide_held(step_of(asked, customer, now=now), by=by, decision=Decision.APPROVE, now=now)
    STATES.move(asked, DefeatState.CONFIRMED)
    asked.confirmed_at, asked.confirmed_by = now, by
    asked.confirmation = result.strip()
    asked.save()
    return asked


@transaction.atomic
def approve(customer: Customer, *, by: User, now: datetime, reason: str = "") -> DefeatRequest:
    """The marketing manager approves: the customer leaves the rep's file, ownership ends (LOST-04)."""
    customer, asked = _locked(customer)
    approvals.decide_held(step_of(asked, customer, now=now), by=by, decision=Decision.APPROVE, now=now, reason=reason)
    office = customer.office
    STATES.move(asked, DefeatState.APPROVED)
    asked.decided_at, asked.decided_by, asked.decision_reason = now, by, reason.strip()
    asked.save()
    end_episode(customer, office=office, now=now, ended=Ended.DEFEATED)
    customer.owner = customer.since = customer.valid_until = customer.next_due = None
    customer.standing = Standing.DEFEATED
    customer.save(update_fields=MIRRORED)
    return asked


@transaction.atomic
def refuse(customer: Customer, *, by: User, now: datetime, reason: str) -> DefeatRequest:
    """The marketing manager refuses with a reason: the customer stays in the rep's file (LOST-04)."""
    customer, asked = _locked(customer)
    if not reason.strip():
        raise RuleError(_("Say why the defeat is refused: the rep reads it"), rule="LOST-04")
    approvals.decide_held(step_of(asked, customer, now=now), by=by, decision=Decision.REFUSE, now=now, reason=reason)
    STATES.move(asked, DefeatState.REFUSED)
    asked.decided_at, asked.decided_by, asked.decision_reason = now, by, reason.strip()
    asked.save()
    telling.defeat_refused(asked, now=now)
    return asked


@transaction.atomic
def close(customer: Customer, *, by: User, now: datetime) -> DefeatRequest:
    """The clerk closes: card and request are archived together, the customer is in the defeat register (LOST-04)."""
    customer, asked = _locked(customer)
    check_role(customer, Role.CLERK, by=by)
    check_holds(asked, customer, now=now)
    STATES.move(asked, DefeatState.CLOSED)
    asked.closed_at, asked.closed_by = now, by
    asked.save()
    return asked


@transaction.atomic
def withdraw(waiting: ApprovalRequest, *, by: User, now: datetime) -> None:
    """The rep takes the request back while it waits: the customer stays in their file (LOST-04)."""
    asked = DefeatRequest.objects.select_related("customer__office").get(pk=int(waiting.subject.rpartition(":")[2]))
    customer = relock(asked.customer)
    approvals.check_withdraw(step_of(asked, customer, now=now), by=by)
    let_request_fall(customer, by=by, now=now)


def facts(snapshot: Mapping[str, Any]) -> Facts:
    """What the deciders of a defeat see of it beside the case itself, in words."""
    ground, level = snapshot.get("ground", ""), snapshot.get("level", "")
    return [
        (_("Ground"), str(Ground(ground).label) if ground in Ground.values else "—"),
        (_("Level reached"), level or "—"),
        (_("Days held"), str(snapshot.get("days_held", "—"))),
        *([(_("Mark"), _("the path to H was not seen"))] if snapshot.get("warned") else []),
    ]


def reasons(waiting: ApprovalRequest) -> Callable[[ApprovalEntry], str]:
    """What reads the result of the clerk's call and the manager's reason, which stay with the defeat."""
    rows = DefeatRequest.objects.select_related("customer__key")
    asked = rows.get(pk=int(waiting.subject.rpartition(":")[2]))

    def of(entry: ApprovalEntry) -> str:
        return {1: asked.confirmation, 2: asked.decision_reason}.get(entry.position or 0, entry.reason)

    return of

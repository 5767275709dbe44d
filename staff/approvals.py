"""Approvals: a request climbs from step to step; every step is decided once, by somebody other than who asked (BULK-05).

The domain calls these inside its own rule, in one transaction, and moves its own rows by what comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from common.prepared import Prepared
from common.states import Machine

from . import deciders, notices
from .approval_chain import STANDS_IN
from .deciders import Capacity, waiting_for
from .delegations import delegate
from .models import ApprovalEntry, ApprovalRequest, ApprovalState, Decision, Office, Posting, User
from .roles import Role

Facts = list[tuple[str, str]]
"""A snapshot in words: label and text of each figure."""

__all__ = [
    "Facts",
    "check_decide",
    "check_reason",
    "check_withdraw",
    "decide",
    "decide_held",
    "delegate",
    "fall",
    "history_of",
    "latest",
    "lock",
    "open_of",
    "open_request",
    "restart",
    "take_over",
    "visible_to",
    "waiting_for",
    "withdraw",
]

TRANSITIONS: dict[str, frozenset[str]] = {
    ApprovalState.PENDING: frozenset(set(ApprovalState) - {ApprovalState.PENDING}),
    ApprovalState.RETURNED: frozenset({ApprovalState.WITHDRAWN, ApprovalState.CHANGED}),
    ApprovalState.APPROVED: frozenset(),
    ApprovalState.REFUSED: frozenset(),
    ApprovalState.WITHDRAWN: frozenset(),
    ApprovalState.CHANGED: frozenset(),
}
STATES = Machine(TRANSITIONS, gettext_lazy("This request is %(now)s: it cannot be %(to)s now"), rule="BULK-05")
CLOSES = {
    Decision.APPROVE: ApprovalState.APPROVED,
    Decision.REFUSE: ApprovalState.REFUSED,
    Decision.RETURN: ApprovalState.RETURNED,
}
MOST_WORDS = 300
WAITING = Prepared(
    lambda subject: ApprovalRequest.objects.filter(subject=subject, state=ApprovalState.PENDING).select_for_update(
        of=("self",)
    ),
    str,
)
DECISIONS = (Decision.APPROVE, Decision.REFUSE, Decision.RETURN)
OUTCOMES = {
    ApprovalState.APPROVED: gettext_lazy("{title}: approved"),
    ApprovalState.REFUSED: gettext_lazy("{title}: refused, read why"),
    ApprovalState.RETURNED: gettext_lazy("{title}: returned for revision, read why"),
}


def open_request(
    kind: str,
    subject: str,
    *,
    office: Office,
    by: User,
    steps: Sequence[Role],
    snapshot: Mapping[str, Any],
    now: datetime,
    title: str,
    url: str,
    rule: str = "BULK-05",
    tells: bool = True,
) -> ApprovalRequest:
    """Ask for the approval of ``subject`` by each role of ``steps`` in turn (BULK-05).

    ``snapshot`` is what the deciders see; ``title`` and ``url`` go into notices and hold nothing secret. ``rule`` is
    the one that its refusals name. Without ``tells`` no notices go out and no reasons are kept here: the domain tells by
    itself and keeps them with its own rows, where what concerns a customer can be erased.
    """
    if not steps:
        raise RuleError(_("A request needs somebody to decide on it"), rule=rule)
    _check_somebody_above(steps, office, by, now=now, rule=rule)
    asked = ApprovalRequest(kind=kind, subject=subject, rule=rule, office=office, title=title[:120], url=url)
    asked.steps, asked.waiting_role = [str(role) for role in steps], str(steps[0])
    asked.opened_by = asked.kept_by = by
    asked.opened_at, asked.tells = now, tells
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
            _write(asked, 0, Decision.OPEN, by=by, now=now, snapshot=snapshot)
            _tell_next(asked, now=now)
    except IntegrityError:
        raise RuleError(_("A request for this is under way already: withdraw it first"), rule=rule) from None
    return asked


def _check_somebody_above(steps: Sequence[Role], office: Office, by: User, *, now: datetime, rule: str) -> None:
    """Nobody decides their own request, so an only chairman cannot ask for what the chairman decides."""
    held = by.posting
    if held is None or held.role not in steps or STANDS_IN.get(held.role):
        return
    unit = {"office": held.office_id, "branch": held.branch_id, "company": held.company_id}
    others = Posting.objects.holding(office.today(now)).filter(role=held.role, user__is_active=True, **unit)
    if not others.exclude(user=by).exists():
        words = {"role": Role(held.role).label}
        raise RuleError(
            _("Nobody decides their own request, and you are the only %(role)s: let somebody else ask") % words,
            rule=rule,
        )


def check_decide(request: ApprovalRequest, *, by: User, now: datetime) -> Capacity:
    """In which capacity ``by`` decides the present step; RuleError in words if they may not (BULK-05).

    Nobody decides their own request, neither in person nor for the one who asked; a delegate decides within the
    stated days; the next rung up decides where nobody else can.
    """
    if request.state != ApprovalState.PENDING:
        raise RuleError(ended_words(request), rule=request.rule)
    if by.pk in (request.opened_by_id, request.kept_by_id):
        raise RuleError(_("Nobody decides their own request: somebody else has to"), rule=request.rule)
    found = deciders.capacity_for(request, by, on=request.office.today(now))
    if found is None:
        words = {"role": Role(request.waiting_role).label}
        raise RuleError(
            _("This step is for the %(role)s, or whoever stands in for them on the stated days") % words,
            rule=request.rule,
        )
    return found


def ended_words(request: ApprovalRequest) -> str:
    """What became of a request that no longer waits, and through whom."""
    last = request.entries.select_related("by").order_by("pk").last()
    words = {"state": request.get_state_display(), "person": last.by if last else "—"}
    return _("This request is closed: %(state)s by %(person)s. Look at it again before you go on") % words


@transaction.atomic
def decide(
    request: ApprovalRequest,
    *,
    by: User,
    decision: str,
    now: datetime,
    reason: str = "",
    snapshot: Mapping[str, Any] | None = None,
) -> ApprovalRequest:
    """Approve, refuse or return the step that ``request`` shows; RuleError if it was decided meanwhile (BULK-05).

    Compare-and-swap: the row is locked and has to stand at the step that the caller saw. ``snapshot`` is what the
    decider saw; without one what was asked stands. Approving the last step approves the request.
    """
    seen, held = request.step, _locked(request)
    if held.state == ApprovalState.PENDING and held.step != seen:
        raise RuleError(_step_taken(held), rule=held.rule)
    return decide_held(held, by=by, decision=decision, now=now, reason=reason, snapshot=snapshot)


def decide_held(
    request: ApprovalRequest,
    *,
    by: User,
    decision: str,
    now: datetime,
    reason: str = "",
    snapshot: Mapping[str, Any] | None = None,
) -> ApprovalRequest:
    """The same for a request that the caller's transaction holds locked. All is checked before anything is written."""
    capacity = check_decide(request, by=by, now=now)
    if decision not in DECISIONS:
        raise RuleError(_("Choose to approve, to refuse or to return"), rule=request.rule)
    reason = check_reason(reason, request, needed=decision != Decision.APPROVE)
    kept = reason if request.tells else ""
    _write(request, request.step + 1, decision, by=by, now=now, snapshot=snapshot, reason=kept, capacity=capacity)
    if decision == Decision.APPROVE:
        request.step += 1
    if decision != Decision.APPROVE or request.step == len(request.steps):
        _close(request, CLOSES[Decision(decision)], now=now)
        return request
    request.waiting_role = request.steps[request.step]
    request.save(update_fields=["step", "waiting_role"])
    _tell_next(request, now=now)
    return request


def lock(subject: str, *, office: Office) -> ApprovalRequest | None:
    """The waiting request about a subject, locked for ``decide_held`` or ``fall`` in the caller's transaction."""
    found = WAITING.first(subject)
    if found is not None:
        found.office = office
    return found


def _locked(request: ApprovalRequest) -> ApprovalRequest:
    found = ApprovalRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request._state.fields_cache.get("office") is not None:
        found.office = request.office
    return found


def _step_taken(request: ApprovalRequest) -> str:
    last = request.entries.select_related("by").order_by("pk").last()
    return _("%(person)s decided this step already: look at the request again") % {"person": last.by if last else "—"}


def check_reason(reason: str, request: ApprovalRequest, *, needed: bool) -> str:
    """The reason without idle space; RuleError if it is lacking where it is needed, or too long."""
    reason = reason.strip()
    if needed and not reason:
        raise RuleError(_("Say why: the person who asked reads it"), rule=request.rule)
    if len(reason) > MOST_WORDS:
        raise RuleError(_("Keep the reason under %(most)s characters") % {"most": MOST_WORDS}, rule=request.rule)
    return reason


def _write(
    request: ApprovalRequest,
    position: int | None,
    decision: str,
    *,
    by: User,
    now: datetime,
    snapshot: Mapping[str, Any] | None = None,
    reason: str = "",
    capacity: Capacity | None = None,
) -> None:
    """Put an entry down; the step's number is unique, so that no step is ever decided twice."""
    entry = ApprovalEntry(request=request, position=position, decision=decision, reason=reason, by=by, at=now)
    entry.snapshot = dict(snapshot or {})
    if capacity is not None:
        entry.role, entry.held, entry.on_behalf_of = request.waiting_role, capacity.held, capacity.on_behalf_of
    entry.save(force_insert=True)


def _close(request: ApprovalRequest, state: str, *, now: datetime) -> None:
    """End a locked request and tell whoever asked."""
    STATES.move(request, state)
    request.waiting_role, request.closed_at = "", now
    request.save(update_fields=["step", "state", "waiting_role", "closed_at"])
    words = OUTCOMES.get(ApprovalState(state))
    if words is not None and request.tells:
        text = format_lazy(words, title=request.title)
        notices.tell(request.kept_by, key=f"approval-end:{request.pk}", text=text, now=now, link=page_of(request))


def _tell_next(request: ApprovalRequest, *, now: datetime) -> None:
    """Whoever can decide the present step learns that it waits."""
    if not request.tells:
        return
    text = format_lazy(gettext_lazy("Waits for your decision: {title}"), title=request.title)
    key, people = f"approval:{request.pk}:{request.step}", deciders.people_for(request, on=request.office.today(now))
    notices.put([notices.Draft(one, key, text, page_of(request)) for one in people], now=now)


def page_of(request: ApprovalRequest) -> str:
    """The address of a request among those that wait."""
    return f"/approvals/{request.pk}/"


def check_withdraw(request: ApprovalRequest, *, by: User) -> None:
    """Whoever asked withdraws what is not decided to the end, or was returned to them (BULK-05)."""
    if by.pk != request.kept_by_id:
        raise RuleError(_("Only the person who asked withdraws a request"), rule=request.rule)
    if ApprovalState.WITHDRAWN not in STATES.follows(request):
        raise RuleError(ended_words(request), rule=request.rule)


@transaction.atomic
def withdraw(request: ApprovalRequest, *, by: User, reason: str, now: datetime) -> ApprovalRequest:
    """The person who asked takes the request back; what was decided on it so far stays written."""
    request = _locked(request)
    check_withdraw(request, by=by)
    return _end(request, Decision.WITHDRAW, by=by, reason=reason, now=now)


@transaction.atomic
def fall(request: ApprovalRequest, *, by: User, reason: str, now: datetime) -> ApprovalRequest:
    """The domain lets a request fall whose subject went another way; the caller has checked that ``by`` may do that."""
    request = _locked(request)
    if ApprovalState.WITHDRAWN not in STATES.follows(request):
        return request
    return _end(request, Decision.WITHDRAW, by=by, reason=reason, now=now)


def _end(request: ApprovalRequest, decision: str, *, by: User, reason: str, now: datetime) -> ApprovalRequest:
    state = ApprovalState.WITHDRAWN if decision == Decision.WITHDRAW else ApprovalState.CHANGED
    _write(request, None, decision, by=by, now=now, reason=check_reason(reason, request, needed=False))
    _close(request, state, now=now)
    return request


@transaction.atomic
def restart(
    request: ApprovalRequest,
    *,
    by: User,
    steps: Sequence[Role],
    snapshot: Mapping[str, Any],
    reason: str,
    now: datetime,
    title: str | None = None,
) -> ApprovalRequest:
    """What was asked has changed: the climb starts anew as a request of its own; the former steps stay as history.

    For a request that waits or was returned. The new one is opened by ``by``, who has to be the one who asked.
    """
    old = _locked(request)
    if ApprovalState.CHANGED not in STATES.follows(old):
        raise RuleError(ended_words(old), rule=old.rule)
    if by.pk != old.kept_by_id:
        raise RuleError(_("Only the person who asked changes a request"), rule=old.rule)
    old = _end(old, Decision.CHANGE, by=by, reason=reason, now=now)
    return open_request(
        old.kind,
        old.subject,
        office=old.office,
        by=by,
        steps=steps,
        snapshot=snapshot,
        now=now,
        title=old.title if title is None else title,
        url=old.url,
        rule=old.rule,
        tells=old.tells,
    )


@transaction.atomic
def take_over(request: ApprovalRequest, *, to: User, by: User, reason: str, now: datetime) -> ApprovalRequest:
    """Somebody else looks after an unfinished request from now on: they hear of it, change and withdraw it (HAND-01).

    What waits for a leaver needs nothing: it waits for the role, and its next holder decides. ``to`` may not have
    decided on it, and neither they nor the one who asked will; the caller has checked that ``by`` may hand over.
    """
    request = _locked(request)
    if not STATES.follows(request):
        raise RuleError(ended_words(request), rule="HAND-01")
    if request.entries.filter(Q(by=to) | Q(on_behalf_of=to), role__gt="").exists():
        words = {"person": to}
        raise RuleError(_("%(person)s decided on this request: hand it to somebody else") % words, rule="HAND-01")
    request.kept_by = to
    request.save(update_fields=["kept_by"])
    _write(request, None, Decision.HAND_OVER, by=by, now=now, reason=check_reason(reason, request, needed=False))
    if request.tells:
        text = format_lazy(gettext_lazy("You look after this request now: {title}"), title=request.title)
        notices.tell(to, key=f"approval-kept:{request.pk}:{to.pk}", text=text, now=now, link=page_of(request))
    return request


def latest(subject: str) -> ApprovalRequest | None:
    """The newest request about a subject, whatever became of it."""
    return ApprovalRequest.objects.select_related("office").filter(subject=subject).order_by("-pk").first()


def history_of(subject: str) -> QuerySet[ApprovalEntry]:
    """Every entry of every climb of a subject, oldest first."""
    found = ApprovalEntry.objects.filter(request__subject=subject).select_related("by", "on_behalf_of", "request")
    return found.order_by("pk")


def visible_to(user: User, *, on: date) -> QuerySet[ApprovalRequest]:
    """What a person asked for, decided on, or may decide now; nothing else, whatever their rank (OFF-03, BULK-11)."""
    mine = Q(opened_by=user) | Q(kept_by=user)
    took_part = ApprovalEntry.objects.filter(Q(by=user) | Q(on_behalf_of=user)).values("request")
    return ApprovalRequest.objects.filter(mine | Q(pk__in=took_part) | Q(pk__in=waiting_for(user, on=on).values("pk")))


def open_of(user: User, *, on: date) -> QuerySet[ApprovalRequest]:
    """Requests that a person has to see to before they go: asked by them and not ended, or waiting for them (HAND-01)."""
    newer = ApprovalRequest.objects.filter(subject=OuterRef("subject"), pk__gt=OuterRef("pk"))
    returned = Q(state=ApprovalState.RETURNED) & ~Q(Exists(newer))
    own = Q(kept_by=user) & (Q(state=ApprovalState.PENDING) | returned)
    return ApprovalRequest.objects.filter(own | Q(pk__in=waiting_for(user, on=on).values("pk")))

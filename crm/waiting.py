"""Waiting for me 待我审批: every kind of request that a person may decide, one opened, the next by itself (BULK-05)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from common.errors import RuleError
from common.errors import refusal as refusal_of
from common.forms import PlainForm, refuse
from common.htmx import go, render_invalid, render_part, wants_part
from common.templatetags.ui import badge
from common.whole import whole
from crm.deciding import KINDS, Kind
from staff import approvals
from staff.access import needs, needs_posting
from staff.approvals import Facts
from staff.delegations import today_of
from staff.models import ApprovalEntry, ApprovalRequest, ApprovalState, Decision, User
from staff.roles import Duty, Role

TEMPLATE = "crm/waiting.html"
MOST, COUNTED = 50, 99
COLOURS = {
    ApprovalState.PENDING: "pending",
    ApprovalState.APPROVED: "approved",
    ApprovalState.REFUSED: "returned",
    ApprovalState.RETURNED: "returned",
    ApprovalState.WITHDRAWN: "draft",
    ApprovalState.CHANGED: "draft",
}
DONE: dict[str, Promise] = {
    Decision.APPROVE: gettext_lazy("Approved: %(title)s"),
    Decision.REFUSE: gettext_lazy("Refused: %(title)s"),
    Decision.RETURN: gettext_lazy("Returned for revision: %(title)s"),
}


class DecideForm(PlainForm):
    """One decision: which, why, and the step that the page showed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason or remark"),
        help_text=gettext_lazy("Needed to refuse and to return: the person who asked reads it"),
        max_length=approvals.MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    decision = forms.ChoiceField(choices=[(one, one) for one in DONE], widget=forms.HiddenInput)
    step = forms.IntegerField(min_value=0, max_value=99, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Step:
    """A line of what happened or is to come: who in which role, what, when, why, and what was new to see then."""

    role: str
    what: str
    entry: ApprovalEntry | None = None
    facts: Facts | None = None
    why: str = ""


def _kind(request: ApprovalRequest) -> Kind | None:
    return KINDS.get(request.kind)


def _reader(item: ApprovalRequest) -> Callable[[Mapping[str, Any]], Facts]:
    """What puts the snapshots of a request into words; nothing for a kind without a case."""
    kind = KINDS.get(item.kind)
    return kind.facts(item) if kind is not None else lambda snapshot: []


def _case(item: ApprovalRequest, user: User) -> str:
    """The page of the case, for those who may open it."""
    kind = _kind(item)
    return item.url if kind is not None and any(user.has(duty) for duty in kind.duties) else ""


def _may_withdraw(item: ApprovalRequest, user: User) -> bool:
    """Whether the person asked, and the case lets them take the request back here."""
    kind = _kind(item)
    if kind is None or kind.withdraw is None or item.state != ApprovalState.PENDING:
        return False
    return refusal_of(approvals.check_withdraw, item, by=user) is None


def _role(entry: ApprovalEntry) -> str:
    """The role of the step; with the one that stood in for it where that was another."""
    if entry.held and entry.held != entry.role:
        words = {"held": Role(entry.held).label, "role": Role(entry.role).label}
        return _("%(held)s, for the %(role)s") % words
    return str(Role(entry.role).label) if entry.role else ""


def steps_of(
    item: ApprovalRequest, entries: list[ApprovalEntry], user: User, *, figures: bool, told: Facts
) -> list[Step]:
    """What happened in every climb of the subject so far, then what is to come.

    ``figures``: with what deciders saw, but for what the page has ``told`` already.
    """
    read, found, kind = _reader(item) if figures else None, [], _kind(item)
    why = (
        kind.reasons(item, user) if kind is not None and kind.reasons is not None else (lambda entry: str(entry.reason))
    )
    for entry in entries:
        seen = read(entry.snapshot) if read and entry.position and entry.snapshot else []
        shown = [fact for fact in seen if fact not in told]
        found.append(
            Step(_role(entry), badge(_colour(entry.decision), entry.get_decision_display()), entry, shown, why(entry))
        )
    if item.state == ApprovalState.PENDING:
        to_come = [(n, Role(role).label) for n, role in enumerate(item.steps) if n >= item.step]
        words = (_("decides now"), _("comes later"))
        found += [
            Step(role, badge("pending" if n == item.step else "draft", words[n != item.step])) for n, role in to_come
        ]
    return found


def _colour(decision: str) -> str:
    return {Decision.APPROVE: "approved", Decision.REFUSE: "returned", Decision.RETURN: "returned"}.get(
        Decision(decision), "draft"
    )


def _took_part(item: ApprovalRequest, entries: list[ApprovalEntry], user: User) -> bool:
    """Whether the person decided on this climb, or somebody did on their behalf."""
    return any(
        one.request_id == item.pk and one.role and user.pk in (one.by_id, one.on_behalf_of_id) for one in entries
    )


def _detail(item: ApprovalRequest, user: User, form: DecideForm | None) -> dict[str, Any]:
    """One request as this person may see it: figures only for those who decide or decided, or handed them in."""
    capacity, refusal = None, None
    try:
        capacity = approvals.check_decide(item, by=user, now=timezone.now())
    except RuleError as error:
        refusal = error
    kind = _kind(item)
    past = approvals.history_of(item.subject).filter(Q(request_id__lte=item.pk))
    entries = list(past)
    deciding = capacity is not None or _took_part(item, entries, user)
    opening: dict[str, Any] = next(
        (one.snapshot for one in entries if one.request_id == item.pk and one.position == 0), {}
    )
    own = user.pk == item.opened_by_id
    facts = _reader(item)(opening) if deciding or own else []
    return {
        "item": item,
        "kind": kind.label if kind is not None else "",
        "asks": kind.asks if kind is not None else "",
        "returns": kind is not None and kind.returns,
        "refuses": kind is not None and kind.refuses and not (kind.refused_last and item.step + 1 < len(item.steps)),
        "case": _case(item, user),
        "badge": badge(COLOURS[ApprovalState(item.state)], item.get_state_display()),
        "facts": facts,
        "steps": steps_of(item, entries, user, figures=deciding, told=facts),
        "capacity": capacity,
        "may_withdraw": _may_withdraw(item, user),
        "refusal": refusal if item.state == ApprovalState.PENDING and not own else None,
        "form": (form or DecideForm(initial={"step": item.step})) if capacity is not None and kind else None,
    }


def found(user: User, *, now: datetime) -> QuerySet[ApprovalRequest]:
    """What waits for the person, oldest first."""
    waiting = approvals.waiting_for(user, on=today_of(user, now))
    return waiting.select_related("opened_by", "office").order_by("opened_at", "pk")


def kind_in_words(item: ApprovalRequest) -> str:
    """What is asked for; empty for a kind without a case."""
    return str(KINDS[item.kind].label) if item.kind in KINDS else ""


def _context(request: HttpRequest, pk: int | None = None, form: DecideForm | None = None) -> dict[str, Any]:
    """What waits, with one request opened: the one asked for, else the oldest."""
    user = request.user
    rows = list(found(user, now=timezone.now())[: MOST + 1])
    item = next((row for row in rows if row.pk == pk or pk is None), None)
    if item is None and pk is not None:
        item = _fetch(request, pk)
    shown = rows[:MOST]
    return {
        "rows": [(row, kind_in_words(row)) for row in shown],
        "more": len(rows) > MOST,
        "at": item.pk if item is not None else None,
        "next": next((row.pk for row in shown if item is not None and row.pk != item.pk), ""),
        "detail": _detail(item, user, form) if item is not None else None,
    }


def _fetch(request: HttpRequest, pk: int) -> ApprovalRequest:
    """A request in the person's scope; 404 outside it."""
    scope = approvals.visible_to(request.user, on=today_of(request.user, timezone.now()))
    return get_object_or_404(scope.select_related("opened_by", "office"), pk=pk)


@require_safe
@needs(Duty.APPROVE)
def waiting(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the person, oldest first, the first opened."""
    return render_part(request, TEMPLATE, _context(request), part="waiting")


@require_safe
@needs(Duty.APPROVE)
def count(request: HttpRequest) -> HttpResponse:
    """How much waits, for the menu."""
    found = approvals.waiting_for(request.user, on=today_of(request.user, timezone.now()))
    return render(request, "customers/_signing_count.html", {"count": found[: COUNTED + 1].count(), "most": COUNTED})


@require_safe
@needs_posting
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One request, for whoever asked, decided, or may decide."""
    return render_part(request, TEMPLATE, _context(request, pk), part="waiting")


@require_POST
@needs_posting
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, refuse or return; whoever comes second is told who was first, and the next request opens."""
    item, form = _fetch(request, pk), DecideForm(request.POST)
    kind = _kind(item)
    if form.is_valid() and kind is not None:
        said = form.cleaned_data
        item.step = said.pop("step")
        try:
            kind.decide(item, by=request.user, now=timezone.now(), **said)
        except RuleError as error:
            if not _still_theirs(request, item, step=item.step):
                messages.error(request, f"{error} ({error.rule})")
                return _onward(request)
            refuse(form, error)
        else:
            messages.success(request, str(DONE[said["decision"]]) % {"title": item.title})
            return _onward(request)
    return render_invalid(request, TEMPLATE, _context(request, pk, form), part="waiting")


@require_POST
@needs_posting
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever asked takes a request back that is not decided to the end."""
    item = _fetch(request, pk)
    kind = _kind(item)
    try:
        approvals.check_withdraw(item, by=request.user)
        if kind is None or kind.withdraw is None:
            raise RuleError(_("This request is changed on the page of its case"), rule=item.rule)
        kind.withdraw(item, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, _("Withdrawn: nobody decides on it any more"))
    return redirect(_case(item, request.user) or reverse("approval", args=[pk]))


def _still_theirs(request: HttpRequest, item: ApprovalRequest, *, step: int) -> bool:
    """Whether the person may decide the step that they saw."""
    item.refresh_from_db()
    if item.step != step:
        return False
    try:
        approvals.check_decide(item, by=request.user, now=timezone.now())
    except RuleError:
        return False
    return True


def _onward(request: HttpRequest) -> HttpResponse:
    """The next request opens by itself."""
    if wants_part(request):
        at = whole(request.POST.get("next"))
        rows = set(found(request.user, now=timezone.now())[:MOST].values_list("pk", flat=True))
        return render_part(request, TEMPLATE, _context(request, at if at in rows else None), part="waiting")
    return go(request, "approvals" if request.user.has(Duty.APPROVE) else "home")

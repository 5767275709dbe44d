"""What supervisors and managers judge: breaches put before them, objections, warnings and fines given (COND-01..03)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import keyset
from common.counting import CappedCount, in_words
from common.errors import refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from staff import judging, measures, policy, proposals
from staff.access import needs
from staff.forms_conduct import ConfirmForm, DismissForm, GiveForm
from staff.models import Answer, Measure, MeasureState, Proposal, ProposalState, User
from staff.roles import Duty, Role

PAGE = 30
TABS = ("proposals", "objections", "given")
DECIDERS: tuple[str, ...] = (Role.MARKETING_MANAGER, Role.BRANCH_MANAGER)
COLOURS = {MeasureState.STANDING: "returned", MeasureState.WITHDRAWN: "draft", MeasureState.FALLEN: "draft"}
ACTS: dict[str, Any] = {"confirm": (ConfirmForm, proposals.confirm), "dismiss": (DismissForm, proposals.dismiss)}


def state_of(measure: Measure) -> str:
    """The state of a measure in colour, dot and word."""
    return badge(COLOURS[MeasureState(measure.state)], MeasureState(measure.state).label)


def objected(user: User) -> QuerySet[Measure]:
    """Measures whose objection awaits the decision of ``user``, oldest first."""
    if user.posting is None or user.posting.role not in DECIDERS:
        return Measure.objects.none()
    return Measure.objects.judged_by(user).filter(objection__state=Answer.OPEN, state=MeasureState.STANDING)


def lists_of(user: User) -> dict[str, tuple[QuerySet, keyset.Order]]:
    """What stands on each tab for ``user``, and in which order."""
    waiting = Proposal.objects.judged_by(user).filter(state=ProposalState.OPEN)
    return {
        "proposals": (waiting, ("at", "id")),
        "objections": (objected(user), ("at", "id")),
        "given": (Measure.objects.judged_by(user), ("-at", "-id")),
    }


@require_safe
@needs(Duty.JUDGE)
def conduct(request: HttpRequest) -> HttpResponse:
    """Three lists: what is to be judged, what is to be decided, what was given."""
    user = request.user
    lists = lists_of(user)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    found, order = lists[tab]
    rows = found.select_related("person").annotate(total=CappedCount(found))
    page = keyset.page(rows, order=order, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "tab": tab,
        "list_name": "conduct" if tab == TABS[0] else f"conduct_{tab}",
        "page": page,
        "rows": [row_of(tab, row) for row in page.rows],
        "total": in_words(page.rows[0].total) if page.rows else "0",
        "decides": user.posting is not None and user.posting.role in DECIDERS,
    }
    return render_part(request, "staff/conduct.html", context, part="list")


def row_of(tab: str, row: Any) -> dict[str, Any]:
    """A line of one of the lists."""
    if tab == "proposals":
        return {"row": row, "words": proposals.sentence(row), "state": ""}
    return {"row": row, "words": row.get_fault_display(), "state": state_of(row)}


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    rows = Proposal.objects.judged_by(request.user).select_related("person", "office", "decided_by", "measure")
    return get_object_or_404(rows, pk=pk)


def _proposal_context(request: HttpRequest, found: Proposal, wrong: tuple[str, Any] | None = None) -> dict[str, Any]:
    forms = {act: form(auto_id=f"{act}_%s") for act, (form, _rule) in ACTS.items()}
    if wrong:
        forms[wrong[0]] = wrong[1]
    return {
        "proposal": found,
        "words": proposals.sentence(found),
        "forms": forms,
        "open": found.state == ProposalState.OPEN,
        "refusal": refusal(proposals.check_judge, found, by=request.user),
        "wrong": wrong[0] if wrong else "",
    }


@require_safe
@needs(Duty.JUDGE)
def conduct_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One breach with its evidence; to confirm or to dismiss."""
    context = _proposal_context(request, _proposal(request, pk))
    return render_part(request, "staff/conduct_proposal.html", context, part="proposal")


@require_POST
@needs(Duty.JUDGE)
def conduct_proposal_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Confirm as a warning, or dismiss with a reason."""
    found = _proposal(request, pk)
    kind, rule = ACTS[act]
    form = kind(request.POST, auto_id=f"{act}_%s")
    if form.is_valid():
        with refusals_on(form):
            rule(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            done = {"confirm": _("Confirmed: the person was warned and told"), "dismiss": _("Dismissed")}
            messages.success(request, done[act])
            return go(request, "conduct")
    context = _proposal_context(request, found, (act, form))
    return render_invalid(request, "staff/conduct_proposal.html", context, part="proposal")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.JUDGE)
def conduct_give(request: HttpRequest) -> HttpResponse:
    """Give a warning or a fine by hand. A double press gives it once."""
    below = judging.below(request.user, on=timezone.localdate())
    people = [(posting.user_id, f"{posting.user} · {posting.get_role_display()}") for posting in below.values()]
    form = GiveForm(request.POST if request.method == "POST" else None, people=people)
    offices = {posting.office for posting in below.values()}
    context = {"form": form, "policy": policy.of(offices.pop()) if len(offices) == 1 else None, "people": people}
    if request.method != "POST":
        return render_part(request, "staff/conduct_give.html", context, part="form")
    if form.is_valid():
        said = dict(form.cleaned_data)
        posting, request_id = below[said.pop("person")], said.pop("request_id")
        with refusals_on(form):
            _give(form.is_fine, posting, by=request.user, request_id=request_id, **said)
            messages.success(request, _("Given: %(person)s was told") % {"person": posting.user})
            return go(request, "conduct")
    return render_invalid(request, "staff/conduct_give.html", context, part="form")


def _give(is_fine: bool, posting: Any, *, by: User, request_id: UUID, kind: str, reason: str) -> Measure:
    rule = measures.fine if is_fine else measures.warn
    about = {"office": posting.office, "kind": kind, "reason": reason, "cause": f"form:{request_id}"}
    return rule(posting.user, by=by, now=timezone.now(), **about)

"""One warning or fine and what became of it; and a person's own: seen, acknowledged, objected to (COND-03)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import keyset
from common.errors import refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from staff import inspections, measures, objections, proposals
from staff.access import needs
from staff.forms_conduct import ObjectForm, UpholdForm, WithdrawForm
from staff.models import Inspection, Measure, Objection, Proposal, Reward, User
from staff.roles import Duty

from .conduct import state_of

PAGE = 20
ORDER = ("-at", "-id")
LATEST = 24
TEMPLATE = "staff/conduct_measure.html"
ACTS: dict[str, Any] = {
    "uphold": (UpholdForm, objections.uphold, objections.check_uphold),
    "withdraw": (WithdrawForm, measures.withdraw, measures.check_withdraw),
}
PEOPLE = ("person", "office", "given_by", "withdrawn_by")


def _measure(request: HttpRequest, pk: int) -> Measure:
    return get_object_or_404(Measure.objects.judged_by(request.user).select_related(*PEOPLE), pk=pk)


def _context(request: HttpRequest, found: Measure, wrong: tuple[str, Any] | None = None) -> dict[str, Any]:
    acts = []
    for act, (form, _rule, check) in ACTS.items():
        if refusal(check, found, by=request.user) is None or (wrong and wrong[0] == act):
            shown = wrong[1] if wrong and wrong[0] == act else form(auto_id=f"{act}_%s")
            acts.append({"name": act, "form": shown, "open": bool(wrong)})
    evidence = Proposal.objects.filter(measure=found).first()
    return {
        "measure": found,
        "state": state_of(found),
        "objection": objections.of(found),
        "evidence": evidence,
        "words": proposals.sentence(evidence) if evidence else "",
        "acts": acts,
    }


@require_safe
@needs(Duty.JUDGE)
def conduct_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """A warning or fine with its evidence, the objection and the decision."""
    return render_part(request, TEMPLATE, _context(request, _measure(request, pk)), part="measure")


@require_POST
@needs(Duty.JUDGE)
def conduct_measure_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Uphold in spite of the objection, or withdraw."""
    found = _measure(request, pk)
    kind, rule, _check = ACTS[act]
    form = kind(request.POST, auto_id=f"{act}_%s")
    if form.is_valid():
        with refusals_on(form):
            rule(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            done = {"uphold": _("Upheld: the person was told"), "withdraw": _("Withdrawn: it counts no more")}
            messages.success(request, done[act])
            return go(request, "conduct_measure", pk)
    return render_invalid(request, TEMPLATE, _context(request, found, (act, form)), part="measure")


def _own(request: HttpRequest, pk: int) -> Measure:
    return get_object_or_404(Measure.objects.filter(person=request.user).select_related(*PEOPLE), pk=pk)


def _praise(user: User) -> dict[str, Any]:
    """The person's own rewards and scored inspections, the latest of each."""
    scored = Inspection.objects.filter(person=user, scored_at__isnull=False).select_related("scored_by")
    found = list(scored.prefetch_related("items").order_by("-scored_at")[:LATEST])
    shown = []
    for one in found:
        items = list(one.items.all())
        points = sum(getattr(item, aspect) for item in items for aspect in inspections.ASPECTS)
        shown.append((one, inspections.share(points, len(items)), [item for item in items if item.words]))
    rewards = Reward.objects.filter(person=user).select_related("given_by").order_by("-at", "-id")[:LATEST]
    return {"rewards": list(rewards), "inspections": shown}


def own(user: User) -> QuerySet[Measure]:
    """The person's own warnings and fines."""
    return Measure.objects.filter(person=user).select_related("given_by", "withdrawn_by")


@require_safe
@needs(Duty.ANSWER)
def my_conduct(request: HttpRequest) -> HttpResponse:
    """The person's own warnings and fines, newest first; nobody else's."""
    page = keyset.page(own(request.user), order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    said = {one.measure_id: one for one in Objection.objects.filter(measure__in=page.rows).select_related("decided_by")}
    evidence = {one.measure_id: one for one in Proposal.objects.filter(measure__in=page.rows)}
    rows = [
        {
            "measure": measure,
            "state": state_of(measure),
            "objection": said.get(measure.pk),
            "words": proposals.sentence(evidence[measure.pk]) if measure.pk in evidence else "",
            "may_object": measure.state == "standing" and measure.pk not in said,
        }
        for measure in page.rows
    ]
    context = {"page": page, "rows": rows, **_praise(request.user)}
    return render_part(request, "staff/my_conduct.html", context, part="list")


@require_POST
@needs(Duty.ANSWER)
def my_conduct_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Acknowledge: it was seen, which admits nothing."""
    measures.acknowledge(_own(request, pk), by=request.user, now=timezone.now())
    messages.success(request, _("Noted that you have seen it"))
    return go(request, "my_conduct")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.ANSWER)
def my_conduct_object(request: HttpRequest, pk: int) -> HttpResponse:
    """Object, once."""
    found = _own(request, pk)
    form = ObjectForm(request.POST if request.method == "POST" else None)
    why = refusal(objections.check_object, found, by=request.user)
    context = {"form": form, "measure": found, "refusal": why, "state": state_of(found)}
    if request.method != "POST":
        return render_part(request, "staff/my_conduct_object.html", context, part="form")
    if form.is_valid():
        with refusals_on(form):
            objections.raise_objection(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your objection is with the manager, who decides"))
            return go(request, "my_conduct")
    return render_invalid(request, "staff/my_conduct_object.html", context, part="form")

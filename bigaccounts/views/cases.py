"""One bulk case: its page in parts, and everything that is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bigaccounts.models import Case
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from staff.access import needs
from staff.roles import Duty

from .acts import ACTS, TABS
from .parts import context_of

TEMPLATE = "bigaccounts/case.html"


def fetch(request: HttpRequest, pk: int) -> Case:
    """The case, if it is within the viewer's scope."""
    people = ("key", "office__policy", "office__branch", "supervisor", "rep", "opened_by")
    return get_object_or_404(Case.objects.visible_to(request.user).select_related(*people), pk=pk)


@require_safe
@needs(Duty.SEE_BULK)
def bulk_case(request: HttpRequest, pk: int) -> HttpResponse:
    """The case itself: where it stands, contacts, journal, what happened."""
    return render_part(request, TEMPLATE, context_of(request, fetch(request, pk), ""), part="case")


@require_safe
@needs(Duty.SEE_BULK)
def bulk_tab(request: HttpRequest, pk: int, tab: str) -> HttpResponse:
    """Another part of the case: plan, discount, contract, files, execution."""
    case = fetch(request, pk)
    if not tab or tab not in TABS:
        raise Http404
    context = context_of(request, case, tab)
    if tab not in dict(context["tabs"]):
        raise Http404
    return render_part(request, TEMPLATE, context, part="case")


@require_POST
@needs(Duty.SEE_BULK)
def bulk_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do something with the case; what the rule refuses is said on the page, with everything that was typed."""
    if act not in ACTS:
        raise Http404
    found, chosen, now = fetch(request, pk), ACTS[act], timezone.now()
    refused = chosen.refusal(found, by=request.user, now=now)
    if refused is not None:
        messages.error(request, f"{refused} ({refused.rule})")
        return _back(request, pk, chosen.tab)
    form = chosen.form(request.POST, request.FILES, case=found, auto_id=f"{act}_%s")
    if form.is_valid():
        with refusals_on(form):
            chosen.rule(found, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, str(chosen.words))
            return _back(request, pk, chosen.tab)
    wrong: dict[str, Any] = {act: form}
    return render_invalid(request, TEMPLATE, context_of(request, fetch(request, pk), chosen.tab, wrong), part="case")


def _back(request: HttpRequest, pk: int, tab: str) -> HttpResponse:
    return go(request, "bulk_tab", pk, tab) if tab else go(request, "bulk_case", pk)

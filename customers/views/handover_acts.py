"""One handover and its steps: confirmed by both sides, changed by hand, made anew, stopped (HAND-01)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import handover as rules
from customers.forms_handover import AnewForm, GiveForm, ReassignForm, RequestForm
from customers.models import Handover
from staff.access import needs
from staff.models import User

from .handovers import ONE, SEES, context_of, fetch, items_of


def _here(found: Handover) -> dict[str, Any]:
    return {"office": found.office, "today": found.office.today(timezone.now())}


def _give_form(found: Handover, by: User, data: Any = None) -> forms.Form:
    return GiveForm(data, in_person=by.pk == found.giver_id, auto_id="give_%s")


def _plain(found: Handover, by: User, data: Any = None) -> forms.Form:
    return forms.Form(data)


def _reassign_form(found: Handover, by: User, data: Any = None) -> forms.Form:
    return ReassignForm(data, items=items_of(found, by), auto_id="reassign_%s", **_here(found))


def _anew_form(found: Handover, by: User, data: Any = None) -> forms.Form:
    return AnewForm(data, auto_id="anew_%s", **_here(found))


def _request_form(found: Handover, by: User, data: Any = None) -> forms.Form:
    return RequestForm(data, auto_id="request_%s", **_here(found))


def _reassign(found: Handover, *, items: Any, to: User, by: User, now: Any) -> None:
    rules.reassign(found, [item.pk for item in items], to=to, by=by, now=now)


def _hand_request_over(found: Handover, *, request: int, to: User, by: User, now: Any) -> None:
    rules.hand_request_over(found, request, to=to, by=by, now=now)


# Each step: its check, its form, its rule, its words.
STEPS: dict[str, tuple[Callable[..., None], Callable[..., forms.Form], Callable[..., Any], Any]] = {
    "give": (lambda found, by: rules.check_give(found, by=by), _give_form, rules.give, _("Confirmed by the giver")),
    "receive": (
        lambda found, by: rules.check_receive(found, by=by, now=timezone.now()),
        _plain,
        rules.receive,
        _("Your part is confirmed"),
    ),
    "reassign": (
        lambda found, by: rules.check_edit(found, by=by),
        _reassign_form,
        _reassign,
        _("Changed: both sides are asked to confirm again"),
    ),
    "anew": (
        lambda found, by: rules.check_edit(found, by=by),
        _anew_form,
        rules.propose_anew,
        _("Proposed anew: both sides are asked to confirm"),
    ),
    "request": (
        lambda found, by: rules.check_runs(found.office, found.giver, by=by),
        _request_form,
        _hand_request_over,
        _("Somebody else looks after the request now"),
    ),
    "cancel": (
        lambda found, by: rules.check_cancel(found, by=by),
        _plain,
        rules.cancel,
        _("Cancelled: the rest stays with the giver"),
    ),
}


def _forms(found: Handover, by: User, wrong: tuple[str, forms.Form] | None) -> dict[str, Any]:
    """The forms of the steps that the viewer may take now; ``stale``: the refused one of a step that is closed now."""
    shown: dict[str, Any] = {}
    for name, (check, make, _rule, _words) in STEPS.items():
        try:
            check(found, by)
        except RuleError:
            continue
        shown[name] = wrong[1] if wrong and wrong[0] == name else make(found, by)
    stale = wrong[1] if wrong and wrong[0] not in shown else None
    people = list(shown["request"].fields["to"].choices) if "request" in shown else []
    return {"forms": shown, "stale": stale, "wrong": wrong[0] if wrong else "", "successors": people}


@require_safe
@needs(*SEES)
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan, who confirmed, how far it is carried out."""
    found = fetch(request, pk)
    context = {**context_of(request, found), **_forms(found, request.user, None)}
    return render_part(request, ONE, context, part="handover")


@require_POST
@needs(*SEES)
def handover_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One step; what is refused comes back with what was typed."""
    if act not in STEPS:
        raise Http404
    found = fetch(request, pk)
    _check, make, rule, words = STEPS[act]
    form = make(found, request.user, request.POST)
    if form.is_valid():
        with refusals_on(form):
            rule(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, words)
            return go(request, "handover", pk)
    found = fetch(request, pk)
    context = {**context_of(request, found), **_forms(found, request.user, (act, form))}
    return render_invalid(request, ONE, context, part="handover")

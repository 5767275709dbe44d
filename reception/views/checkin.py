"""Check-in of visitors and calls: the answer while typing, one button, then what was decided (REG-06, REC-07)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part, wants_part
from customers.models import LineKind
from reception import answer, checkin
from reception.arrival import Arrival
from reception.forms import CallForm, CheckInForm, ContactForm, sellers
from staff.access import needs
from staff.roles import Duty

TEMPLATE = "reception/check_in.html"
CALL_TEMPLATE = "reception/call_in.html"


def _form(request: HttpRequest, kind: type[ContactForm], now: datetime, data: Any = None) -> Any:
    office = request.user.office
    return kind(data, office=office, user=request.user, people=sellers(office, now=now))


def _answer(request: HttpRequest, form: ContactForm, now: datetime) -> answer.Answer:
    """What to say of the form as typed so far; fields that are not right yet are left out."""
    form.is_valid()
    return answer.to(request.user.office, form.arrival(), by=request.user, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.CHECK_IN)
def check_in(request: HttpRequest) -> HttpResponse:
    """The form at the desk; posted, the visitor is registered and the page of the decision follows."""
    now = timezone.now()
    form = _form(request, CheckInForm, now, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        empty = Arrival(kind=LineKind.VISIT)
        context = {"form": form, "answer": answer.to(request.user.office, empty, by=request.user, now=now)}
        return render_part(request, TEMPLATE, context, part="form")
    if form.is_valid():
        with refusals_on(form):
            told = checkin.check_in(request.user.office, form.arrival(), by=request.user, now=now)
            return _told(request, told, form.cleaned_data["expected"])
    context = {"form": form, "found": _chosen(form, now), "answer": _answer_if_any(request, form, now)}
    return render_invalid(request, TEMPLATE, context, part="form")


def _answer_if_any(request: HttpRequest, form: ContactForm, now: datetime) -> answer.Answer | None:
    """The answer beside a form with errors; without one for somebody who looked up too much."""
    try:
        return _answer(request, form, now)
    except RuleError:
        return None


def _told(request: HttpRequest, told: checkin.CheckedIn, expected: int | None = None) -> HttpResponse:
    """Go to the page that tells the decision; say so if it is the answer to an earlier press, or another's turn."""
    if told.repeated:
        messages.info(request, _("This was registered already: here is the first answer"))
    elif told.reception is not None and expected not in (None, told.reception.receiver_id):
        messages.warning(request, _overtaken(request, told, expected))
    if told.line is not None:
        return go(request, "check_in_done", told.line.number)
    assert told.reception is not None
    return go(request, "check_in_looked", told.reception.pk)


def _overtaken(request: HttpRequest, told: checkin.CheckedIn, expected: int | None) -> str:
    """Whose turn it was when the desk looked, and whose it became while it typed."""
    person = sellers(request.user.office, now=timezone.now()).get(expected or 0)
    words = {"expected": person or _("somebody"), "receiver": told.reception.receiver}
    return _("The board moved on while you typed: no longer %(expected)s, but %(receiver)s receives") % words


def _chosen(form: CheckInForm, now: datetime) -> list[answer.Found]:
    """The customer chosen under "more", so that a form with errors keeps the choice."""
    known = form.cleaned_data.get("known")
    return answer.shown([known], form.office, now=now) if known else []


@require_POST
@needs(Duty.CHECK_IN)
def check_in_answer(request: HttpRequest) -> HttpResponse:
    """What the product says to the phone number and the rest typed so far. A POST: numbers stay out of addresses."""
    now = timezone.now()
    call = request.POST.get("kind") == "call"
    form = _form(request, CallForm if call else CheckInForm, now, request.POST)
    try:
        context = {"answer": _answer(request, form, now), "form": form, "call": call}
    except RuleError as error:
        return render(request, "reception/_refused.html", {"error": error}, status=429)
    if wants_part(request):
        return render(request, "reception/_answer.html", context)
    context["form"] = _form_with(request, form, now)
    return render(request, CALL_TEMPLATE if call else TEMPLATE, context)


def _form_with(request: HttpRequest, form: ContactForm, now: datetime) -> ContactForm:
    """The same form with what was typed and no complaint: it was not sent off yet."""
    kind = type(form)
    return kind(office=form.office, user=request.user, people=form.people, initial=request.POST.dict())


@require_POST
@needs(Duty.CHECK_IN)
def check_in_find(request: HttpRequest) -> HttpResponse:
    """Known customers by number, phone or name, to connect the visitor with; masked, within the person's scope."""
    now = timezone.now()
    try:
        found = answer.find(request.user.office, request.POST.get("find", "")[:60], by=request.user, now=now)
    except RuleError as error:
        return render(request, "reception/_refused.html", {"error": error}, status=429)
    context: dict[str, Any] = {"found": found, "asked": True}
    if wants_part(request):
        return render(request, "reception/_found.html", context)
    context["form"] = _form_with(request, _form(request, CheckInForm, now), now)
    return render(request, TEMPLATE, context | {"more_open": True})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.CHECK_IN)
def call_in(request: HttpRequest) -> HttpResponse:
    """A call that came in: phone, name, who answered."""
    now = timezone.now()
    form = _form(request, CallForm, now, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render_part(request, CALL_TEMPLATE, {"form": form, "call": True}, part="form")
    if form.is_valid():
        with refusals_on(form):
            return _told(request, checkin.check_in(request.user.office, form.arrival(), by=request.user, now=now))
    return render_invalid(request, CALL_TEMPLATE, {"form": form, "call": True}, part="form")

"""A customer's consent: where it stands, written down, taken back (PRIV-01, PRIV-03)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import consent
from customers.forms_consent import ConsentForm, WithdrawForm
from customers.models import Customer, Purpose
from staff.access import needs
from staff.roles import Duty

from .card_page import name_of
from .customer import fetch

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
TEMPLATE = "customers/consent.html"


def _open_to(words: list[consent.LastWord]) -> list[Any]:
    """The purposes not agreed to yet, each with the wording that is read out."""
    return [(word.purpose.value, word.asks) for word in words if not word.given]


def _context(request: HttpRequest, customer: Customer, **wrong: Any) -> dict[str, Any]:
    """Everything the page shows. ``wrong``: ``form``, or ``withdraw``, a form that was just refused."""
    said = consent.history(customer)
    words, open_to = consent.last_words(said), []
    if refused := refusal(consent.check_takes, customer, by=request.user, now=timezone.now()):
        form = None
    else:
        open_to = _open_to(words)
        form = wrong.get("form") or (ConsentForm(open_to=open_to) if open_to else None)
    bad = wrong.get("withdraw")
    return {
        "customer": customer,
        "name": name_of(customer),
        "words": [
            (word, _withdrawing(word.purpose, bad), bad is not None and bad["purpose"].value() == word.purpose)
            for word in words
        ],
        "said": said,
        "form": form,
        "refusal": refused,
        "bad": bad,
    }


def _withdrawing(purpose: Purpose, bad: WithdrawForm | None) -> WithdrawForm:
    """The form that takes one purpose back; the refused one where it is of that purpose."""
    if bad is not None and bad["purpose"].value() == purpose:
        return bad
    return WithdrawForm(initial={"purpose": purpose}, auto_id=f"{purpose}_%s")


def _wrong(request: HttpRequest, customer: Customer, **wrong: forms.Form) -> HttpResponse:
    return render_invalid(request, TEMPLATE, _context(request, customer, **wrong), part="consent")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*SEES)
def customer_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """What the customer agrees to, with all that was said before; a post writes a consent down."""
    customer = fetch(request, pk)
    if request.method != "POST":
        return render_part(request, TEMPLATE, _context(request, customer), part="consent")
    form = ConsentForm(request.POST, open_to=Purpose.choices)
    if form.is_valid():
        with refusals_on(form):
            consent.give(customer, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The consent is written down"))
            return go(request, "customer_consent", pk)
    form.fields["purposes"].choices = _open_to(  # type: ignore[attr-defined]
        consent.last_words(consent.history(customer))
    )
    return _wrong(request, customer, form=form)


@require_POST
@needs(*SEES)
def customer_consent_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer takes a consent back: it counts from this moment."""
    customer = fetch(request, pk)
    form = WithdrawForm(request.POST, auto_id=f"{request.POST.get('purpose', '')[:10]}_%s")
    if form.is_valid():
        with refusals_on(form):
            consent.withdraw(customer, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The withdrawal is written down and counts at once"))
            return go(request, "customer_consent", pk)
    return _wrong(request, customer, withdraw=form)

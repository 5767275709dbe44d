"""The A-card of a customer: written as a draft, submitted, read in its versions (CARD-01..06)."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part, wants_part
from customers import access, cards
from customers.forms_card import CardForm
from customers.models import Card, Customer
from staff.access import needs
from staff.roles import Duty

from .card_page import TEMPLATE, context_of, proposal
from .customer import fetch

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)


@require_safe
@needs(*SEES)
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The A-card; for its owner a form while it may be written. The opening is logged (ACC-05)."""
    customer = fetch(request, pk)
    if request.method == "GET":
        access.opened(customer, by=request.user, now=timezone.now())
    return render_part(request, TEMPLATE, context_of(request, customer), part="card")


@require_POST
@needs(*SEES)
def card_level(request: HttpRequest, pk: int) -> HttpResponse:
    """The level that the findings on the form propose, live (CARD-03)."""
    fetch(request, pk)
    return render(request, "customers/_card_level.html", {"proposed": proposal(CardForm(request.POST))})


def _keep(customer: Customer, form: CardForm, request: HttpRequest) -> Card:
    now = timezone.now()
    return cards.save_draft(customer, by=request.user, now=now, content=form.content, findings=form.found)


@require_POST
@needs(*SEES)
def card_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the draft as far as it goes; for htmx the answer is one line."""
    customer, form = fetch(request, pk), CardForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            _keep(customer, form, request)
    if wants_part(request):
        status = 422 if form.errors else 200
        return render(request, "customers/_card_saved.html", {"form": form, "now": timezone.now()}, status=status)
    if form.errors:
        return render_invalid(request, TEMPLATE, context_of(request, customer, form=form), part="card")
    messages.success(request, _("The draft is saved"))
    return go(request, "card", pk)


@transaction.atomic
def _submit(customer: Customer, form: CardForm, request: HttpRequest) -> Card:
    _keep(customer, form, request)
    said = {"level": form.cleaned_data["level"], "reason": form.cleaned_data["reason"]}
    return cards.submit(customer, by=request.user, now=timezone.now(), findings=form.findings, **said)


@require_POST
@needs(*SEES)
def card_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit the card to the supervisor: from then on its content is fixed (CARD-04)."""
    customer, form = fetch(request, pk), CardForm(request.POST, submitting=True)
    if form.is_valid():
        with refusals_on(form):
            made = _submit(customer, form, request)
            messages.success(
                request, _("Submitted at level %(level)s: the supervisor signs it") % {"level": made.level}
            )
            return go(request, "card", pk)
    return render_invalid(request, TEMPLATE, context_of(request, customer, form=form), part="card")

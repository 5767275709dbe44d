"""Two pages of the supervisor: a customer goes to another rep; a person is joined to a customer (OWN-01, OWN-14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import disputes, joining, ownership
from customers.forms import JoinForm, TransferForm
from customers.forms_disputes import DisputeForm
from customers.models import Customer
from staff.access import needs
from staff.roles import Duty

from .customer import fetch

TEMPLATE = "customers/change.html"


def _act(
    request: HttpRequest,
    found: Customer,
    form: forms.Form,
    rule: Callable[..., Any],
    words: dict[str, Any],
) -> HttpResponse:
    """Show ``form``; on a valid post call ``rule`` with what was typed and go back to the customer."""
    context = {"form": form, "customer": found, **words}
    if request.method != "POST":
        return render_part(request, TEMPLATE, context, part="form")
    if form.is_valid():
        with refusals_on(form):
            rule(found, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, words["done"])
            return go(request, "customer", found.pk)
    return render_invalid(request, TEMPLATE, context, part="form")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def customer_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an active customer to another rep, with a reason that both are told."""
    found, now = fetch(request, pk), timezone.now()
    form = TransferForm(
        request.POST if request.method == "POST" else None, office=found.office, today=found.office.today(now)
    )
    words = {
        "heading": _("Transfer customer no. %(number)s") % {"number": found.number},
        "text": _("The registration starts anew for the new owner. Both are told, with the reason"),
        "action": _("Transfer"),
        "done": _("The customer was transferred"),
        "refusal": refusal(ownership.check_transfer, found, by=request.user, now=now),
    }
    return _act(request, found, form, ownership.transfer, words)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def customer_join(request: HttpRequest, pk: int) -> HttpResponse:
    """Join a person who is no spouse, parent, child or shareholder, in a particular case."""
    found = fetch(request, pk)
    form = JoinForm(request.POST if request.method == "POST" else None)
    words = {
        "heading": _("Join a person to customer no. %(number)s") % {"number": found.number},
        "text": _("From then on the person's phone number finds this customer. The reason is kept beside the name"),
        "action": _("Join"),
        "done": _("The person was joined to the customer"),
        "refusal": refusal(joining.check_join, found, by=request.user),
    }
    return _act(request, found, form, joining.join, words)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def customer_dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a dispute over a customer, for a rep or before anybody claims (OWN-12)."""
    found, now = fetch(request, pk), timezone.now()
    form = DisputeForm(
        request.POST if request.method == "POST" else None, office=found.office, today=found.office.today(now)
    )
    words = {
        "heading": _("Dispute over customer no. %(number)s") % {"number": found.number},
        "text": _("The evidence composes itself from the register, the contacts and the A-card"),
        "action": _("Open the dispute"),
        "done": _("The dispute is open: rule in writing under Disputes"),
        "refusal": refusal(disputes.check_opens, found, by=request.user, now=now, claimant=None),
    }
    return _act(request, found, form, disputes.open_dispute, words)

"""What was advised on a customer: read by the owner, added by the supervisor (REP-01)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from common.forms import PlainForm, refusals_on
from common.htmx import go, render_invalid, render_part
from customers import access, guidance
from customers.models import Customer
from staff.access import needs
from staff.roles import Duty

from .card_page import name_of
from .customer import fetch

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
TEMPLATE = "customers/guidance.html"


class GuidanceForm(PlainForm):
    """A word of guidance."""

    words = forms.CharField(
        label=gettext_lazy("Guidance"), max_length=guidance.LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


def _context(request: HttpRequest, customer: Customer, form: GuidanceForm | None = None) -> dict[str, Any]:
    supervises = request.user.has(Duty.SUPERVISE)
    return {
        "customer": customer,
        "name": name_of(customer),
        "guidance": guidance.of_customer(customer),
        "form": (form or GuidanceForm()) if supervises else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*SEES)
def customer_guidance(request: HttpRequest, pk: int) -> HttpResponse:
    """All guidance on one customer, newest first; a part of the customer's page, or a page of its own."""
    customer, now = fetch(request, pk), timezone.now()
    if request.method != "POST":
        if request.method == "GET" and not request.htmx:
            access.opened(customer, by=request.user, now=now)
        return render_part(request, TEMPLATE, _context(request, customer), part="guidance")
    form = GuidanceForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            guidance.on_customer(customer, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("The guidance is given: the rep is told"))
            return go(request, "customer_guidance", pk)
    return render_invalid(request, TEMPLATE, _context(request, customer, form), part="guidance")

"""Home buyers: the list of retained-customer cards, and the card of one customer (DEAL-04)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import RuleError
from common.forms import refuse
from common.htmx import go, render_invalid, render_part
from customers.models import Customer
from sales import care as rules
from sales import greetings
from sales.forms import CareForm
from sales.models import CareCard, Deal, DealState
from staff.access import needs
from staff.roles import Duty

from .deals import refusal

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
LIST, ONE = "sales/care.html", "sales/care_card.html"
MOST = 200


@require_safe
@needs(*SEES)
def care(request: HttpRequest) -> HttpResponse:
    """The cards within the viewer's scope, key customers and the next birthdays first; those still to be opened."""
    cards = CareCard.objects.visible_to(request.user).select_related("customer__owner")
    context = {
        "cards": cards.order_by("-customer__is_key", "next_birthday", "pk")[:MOST],
        "open": rules.without_card(request.user).select_related("owner")[:MOST],
        "keeps": request.user.has(Duty.CORRECT),
    }
    return render_part(request, LIST, context, part="list")


@require_safe
@needs(Duty.SEE_OWN)
def care_today(request: HttpRequest) -> HttpResponse:
    """Birthdays and festivals for the rep's day: a part of that page, or a page of its own without JavaScript."""
    found = greetings.of(request.user, now=timezone.now())
    return render_part(request, "sales/care_today.html", {"found": found}, part="greetings")


def _initial(card: CareCard | None) -> dict[str, Any]:
    """What the card says, field by field."""
    if card is None:
        return {}
    said: dict[str, Any] = {"address": card.address, "payment": card.payment}
    known = rules.parts(card.birthday)
    if known is not None:
        said |= dict(zip(("calendar", "month", "day", "leap"), known, strict=True))
    return said


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*SEES)
def care_card(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of one customer: read by its owner, kept by the desk."""
    scope = Customer.objects.visible_to(request.user).select_related("office__policy", "key", "owner")
    found, now = get_object_or_404(scope, pk=pk), timezone.now()
    card = CareCard.objects.filter(customer=found).select_related("opened_by").first()
    if card is not None:
        card.customer = found
    form = CareForm(request.POST if request.method == "POST" else None, initial=_initial(card))
    if request.method == "POST" and form.is_valid():
        try:
            rules.save(found, by=request.user, now=now, **form.cleaned_data)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The card is kept"))
            return go(request, "care_card", pk)
    deals = Deal.objects.filter(customer=found).exclude(state=DealState.CANCELLED).select_related("unit")
    refused = refusal(rules.check_keeps, found, by=request.user, now=now)
    bought = [(deal, f"{deal.price:,.2f}") for deal in deals]
    context = {"customer": found, "card": card, "form": form, "bought": bought, "refusal": refused}
    if request.method == "POST":
        return render_invalid(request, ONE, context, part="card")
    return render_part(request, ONE, context, part="card")

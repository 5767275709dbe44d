"""Home buyers: the list of retained-customer cards, and the card of one customer (DEAL-04)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers.models import Customer, Person
from customers.rows import KEY, Opener, with_first_person
from customers.views.card_page import name_of
from sales import care as rules
from sales import greetings
from sales.birthdays import CALENDARS
from sales.forms import CareForm
from sales.models import CareCard, Deal, DealState
from staff.access import needs
from staff.models import User
from staff.roles import Duty

from .deals import shown_price

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
LIST, ONE = "sales/care.html", "sales/care_card.html"
MOST = 200
NAME = {"model": "Person", "field": "name"}
FIELDS = (
    *("pk", "customer_id", "customer__number", "customer__is_key", "customer__owner__name"),
    *("next_birthday", "opened_at", "birthday_sealed", "name_sealed", *KEY),
)
OPEN_FIELDS = ("pk", "number", "is_key", "owner__name", "name_sealed", "uuid", "key__kek", "key__wrapped")


def cards(user: User) -> QuerySet[CareCard]:
    """The cards within the viewer's scope, key customers and the next birthdays first."""
    person = Person.objects.filter(customer=OuterRef("customer")).order_by("pk")
    found = CareCard.objects.visible_to(user).annotate(name_sealed=Subquery(person.values("name_sealed")[:1]))
    return found.order_by("-customer__is_key", "next_birthday", "pk")


def to_open(user: User) -> QuerySet[Customer]:
    """Home buyers whose card is still to be opened."""
    return with_first_person(rules.without_card(user))


@require_safe
@needs(*SEES)
def care(request: HttpRequest) -> HttpResponse:
    """The cards within the viewer's scope, key customers and the next birthdays first; those still to be opened."""
    context = {
        "cards": shown(list(cards(request.user).values(*FIELDS)[:MOST])),
        "open": shown_open(list(to_open(request.user).values(*OPEN_FIELDS)[:MOST])),
        "keeps": request.user.has(Duty.CORRECT),
    }
    return render_part(request, LIST, context, part="list")


@require_safe
@needs(Duty.SEE_OWN)
def care_today(request: HttpRequest) -> HttpResponse:
    """Birthdays and festivals for the rep's day: a part of that page, or a page of its own without JavaScript."""
    found = greetings.of(request.user, now=timezone.now())
    return render_part(request, "sales/care_today.html", {"found": found}, part="greetings")


def shown(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cards as the list shows them."""
    opener = Opener()
    return [_row(row, opener) for row in found]


def shown_open(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Home buyers without a card as the list shows them."""
    opener = Opener()
    return [{**row, "name": opener.text(row, row["name_sealed"], **NAME, of="") or "—"} for row in found]


def _row(row: dict[str, Any], opener: Opener) -> dict[str, Any]:
    """A card as the list shows it: the name, and the birthday by its own calendar."""
    kept = opener.text(row, row["birthday_sealed"], model="CareCard", field="birthday")
    return {**row, "name": opener.text(row, row["name_sealed"], **NAME) or "—", "kept": _in_words(kept)}


def _in_words(kept: str) -> str:
    """A kept birthday in words: calendar, month, day."""
    known = rules.parts(kept)
    if known is None:
        return ""
    calendar, month, day, leap = known
    return f"{dict(CALENDARS)[calendar]} {_('leap') if leap else ''}{month}-{day}"


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
        with refusals_on(form):
            rules.save(found, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("The card is kept"))
            return go(request, "care_card", pk)
    deals = Deal.objects.filter(customer=found).exclude(state=DealState.CANCELLED).select_related("unit")
    refused = refusal(rules.check_keeps, found, by=request.user, now=now)
    bought = [(deal, shown_price(deal.price, sealed=deal.price_sealed)) for deal in deals]
    context: dict[str, Any] = {"customer": found, "card": card, "form": form, "bought": bought, "refusal": refused}
    context |= {"name": name_of(found), "kept": _in_words(card.birthday if card else "")}
    if request.method == "POST":
        return render_invalid(request, ONE, context, part="card")
    return render_part(request, ONE, context, part="card")

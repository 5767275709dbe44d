"""What happens to a submitted A-card: signed, returned, filed, printed, found again by the code on its print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import phones
from common.errors import RuleError
from common.htmx import go, render_invalid
from customers import access, card_content, cards
from customers.forms_card import ReturnForm, SignForm
from customers.models import Customer
from customers.qr import drawn
from staff.access import needs
from staff.leaving import check_may_export
from staff.roles import Duty

from .card_page import TEMPLATE, card_of, context_of, line_of, verdict_of
from .customer import fetch

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
ON_PAPER = 8
ROOMY, ROOM = 300, 1250  # characters of the fields: as on the form, and small


def _judge(request: HttpRequest, pk: int, kind: str, form: Any, rule: Callable[..., Any], done: str) -> HttpResponse:
    """Decide on a submitted card; a refusal is shown beside what was typed."""
    customer = fetch(request, pk)
    if form.is_valid():
        try:
            rule(customer, by=request.user, now=timezone.now(), **form.cleaned_data)
        except RuleError as error:
            messages.error(request, f"{error} ({error.rule})")
            return go(request, "card", pk)
        else:
            messages.success(request, done)
            return go(request, "card", pk)
    return render_invalid(request, TEMPLATE, context_of(request, customer, **{kind: form}), part="card")


@require_POST
@needs(Duty.SUPERVISE)
def card_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The supervisor signs, with guidance (CARD-04)."""
    form = SignForm(request.POST, auto_id="sign_%s")
    return _judge(request, pk, "sign", form, cards.sign, _("Signed"))


@require_POST
@needs(Duty.SUPERVISE)
def card_return(request: HttpRequest, pk: int) -> HttpResponse:
    """The supervisor returns the card with a reason that the rep reads (CARD-04)."""
    form = ReturnForm(request.POST, auto_id="return_%s")
    return _judge(request, pk, "send_back", form, cards.send_back, _("Returned: the rep is told"))


@require_POST
@needs(*SEES)
def card_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner or the clerk files the signed card (CARD-04)."""
    try:
        cards.file(fetch(request, pk), by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, _("The A-card is filed"))
    return go(request, "card", pk)


def _contacts(customer: Customer) -> list[Any]:
    """The latest contacts for the table of the paper form, oldest first."""
    rows = list(customer.follow_ups.select_related("author").order_by("-at", "-pk")[:ON_PAPER])
    for row in rows:
        row.customer = customer
    return rows[::-1]


def _people(customer: Customer) -> list[tuple[str, str, str]]:
    """(name, what they are, masked number) of each person."""
    rows = list(customer.people.order_by("pk"))
    for row in rows:
        row.customer = customer
    return [(row.name or "—", str(row.get_relation_display()), phones.mask(row.phone) or "—") for row in rows]


def _on_paper(content: str) -> dict[str, Any]:
    """What the card says as one page holds it, in small type where it is much."""
    said, cut = card_content.on_paper(card_content.shown(card_content.read(content)), ROOM)
    return {"said": said, "cut": cut, "tight": sum(len(text) for *_, text in said) > ROOMY}


@require_POST
@needs(*SEES)
def card_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The card on one A4 page; each print is logged and carries its number (CARD-07, ACC-05)."""
    customer, now = fetch(request, pk), timezone.now()
    try:
        check_may_export(request.user)
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
        return go(request, "card", pk)
    card = card_of(customer)
    version = card.versions.select_related("by").last() if card else None
    if version is not None:
        version.customer = customer
    contacts = _contacts(customer)
    number = access.printed(f"card:{customer.pk}", office=customer.office, by=request.user, now=now)
    context = {
        "customer": customer,
        "card": card,
        "version": version,
        **_on_paper(version.content if version else ""),
        "people": _people(customer),
        "contacts": contacts,
        "blank": range(ON_PAPER - len(contacts)),
        "qr": drawn(request.build_absolute_uri(reverse("card_code", args=[customer.uuid]))),
        "number": f"{number:06d}",
        "now": now,
        **line_of(customer),
        **verdict_of(customer, card),
    }
    return render(request, "customers/card_print.html", context)


@require_safe
@needs(*SEES)
def card_code(request: HttpRequest, code: UUID) -> HttpResponse:
    """The card whose print carries this code, for those who may see it; 404 for everybody else."""
    return go(request, "card", get_object_or_404(Customer.objects.visible_to(request.user), uuid=code).pk)

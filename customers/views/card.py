"""The A-card of a customer: written as a draft, submitted, read in its versions (CARD-01..06)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import RuleError
from common.forms import refuse
from common.htmx import go, render_invalid, render_part, wants_part
from customers import access, card_content, card_deadlines, cards, level_line, levels
from customers.forms_card import CardForm, ReturnForm, SignForm
from customers.models import Card, CardState, Customer, LevelChange, RegisterLine
from staff.access import needs
from staff.roles import Duty

from .customer import CARD_COLOURS, fetch, refusal

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
TEMPLATE = "customers/card.html"
AUTHORS = ("signed_by", "returned_by", "filed_by", "closed_by")
OPEN_TO_WRITE = (CardState.DRAFT, CardState.RETURNED)


def card_of(customer: Customer) -> Card | None:
    """The card with its customer beside it, so that its words open without another statement."""
    card = Card.objects.select_related(*AUTHORS).filter(customer=customer, number=customer.number).first()
    if card is not None:
        card.customer = customer
    return card


def name_of(customer: Customer) -> str:
    """The name by which the customer goes."""
    person = customer.people.order_by("pk").first()
    if person is None:
        return "—"
    person.customer = customer
    return person.name or "—"


def versions_of(card: Card | None) -> list[dict[str, Any]]:
    """What was submitted, newest first."""
    rows = list(card.versions.select_related("by").order_by("-version")) if card else []
    for row in rows:
        row.customer = card.customer  # type: ignore[union-attr]
    return [{"row": row, "said": card_content.shown(card_content.read(row.content))} for row in rows]


def line_of(customer: Customer) -> dict[str, Any]:
    """The level as a line over time, and its numbers."""
    changes = list(LevelChange.objects.filter(customer=customer).select_related("by").order_by("at", "pk"))
    drawn = level_line.draw([(one.at, one.became) for one in changes], timezone.now())
    return {"drawing": drawn, "changes": changes}


def verdict_of(customer: Customer, card: Card | None) -> dict[str, Any]:
    """The deadlines, whether the card is protected, and why."""
    office, now = customer.office, timezone.now()
    due_from = card.due_from if card else cards.deadline_day(customer, office)
    judgement, reasons = card_deadlines.verdict(card, due_from=due_from, office=office, now=now)
    return {
        "steps": card_deadlines.steps(card, due_from=due_from, office=office, now=now),
        "judgement": judgement,
        "reasons": reasons,
    }


def context_of(request: HttpRequest, customer: Customer, **wrong: Any) -> dict[str, Any]:
    """Everything the page shows. ``wrong``: ``form``, ``sign`` or ``send_back``, forms that were just refused."""
    card, by = card_of(customer), request.user
    state = card.state if card else CardState.DRAFT
    own = refusal(cards.check_own, customer, by=by, now=timezone.now())
    own = own or (refusal(cards.check_open, card) if card else None)
    again = state == CardState.FILED and (request.GET.get("edit") == "1" or "form" in wrong)
    writes = own is None and (state in OPEN_TO_WRITE or again)
    form = (wrong.get("form") or CardForm.of(card)) if writes else None
    line = RegisterLine.objects.filter(office=customer.office, number=customer.number).only("source").first()
    signs = card is not None and refusal(cards.check_sign, card, by=by) is None
    seen = {"seen": cards.stamp(card)} if card is not None else {}
    files = card is not None and state == CardState.SIGNED
    return {
        "customer": customer,
        "name": name_of(customer),
        "card": card,
        "state": (CARD_COLOURS[CardState(state)], CardState(state).label),
        "source": line.get_source_display() if line else "—",
        "form": form,
        "stale": None if writes else wrong.get("form"),
        "proposed": proposal(form) if form else None,
        "refusal": own if own and customer.owner_id == by.pk else None,
        "versions": versions_of(card),
        "sign_form": (wrong.get("sign") or SignForm(auto_id="sign_%s", initial=seen)) if signs else None,
        "return_form": (wrong.get("send_back") or ReturnForm(auto_id="return_%s", initial=seen)) if signs else None,
        "returning": "send_back" in wrong,
        "may_file": files and (own is None or refusal(cards.check_files, card, by=by) is None),
        "may_renew": own is None and state == CardState.FILED and not again,
        **line_of(customer),
        **verdict_of(customer, card),
    }


def proposal(form: CardForm) -> dict[str, Any] | None:
    """The level that the findings of a form give; None until each is said."""
    said = {name: form[name].value() for name in ("need", "confidence", "power")}
    if not all(value in ("yes", "no") for value in said.values()):
        return None
    level = levels.propose(**{name: value == "yes" for name, value in said.items()})
    return {"level": level, "other": form["level"].value() not in ("", None, level)}


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
        try:
            _keep(customer, form, request)
        except RuleError as error:
            refuse(form, error)
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
        try:
            made = _submit(customer, form, request)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(
                request, _("Submitted at level %(level)s: the supervisor signs it") % {"level": made.level}
            )
            return go(request, "card", pk)
    return render_invalid(request, TEMPLATE, context_of(request, customer, form=form), part="card")

"""What the page of an A-card shows: its content and versions, the level over time, the deadlines, the forms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from common.errors import refusal
from customers import card_content, card_deadlines, cards, level_line, levels
from customers.forms_card import CardForm, ReturnForm, SignForm
from customers.models import Card, CardState, Customer, LevelChange, RegisterLine
from staff.models import User

from .customer import CARD_COLOURS

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
    for one in changes:
        one.customer = customer
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
    state = CardState(card.state) if card else CardState.DRAFT
    own = refusal(cards.check_own, customer, by=by, now=timezone.now())
    own = own or (refusal(cards.check_open, card) if card else None)
    again = state == CardState.FILED and (request.GET.get("edit") == "1" or "form" in wrong)
    writes = own is None and (state in OPEN_TO_WRITE or again)
    form = (wrong.get("form") or CardForm.of(card)) if writes else None
    line = RegisterLine.objects.filter(office=customer.office, number=customer.number).only("source").first()
    files = card is not None and state == CardState.SIGNED
    return {
        "customer": customer,
        "name": name_of(customer),
        "card": card,
        "state": (CARD_COLOURS[state], state.label),
        "source": line.get_source_display() if line else "—",
        "form": form,
        "stale": None if writes else wrong.get("form"),
        "proposed": proposal(form) if form else None,
        "refusal": own if own and customer.owner_id == by.pk else None,
        "versions": versions_of(card),
        "may_file": files and (own is None or refusal(cards.check_files, card, by=by) is None),
        "may_renew": own is None and state == CardState.FILED and not again,
        **_judging(card, by, wrong),
        **line_of(customer),
        **verdict_of(customer, card),
    }


def _judging(card: Card | None, by: User, wrong: dict[str, Any]) -> dict[str, Any]:
    """The forms of whoever may sign or return the card; what they carry says which submission was read."""
    forms: dict[str, Any] = {"sign_form": None, "return_form": None, "returning": "send_back" in wrong}
    if card is not None and refusal(cards.check_sign, card, by=by) is None:
        seen = {"seen": cards.stamp(card)}
        forms["sign_form"] = wrong.get("sign") or SignForm(auto_id="sign_%s", initial=seen)
        forms["return_form"] = wrong.get("send_back") or ReturnForm(auto_id="return_%s", initial=seen)
    return forms


def proposal(form: CardForm) -> dict[str, Any] | None:
    """The level that the findings of a form give; None until each is said."""
    said = {name: form[name].value() for name in ("need", "confidence", "power")}
    if not all(value in ("yes", "no") for value in said.values()):
        return None
    level = levels.propose(**{name: value == "yes" for name, value in said.items()})
    return {"level": level, "other": form["level"].value() not in ("", None, level)}

"""A rep's day: the list, one tap to call, one form to record (FUP-05, FUP-07, FUP-08)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import phones
from common.errors import RuleError, refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import access, contacts, guidance
from customers import today as days
from customers.models import CardState, Customer, Person
from staff.access import needs
from staff.roles import Duty

from .customer import contact_form, fetch

TEMPLATE = "customers/today.html"
CALL = "customers/today_call.html"
LISTS = (
    ("overdue", gettext_lazy("Overdue"), "exclamation-triangle"),
    ("due", gettext_lazy("Due today"), "calendar-days"),
    ("handed", gettext_lazy("Handed over to you, call today"), "arrows-right-left"),
    ("calls", gettext_lazy("Visited today, not phoned yet"), "phone"),
    ("cards", gettext_lazy("A-cards to finish"), "identification"),
    ("soon", gettext_lazy("At most 7 days left"), "clock"),
    ("few", gettext_lazy("New, fewer than 2 follow-ups"), "user-plus"),
)
LATEST = 3
SHOWN = {"few": 10}


def _cut(items: list[days.Item], most: int | None) -> list[tuple[bool, list[days.Item]]]:
    """What is shown, and what stays folded, each with whether it is folded."""
    parts = [(False, items[:most]), (True, items[most:])] if most is not None else [(False, items)]
    return [(folded, part) for folded, part in parts if part]


def _lists(found: days.Today) -> list[dict[str, Any]]:
    """The lists that have something, each with its words; of the neglected ones the first are shown, the rest at a tap."""
    return [
        {"name": name, "label": label, "icon": icon, "items": items, "cut": _cut(items, SHOWN.get(name))}
        for name, label, icon in LISTS
        if (items := getattr(found, name))
    ]


@require_safe
@needs(Duty.SEE_OWN)
def today(request: HttpRequest) -> HttpResponse:
    """What is to be done today."""
    found = days.of(request.user, now=timezone.now())
    context = {
        "found": found,
        "lists": _lists(found),
        "more": found.total_due > days.MOST,
        "states": CardState,
        "guided": guidance.fresh(request.user, now=timezone.now()),
    }
    return render_part(request, TEMPLATE, context, part="day")


def _people(customer: Customer) -> list[Person]:
    rows = list(customer.people.order_by("pk"))
    for row in rows:
        row.customer = customer
    return rows


def _context(request: HttpRequest, customer: Customer, form: forms.Form | None = None, **more: Any) -> dict[str, Any]:
    """One customer to contact: who, what was said last, the form."""
    now = timezone.now()
    day = customer.office.today(now)
    people, latest = _people(customer), list(customer.follow_ups.order_by("-at", "-pk")[:LATEST])
    for row in latest:
        row.customer = customer
    callee = next((person for person in people if person.phone), None)
    return {
        "customer": customer,
        "name": next((person.name for person in people if person.name), "—"),
        "masked": phones.mask(callee.phone) if callee else "",
        "latest": latest,
        "guided": guidance.of_customer(customer)[:1],
        "late": max((day - customer.next_due).days, 0) if customer.next_due else 0,
        "left": customer.days_left(day),
        "form": form or contact_form(customer, day),
        "refusal": refusal(contacts.check_follow_up, customer, by=request.user, now=now),
        **more,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SEE_OWN)
def today_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for one contact; what was recorded leads back to the day."""
    customer, now = fetch(request, pk), timezone.now()
    if request.method != "POST":
        if request.method == "GET":
            access.opened(customer, by=request.user, now=now)
        return render_part(request, CALL, _context(request, customer), part="contact")
    form = contact_form(customer, customer.office.today(now), request.POST)
    if form.is_valid():
        with refusals_on(form):
            contacts.record(customer, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("Recorded"))
            return go(request, "today")
    return render_invalid(request, CALL, _context(request, customer, form), part="contact")


@require_POST
@needs(Duty.SEE_OWN)
def today_call(request: HttpRequest, pk: int) -> HttpResponse:
    """The number to call, logged before it is shown, and the form beside it (PRIV-02, FUP-08)."""
    customer, now = fetch(request, pk), timezone.now()
    person = next((one for one in _people(customer) if one.phone), None)
    try:
        contacts.check_follow_up(customer, by=request.user, now=now)
        if person is None:
            raise RuleError(_("No phone number is on record for this person"), rule="PRIV-02")
        number = access.reveal(person, by=request.user, now=now, reason=_("follow-up call"))
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
        return go(request, "today_contact", pk)
    return render_part(request, CALL, _context(request, customer, number=number), part="contact")

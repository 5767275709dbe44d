"""How a customer is classed: tags, the key mark, the second person (REG-12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import key_customers, second_persons, tags
from customers.forms_classes import LiftForm, MarkForm, SecondForm, TagsForm
from customers.models import Customer, CustomerTag, KeyMark, SecondPerson, Tag
from staff.access import needs
from staff.roles import Duty

from .card_page import name_of
from .customer import fetch

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
TEMPLATE = "customers/class.html"
A_QUARTER = timedelta(days=90)
DONE = {
    "mark": gettext_lazy("This is a key customer now: first in greetings and due work"),
    "lift": gettext_lazy("This is no key customer any more"),
    "name": gettext_lazy("The second person was named and told"),
    "end": gettext_lazy("The second person was released and told"),
}


def _offered(customer: Customer, present: list[CustomerTag]) -> list[Tag]:
    """The tags in use, and those that the customer has already."""
    found = {tag.pk: tag for tag in tags.offered(customer.office)}
    found |= {one.tag_id: one.tag for one in present}
    return sorted(found.values(), key=lambda tag: tag.name)


def _form_of(act: str, customer: Customer, data: Any = None) -> forms.Form:
    """The form of one act about the key mark."""
    if act == "name":
        today = customer.office.today(timezone.now())
        initial = {"last": today + A_QUARTER}
        return SecondForm(
            data, office=customer.office, today=today, owner=customer.owner_id, initial=initial, auto_id="name_%s"
        )
    kinds: dict[str, type[forms.Form]] = {"mark": MarkForm, "lift": LiftForm}
    return kinds.get(act, forms.Form)(data, auto_id=f"{act}_%s")


def _context(request: HttpRequest, customer: Customer, **wrong: Any) -> dict[str, Any]:
    """Everything the page shows. ``wrong``: ``tags``, or ``act`` and ``form``: what was just refused."""
    by, now = request.user, timezone.now()
    present, act = tags.on(customer), wrong.get("act", "")
    leads = refusal(second_persons.check_leads, customer, by=by) is None
    may_tag = refusal(tags.check_tags, customer, by=by, now=now) is None
    offered = _offered(customer, present) if may_tag else []
    initial = {"tags": [one.tag_id for one in present]}
    acts = (["lift", "name"] if customer.is_key else ["mark"]) if leads else []
    marks = list(KeyMark.objects.filter(customer=customer).select_related("by", "lifted_by").order_by("-pk"))
    seconds = SecondPerson.objects.filter(customer=customer).select_related("user", "by").order_by("-pk")
    return {
        "customer": customer,
        "name": name_of(customer),
        "present": present,
        "tags_form": (wrong.get("tags") or TagsForm(offered=offered, initial=initial)) if offered else None,
        "may_tag": may_tag,
        "leads": leads,
        "forms": {one: wrong["form"] if one == act else _form_of(one, customer) for one in acts},
        "act": act,
        "bad": wrong.get("form"),
        "marks": _opened(marks, customer),
        "seconds": _opened(list(seconds), customer),
    }


def _opened(rows: list[Any], customer: Customer) -> list[Any]:
    for row in rows:
        row.customer = customer
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*SEES)
def customer_class(request: HttpRequest, pk: int) -> HttpResponse:
    """Tags, key mark and second person; a post sets the tags."""
    customer = fetch(request, pk)
    if request.method != "POST":
        return render_part(request, TEMPLATE, _context(request, customer), part="class")
    form = TagsForm(request.POST, offered=_offered(customer, tags.on(customer)))
    if form.is_valid():
        with refusals_on(form):
            tags.put(customer, form.chosen, by=request.user, now=timezone.now())
            messages.success(request, _("The tags are kept"))
            return go(request, "customer_class", pk)
    return render_invalid(request, TEMPLATE, _context(request, customer, tags=form), part="class")


@require_POST
@needs(Duty.SUPERVISE)
def customer_key(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Mark or lift; name or release the second person."""
    customer = fetch(request, pk)
    rules: dict[str, Callable[..., Any]] = {
        "mark": key_customers.mark,
        "lift": key_customers.lift,
        "name": second_persons.name,
        "end": second_persons.end,
    }
    form = _form_of(act, customer, request.POST)
    if form.is_valid():
        with refusals_on(form):
            rules[act](customer, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, str(DONE[act]))
            return go(request, "customer_class", pk)
    return render_invalid(request, TEMPLATE, _context(request, customer, act=act, form=form), part="class")

"""One customer: people, ownership, lines, contacts, days left; contacts recorded and judged, a number revealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import RuleError, refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part, wants_part
from customers import access, contact_signing, contacts, disputes, levels, ownership, record, rows
from customers.forms import ContactForm, RejectForm, RevealForm
from customers.joining import check_join
from customers.models import CardState, Customer, FollowUp, Person, Standing
from staff.access import needs
from staff.models import User
from staff.roles import Duty

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
TEMPLATE = "customers/customer.html"
CARD_COLOURS = {
    CardState.DRAFT: "draft",
    CardState.SUBMITTED: "pending",
    CardState.RETURNED: "returned",
    CardState.SIGNED: "serving",
    CardState.FILED: "approved",
}


def _contacts(found: record.Record, by: Any, wrong: tuple[int, forms.Form] | None) -> list[dict[str, Any]]:
    """The contacts with what the viewer may do about each."""
    shown = []
    for follow_up in found.follow_ups:
        mine = wrong is not None and wrong[0] == follow_up.pk
        may_decide = refusal(contact_signing.check_decide, follow_up, by=by) is None
        form = (wrong[1] if wrong and mine else RejectForm(auto_id=f"reject{follow_up.pk}_%s")) if may_decide else None
        shown.append({"row": follow_up, "reject": form, "open": mine})
    return shown


def contact_form(customer: Customer, today: date, data: Any = None) -> ContactForm:
    """The form of a contact, with the present level and what the rhythm proposes (FUP-02)."""
    return ContactForm(data, level=customer.level, latest=levels.rhythm(today, customer.office.policy))


def standing_of(found: record.Record, today: date) -> dict[str, Any]:
    """The state of the A-card, and whether the next follow-up is due."""
    customer = found.customer
    state = CardState(found.card_state or CardState.DRAFT)
    late = (today - customer.next_due).days if customer.next_due else 0
    return {
        "card_state": (CARD_COLOURS[state], state.label),
        "late": max(late, 0),
        "due_today": customer.next_due == today,
    }


def context_of(request: HttpRequest, pk: int, **wrong: Any) -> dict[str, Any]:
    """Everything the page shows. ``wrong``: ``contact``, ``reveal`` or ``reject``, forms that were just refused, and
    ``revealed``: the one number that was just asked for, as (person, number)."""
    now = timezone.now()
    found = record.of(pk, user=request.user, now=now)
    if found is None:
        raise Http404
    customer, by = found.customer, request.user
    today = customer.office.today(now)
    contact = refusal(contacts.check_follow_up, customer, by=by, now=now, helping=found.helping)
    state = customer.state(today)
    return {
        "customer": customer,
        "record": found,
        "title": found.name,
        "state": rows.state_badge(state),
        "left": customer.days_left(today) if state == "active" else None,
        "runs": customer.standing == Standing.ACTIVE,
        "why": record.why_until(found, today),
        "soon": rows.is_soon(customer.days_left(today)),
        "people": record.masked(found.people),
        "contacts": _contacts(found, by, wrong.get("reject")),
        "contact_form": wrong.get("contact") or contact_form(customer, today),
        **standing_of(found, today),
        "contact_refusal": contact,
        "reveal_form": wrong.get("reveal") or RevealForm(auto_id=False),
        "reveal_for": wrong.get("reveal_for"),
        "revealed": wrong.get("revealed") or (None, ""),
        "assignable": state in ("lapsed", "unassigned"),
        **supervision_of(customer, by=by, now=now),
    }


def supervision_of(customer: Customer, *, by: User, now: datetime) -> dict[str, Any]:
    """What a supervisor may do with the customer as a whole."""
    return {
        "supervises": refusal(ownership.check_supervises, customer.office, by=by) is None,
        "transfer_refusal": refusal(ownership.check_transfer, customer, by=by, now=now),
        "disputable": customer.state(customer.office.today(now)) in disputes.HELD,
        "join_refusal": refusal(check_join, customer, by=by),
    }


def fetch(request: HttpRequest, pk: int) -> Customer:
    """The customer in the viewer's scope; 404 outside it."""
    scope = Customer.objects.visible_to(request.user).select_related("office__policy", "key", "owner")
    return get_object_or_404(scope, pk=pk)


@require_safe
@needs(*SEES)
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer's page; the opening of the record is logged (ACC-05)."""
    context = context_of(request, pk)
    if request.method == "GET":
        access.opened(context["customer"], by=request.user, now=timezone.now())
    return render_part(request, TEMPLATE, context, part="record")


def _done(request: HttpRequest, pk: int, words: str) -> HttpResponse:
    """The changed record for htmx, else back to the page."""
    messages.success(request, words)
    if wants_part(request):
        return render_part(request, TEMPLATE, context_of(request, pk), part="record")
    return go(request, "customer", pk)


@require_POST
@needs(*SEES)
def customer_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a contact; if it is effective the new end is shown at once (OWN-06)."""
    found = fetch(request, pk)
    form = contact_form(found, found.office.today(timezone.now()), request.POST)
    if form.is_valid():
        with refusals_on(form):
            made = contacts.record(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            return _done(request, pk, _outcome(made))
    return render_invalid(request, TEMPLATE, context_of(request, pk, contact=form), part="record")


def _outcome(made: FollowUp) -> str:
    """What a contact did to the registration, in words."""
    if not made.effective:
        return _("Recorded. It does not extend the registration: reached and a result are needed")
    until = made.customer.valid_until
    return _("Recorded. The registration now holds to %(day)s") % {"day": until} if until else _("Recorded")


def _follow_up(request: HttpRequest, pk: int, follow_up: int) -> FollowUp:
    scope = FollowUp.objects.filter(customer__in=Customer.objects.visible_to(request.user), customer__id=pk)
    return get_object_or_404(scope.select_related("customer"), pk=follow_up)


@require_POST
@needs(Duty.SUPERVISE)
def contact_sign(request: HttpRequest, pk: int, follow_up: int) -> HttpResponse:
    """The supervisor signs a contact (FUP-04)."""
    found = _follow_up(request, pk, follow_up)
    try:
        contact_signing.sign(found, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
        return go(request, "customer", pk)
    return _done(request, pk, _("Signed"))


@require_POST
@needs(Duty.SUPERVISE)
def contact_reject(request: HttpRequest, pk: int, follow_up: int) -> HttpResponse:
    """The supervisor rejects a contact with a reason that reaches its author; the end is worked out anew (OWN-10)."""
    found = _follow_up(request, pk, follow_up)
    form = RejectForm(request.POST, auto_id=f"reject{found.pk}_%s")
    if form.is_valid():
        with refusals_on(form):
            contact_signing.reject(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            return _done(request, pk, _("Rejected. The end of the registration was worked out anew"))
    return render_invalid(request, TEMPLATE, context_of(request, pk, reject=(found.pk, form)), part="record")


@require_POST
@needs(*SEES)
def reveal(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Show the full number of one person, for a reason that is logged first; on this answer only (PRIV-02)."""
    found = fetch(request, pk)
    one = get_object_or_404(Person.objects.filter(customer=found), pk=person)
    one.customer = found
    form = RevealForm(request.POST, auto_id=False)
    if form.is_valid():
        with refusals_on(form):
            number = access.reveal(one, by=request.user, now=timezone.now(), reason=form.reason)
            return render_part(request, TEMPLATE, context_of(request, pk, revealed=(one.pk, number)), part="record")
    return render_invalid(request, TEMPLATE, context_of(request, pk, reveal=form, reveal_for=one.pk), part="record")

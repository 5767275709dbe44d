"""A customer's record: read, written, opinions added (REG-11)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import RuleError, refusal
from common.forms import refusals_on, refuse
from common.htmx import go, render_invalid, render_part
from customers import access, consent, dossier, feedback
from customers import dossier_content as content
from customers.forms_dossier import DossierForm, FeedbackForm
from customers.models import Customer, Kind, Person
from staff.access import needs
from staff.roles import Duty

from .customer import fetch

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
TEMPLATE = "customers/record.html"
MOST = 50


def _person(customer: Customer) -> Person | None:
    """The one by whose name the customer goes."""
    found = customer.people.order_by("pk").first()
    if found is not None:
        found.customer = customer
    return found


def _known(customer: Customer, said: dict[str, str]) -> dict[str, Any]:
    """Name, what is known and what is lacking."""
    person, company = _person(customer), customer.kind == Kind.COMPANY
    name, phone = (person.name, person.phone) if person else ("", "")
    return {
        "name": name or "—",
        "shown": content.shown(said, company=company),
        "complete": content.completeness({**said, "name": name, "phone": phone}, company=company),
        "company": company or any(said.get(field) for field in content.SECTIONS["company"]),
    }


def _context(request: HttpRequest, customer: Customer, **wrong: Any) -> dict[str, Any]:
    """Everything the page shows. ``wrong``: ``form`` or ``opinion``, just refused; ``stale``: what changed meanwhile."""
    now = timezone.now()
    found, today = dossier.of(customer), customer.office.today(now)
    said = content.read(found.content) if found else {}
    agreed = refusal(consent.check_record, customer)
    refused = agreed or refusal(dossier.check_writes, customer, by=request.user, now=now)
    editing = refused is None and ("form" in wrong or request.GET.get("edit") == "1")
    form = wrong.get("form") or DossierForm.of(said, found.version if found else 0, today=today)
    return {
        "customer": customer,
        "dossier": found,
        **_known(customer, said),
        "agreed": agreed is None,
        "refusal": refused,
        "form": form if editing else None,
        "parts": [(content.TITLES[one], form.part(one), one) for one in content.SECTIONS] if editing else [],
        "stale": wrong.get("stale"),
        "opinions": feedback.of(customer, most=MOST),
        "opinion": (wrong.get("opinion") or FeedbackForm(auto_id="opinion_%s")) if refused is None else None,
        "adding": "opinion" in wrong,
        "changes": dossier.changes(found),
    }


def _stale(request: HttpRequest, customer: Customer, form: DossierForm, error: dossier.Stale) -> HttpResponse:
    """Nothing was saved: who changed what, and a form with my changes beside what is there by now."""
    found = dossier.of(customer)
    theirs, mine = content.read(found.content) if found else {}, form.said
    both = set(content.changed(error.base, mine)) & set(content.changed(error.base, theirs))
    differences = [
        (content.LABELS[name], content.words(name, theirs), content.words(name, mine))
        for name in content.changed(theirs, mine)
        if name in both
    ]
    merged = content.merged(error.base, theirs, mine)
    again = DossierForm.of(merged, found.version if found else 0, today=form.today, bound=True)
    refuse(again, error)
    stale = {"changes": error.changes, "differences": differences}
    return render_invalid(request, TEMPLATE, _context(request, customer, form=again, stale=stale), part="record")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*SEES)
def customer_record(request: HttpRequest, pk: int) -> HttpResponse:
    """The record; with ``?edit=1`` its form. A post saves it. The opening is logged (ACC-05)."""
    customer, now = fetch(request, pk), timezone.now()
    if request.method != "POST":
        if request.method == "GET":
            access.opened(customer, by=request.user, now=now)
        return render_part(request, TEMPLATE, _context(request, customer), part="record")
    form = DossierForm(request.POST, today=customer.office.today(now))
    if form.is_valid():
        try:
            dossier.save(customer, form.said, version=form.cleaned_data["version"], by=request.user, now=now)
        except dossier.Stale as error:
            return _stale(request, customer, form, error)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The record is kept"))
            return go(request, "customer_record", pk)
    return render_invalid(request, TEMPLATE, _context(request, customer, form=form), part="record")


@require_POST
@needs(*SEES)
def customer_feedback(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an opinion."""
    customer = fetch(request, pk)
    form = FeedbackForm(request.POST, auto_id="opinion_%s")
    if form.is_valid():
        with refusals_on(form):
            feedback.add(customer, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The opinion is kept"))
            return go(request, "customer_record", pk)
    return render_invalid(request, TEMPLATE, _context(request, customer, opinion=form), part="record")

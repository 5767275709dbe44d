"""The list of customers, the public pool, and what lapses this week (OWN-05, OWN-07, OWN-11)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common import counting
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import listing, ownership, rows
from customers.filters import CustomerFilter
from customers.forms import AssignForm
from staff.access import needs
from staff.roles import Duty

from .lists import described, page_of, searched

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
POOL = "customers/pool.html"


@require_safe
@needs(*SEES)
def customers(request: HttpRequest) -> HttpResponse:
    """One's own customers, or the office's, newest registration first."""
    office = request.user.office
    today = office.today(timezone.now())
    by_owner = request.user.has(Duty.SEE_OFFICE)
    form = CustomerFilter.read(request.GET, office=office, today=today, by_owner=by_owner)
    text, expired = searched(request, form)
    found = listing.customers(request.user, form, None if expired else text)
    page = page_of(request, rows.with_first_person(found), rows.CUSTOMER_FIELDS, order=("-number",))
    context = {
        "customers": rows.customer_rows(page.rows, today),
        "by_owner": by_owner,
        "list_name": "customers",
        "may_manage_tags": request.user.has(Duty.SUPERVISE),
        **described(request, page, form),
    }
    return render_part(request, "customers/list.html", context, part="list")


@require_safe
@needs(*SEES)
def lapsing(request: HttpRequest) -> HttpResponse:
    """What lapses within seven days, key customers first (REG-12): the office's for the supervisor, a rep's own."""
    today = request.user.office.today(timezone.now())
    soon = listing.lapsing(request.user, today)
    page = page_of(
        request, rows.with_first_person(soon), rows.CUSTOMER_FIELDS, order=("-is_key", "valid_until", "number")
    )
    context = {
        "customers": rows.customer_rows(page.rows, today),
        "page": page,
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "by_owner": request.user.has(Duty.SEE_OFFICE),
    }
    return render_part(request, "customers/lapsing.html", context, part="list")


def _pool_context(request: HttpRequest, web: bool, form: AssignForm | None = None) -> dict[str, Any]:
    today = request.user.office.today(timezone.now())
    found = listing.to_give(request.user, today, web=web)
    order = ("-number",) if web else ("-valid_until", "-number")
    page = page_of(request, rows.with_first_person(found), rows.CUSTOMER_FIELDS, order=order)
    form = form or AssignForm(office=request.user.office, today=today, customers=found)
    return {
        "customers": rows.customer_rows(page.rows, today),
        "chosen": set(form.data.getlist("customers")) if form.is_bound else set(),
        "page": page,
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "web": web,
        "form": form,
    }


@require_safe
@needs(Duty.SUPERVISE)
def pool(request: HttpRequest) -> HttpResponse:
    """The public pool, and web leads that nobody has yet: both are given out from here."""
    return render_part(request, POOL, _pool_context(request, request.GET.get("tab") == "web"), part="list")


@require_POST
@needs(Duty.SUPERVISE)
def pool_assign(request: HttpRequest) -> HttpResponse:
    """Give the chosen customers to the chosen reps, in turn; all or none."""
    web, now = request.POST.get("tab") == "web", timezone.now()
    office = request.user.office
    today = office.today(now)
    given = listing.to_give(request.user, today, web=web)
    form = AssignForm(request.POST, office=office, today=today, customers=given)
    if form.is_valid():
        chosen = form.cleaned_data["customers"].select_related("office").order_by("number")
        with refusals_on(form):
            count = ownership.assign_evenly(list(chosen), to=list(form.cleaned_data["reps"]), by=request.user, now=now)
            words = ngettext("%(count)s customer given out", "%(count)s customers given out", count)
            messages.success(request, words % {"count": count})
            return go(request, "/pool/?tab=web" if web else "pool")
    return render_invalid(request, POOL, _pool_context(request, web, form), part="list")

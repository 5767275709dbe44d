"""The page on which the marketing manager enters results, and the ranking that follows from them (REC-04, REC-05)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import reps
from sales import results as rules
from sales.forms import PeriodForm, ResultsForm
from staff.access import needs
from staff.models import Posting, User
from staff.roles import Duty

TEMPLATE = "sales/results.html"
NO_NUMBER = 10**9


def _ranked(office: Any, people: list[User], earned: rules.Results) -> list[dict[str, Any]]:
    """The ranking in rows: place, name, staff number, deals, amount."""
    held = Posting.objects.filter(office=office, user__in=people, number__isnull=False).order_by("pk")
    known = {who: number for who, number in held.values_list("user_id", "number") if number is not None}
    numbers = {person.pk: known.get(person.pk, NO_NUMBER) for person in people}
    by_id = {person.pk: person for person in people}
    return [
        {
            "place": place,
            "person": by_id[who],
            "number": known.get(who),
            "deals": earned[who][0] if who in earned else None,
            "amount": f"{earned[who][1]:,.2f}" if who in earned else None,
        }
        for place, who in enumerate(rules.ranking(earned, numbers), start=1)
    ]


def _save(request: HttpRequest, form: ResultsForm, first: date, last: date) -> None:
    """Enter every row that says something; all or none."""
    with transaction.atomic():
        for person, deals, amount in form.entered():
            rules.enter(
                request.user.office, user=person, first=first, last=last, deals=deals, amount=amount, by=request.user
            )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SET_POLICY)
def results(request: HttpRequest) -> HttpResponse:
    """Results of a month or a day by rep, and who comes when because of them."""
    office = request.user.office
    period = PeriodForm(request.GET, auto_id="period_%s")
    first, last = period.bounds(office.today(timezone.now()))
    people = list(reps.sellers(office, last))
    contracts = rules.signed(office, first, last)
    known = rules.entered(office, first, last)
    form = ResultsForm(request.POST if request.method == "POST" else None, people=people, known=known)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            _save(request, form, first, last)
            messages.success(request, _("The results are entered"))
            return go(request, request.get_full_path())
    context = {
        "period": PeriodForm({"period": "day" if first == last else "month", "day": first}, auto_id="period_%s"),
        "first": first,
        "last": last,
        "form": form,
        "from_contracts": contracts is not None,
        "ranked": _ranked(office, people, known if contracts is None else contracts),
    }
    if request.method == "POST":
        return render_invalid(request, TEMPLATE, context, part="form")
    return render_part(request, TEMPLATE, context, part="form")

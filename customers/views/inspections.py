"""Inspections: a sample drawn, scored, and the month's ranking (COND-04)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.dates import first_of_month, next_month
from common.errors import refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import inspecting
from staff import inspections as rules
from staff import judging
from staff.access import needs
from staff.forms_conduct import DrawForm, ScoreForm
from staff.models import Inspection, User
from staff.roles import SELLING_ROLES, Duty

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
MOST = 200


def month_asked(query: QueryDict, today: date) -> date:
    """The month that is asked for, else the present one."""
    found = MONTH.fullmatch(query.get("month", ""))
    return date(int(found[1]), int(found[2]), 1) if found else first_of_month(today)


def samples(user: User, month: date) -> QuerySet[Inspection]:
    """The samples of a month and those of any month that are still to be scored, these first."""
    shown = Q(month=month) | Q(scored_at__isnull=True)
    found = Inspection.objects.judged_by(user).filter(shown).select_related("person", "by")
    return found.order_by(F("scored_at").asc(nulls_first=True), "-at", "-pk")


@require_safe
@needs(Duty.SUPERVISE)
def inspections(request: HttpRequest) -> HttpResponse:
    """The ranking of a month, and its samples; those still to be scored are shown in every month, and first."""
    month = month_asked(request.GET, request.user.office.today(timezone.now()))
    context = {
        "month": month,
        "before": first_of_month(month - date.resolution),
        "after": next_month(month),
        "ranking": rules.ranking(request.user.office, month),
        "samples": samples(request.user, month)[:MOST],
    }
    return render_part(request, "customers/inspections.html", context, part="month")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def inspection_new(request: HttpRequest) -> HttpResponse:
    """Draw a sample of somebody's records of this month or the last."""
    now, office = timezone.now(), request.user.office
    this = first_of_month(office.today(now))
    below = judging.below(request.user, on=office.today(now))
    people = [(one.user_id, str(one.user)) for one in below.values() if one.role in SELLING_ROLES]
    months = [this, first_of_month(this - date.resolution)]
    form = DrawForm(request.POST if request.method == "POST" else None, people=people, months=months)
    if request.method != "POST":
        return render_part(request, "customers/inspection_new.html", {"form": form}, part="form")
    if form.is_valid():
        said = form.cleaned_data
        person, month = below[said["person"]].user, said["month"]
        records = inspecting.records(office, person, month)
        about = {"office": office, "month": month, "records": records, "size": said["size"]}
        with refusals_on(form):
            made = rules.begin(person, by=request.user, now=now, **about)
            return go(request, "inspection", made.pk)
    return render_invalid(request, "customers/inspection_new.html", {"form": form}, part="form")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """A sample: to be scored, then as it was scored, with what it was drawn from."""
    people = ("person", "office", "by", "scored_by")
    found = get_object_or_404(Inspection.objects.judged_by(request.user).select_related(*people), pk=pk)
    items = list(found.items.all())
    form = ScoreForm(request.POST if request.method == "POST" else None, items=items)
    context: dict[str, Any] = {"inspection": found, "form": form, "items": items}
    refs = found.population.splitlines()
    context |= {"population": len(refs), "sound": rules.drawn_again(found) == [item.ref for item in items]}
    context["refusal"] = refusal(rules.check_score, found, by=request.user)
    if request.method != "POST":
        return render_part(request, "customers/inspection.html", context, part="sample")
    if form.is_valid():
        with refusals_on(form):
            rules.score(found, form.scores(), by=request.user, now=timezone.now())
            messages.success(request, _("The scores are kept, and %(person)s was told") % {"person": found.person})
            return go(request, "inspection", pk)
    return render_invalid(request, "customers/inspection.html", context, part="sample")

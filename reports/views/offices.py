"""Offices side by side, for those above them: aggregates alone (REP-04, OFF-03)."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.dates import first_of_month
from reports import archive, comparing, events, shown
from reports.access import offices_for
from reports.flow import Flow, flows
from reports.forms import month_from
from reports.models import MonthArchive
from staff.access import needs
from staff.models import Office
from staff.roles import Duty

from .month import months_around, opens_lines


def flow_of(office: Office, month: date, kept: MonthArchive | None, now: datetime) -> Flow:
    """A month's flow: as archived, else as the records say; of an archive that was changed nothing is believed."""
    if kept is not None and archive.figures_fit(kept):
        return archive.read(kept).flow
    return flows(events.span(office, month, month), today=office.today(now), parts=False)[month]


@require_safe
@needs(Duty.SEE_REPORTS)
def offices(request: HttpRequest) -> HttpResponse:
    """Each office's month in one row."""
    now, places = timezone.now(), list(offices_for(request.user))
    today = places[0].today(now) if places else timezone.localdate()
    asked = request.GET.get("month", "")
    month = min(month_from(asked) if asked else first_of_month(today), first_of_month(today))
    archives = MonthArchive.objects.visible_to(request.user).filter(month=month).defer("workbook")
    kept = {one.office_id: one for one in archives}
    rows = [(place, flow_of(place, month, kept.get(place.pk), now)) for place in places]
    table = comparing.table(rows)
    made = shown.on_page(table)
    for n, place in enumerate(places):
        if opens_lines(request.user, place):
            made.rows[n] = shown.on_page(table, shown.Lines(place.pk, month)).rows[n]
    context = {"table": made, "places": list(zip(places, made.rows, strict=True))}
    around = months_around(places[0], month, now) if places else {}
    return render(request, "reports/offices.html", context | {"month": month, **around})

"""Fairness of the rotation over a day or a month, each figure with the events behind it (REC-20)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common.dates import first_of_month, next_month
from common.htmx import render_part
from reception import fairness as figures
from reception import past
from staff.access import needs
from staff.models import Posting
from staff.roles import Duty

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
HEADINGS = {
    "days": _("Days with a place in the order"),
    "taken": _("Turns taken"),
    "passed": _("Turns lost by being passed"),
    "returning": _("Returning customers received"),
    "given_back": _("Turns given back"),
    "registered": _("Registrations"),
}


def _read(text: str, pattern: str, suffix: str = "") -> date | None:
    """A date of this century typed as ``pattern`` says; None for anything else."""
    if not re.fullmatch(pattern, text, re.ASCII):
        return None
    try:
        found = date.fromisoformat(text + suffix)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def period(query: QueryDict, today: date) -> tuple[date, date, bool]:
    """First and last day asked for, and whether it is a month; without a question, this month."""
    day = _read(query.get("day", ""), r"\d{4}-\d\d-\d\d")
    if day:
        return day, day, False
    first = _read(query.get("month", ""), r"\d{4}-\d\d", "-01") or first_of_month(today)
    return first, next_month(first) - timedelta(days=1), True


@require_safe
@needs(Duty.SEE_BOARD)
def fairness(request: HttpRequest) -> HttpResponse:
    """One row per rep, with bars of the turns taken."""
    first, last, monthly = period(request.GET, request.user.office.today(timezone.now()))
    step = timedelta(days=1)
    found = figures.of_period(request.user.office, first, last)
    context = {
        "fairness": found,
        "monthly": monthly,
        "asked": f"month={first:%Y-%m}" if monthly else f"day={first}",
        "before": first - step,
        "after": last + step,
        "today": request.user.office.today(timezone.now()),
        "headings": HEADINGS,
    }
    return render_part(request, "reception/fairness.html", context, part="figures")


@require_safe
@needs(Duty.SEE_BOARD)
def fairness_lines(request: HttpRequest, who: int, figure: str) -> HttpResponse:
    """The arrivals that one figure counts, with what was decided on each."""
    if figure not in HEADINGS:
        raise Http404
    office = request.user.office
    first, last, monthly = period(request.GET, office.today(timezone.now()))
    posted = Posting.objects.filter(office=office, user__id=who).select_related("user").first()
    if posted is None:
        raise Http404
    events = figures.behind(office, first, last, who=who, figure=figure)
    context = {
        "person": posted.user,
        "heading": HEADINGS[figure],
        "lines": past.in_words(office, events),
        "first": first,
        "last": last,
        "asked": f"month={first:%Y-%m}" if monthly else f"day={first}",
    }
    return render_part(request, "reception/fairness_lines.html", context, part="lines")

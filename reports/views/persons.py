"""Daily and weekly reports: one's own, and all of them on one page for the supervisor (REP-02, REP-02a)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import reps
from reports import naming, person_figures, persons
from reports.day_figures import week_of
from reports.forms import day_in_address
from reports.forms_meeting import CommentForm, DayForm, OwnWordsForm, PlanForm
from reports.models import DayReport, WeekReport
from staff.access import needs
from staff.models import Office, User
from staff.roles import Duty

MINE, ALL = "reports/my_day.html", "reports/days.html"
WEEK, WEEKS = "reports/my_week.html", "reports/weeks.html"


def _neighbours(day: date, today: date, step: int) -> dict[str, Any]:
    """The pages before and after; none in the future."""
    after = day + timedelta(days=step)
    return {"before": day - timedelta(days=step), "after": after if after <= today else None}


def _my_day(request: HttpRequest, day: date, form: OwnWordsForm | None = None) -> dict[str, Any]:
    user, now = request.user, timezone.now()
    report = DayReport.objects.filter(person=user, day=day).select_related("comment_by").first()
    handed_in = report is not None and report.submitted_at is not None
    figures = report.figures if report and handed_in else person_figures.of_day(user.office, user, day)
    return {
        "day": day,
        "report": report,
        "handed_in": handed_in,
        "figures": naming.named([figures], viewer=user)[0],
        "form": form or (None if handed_in else OwnWordsForm(initial={"words": report.words if report else ""})),
        **_neighbours(day, user.office.today(now), 1),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SEE_OWN)
def my_day(request: HttpRequest, day: str = "") -> HttpResponse:
    """One's daily report: composed by itself, words added, kept or handed in."""
    now, office = timezone.now(), request.user.office
    chosen = day_in_address(day) if day else office.today(now)
    if request.method != "POST":
        return render_part(request, MINE, _my_day(request, chosen), part="report")
    form = OwnWordsForm(request.POST)
    submit = request.POST.get("act") == "submit"
    if form.is_valid():
        with refusals_on(form):
            persons.save_day(office, chosen, by=request.user, now=now, submit=submit, **form.cleaned_data)
            messages.success(request, _("Handed in") if submit else _("Kept"))
            return go(request, "my_day_of", chosen.isoformat())
    return render_invalid(request, MINE, _my_day(request, chosen, form), part="report")


def handed_in(user: User, day: date) -> QuerySet[DayReport]:
    """The reports of a day that were handed in, by name."""
    reports = DayReport.objects.visible_to(user).filter(day=day, submitted_at__isnull=False)
    return reports.select_related("person", "comment_by").order_by("person__name", "pk")


def _days(request: HttpRequest, wrong: tuple[int, CommentForm] | None = None) -> dict[str, Any]:
    office = request.user.office
    today = office.today(timezone.now())
    day = DayForm(request.GET).chosen(today)
    rows = list(handed_in(request.user, day))
    there = {report.person_id for report in rows}
    named = naming.named([report.figures for report in rows], viewer=request.user)
    return {
        "day": day,
        "day_form": DayForm(initial={"day": day}),
        "rows": [(report, figures, _comment_form(report, wrong)) for report, figures in zip(rows, named, strict=True)],
        "missing": [person for person in reps.sellers(office, day) if person.pk not in there],
    }


def _comment_form(report: Any, wrong: tuple[int, CommentForm] | None) -> CommentForm:
    if wrong is not None and wrong[0] == report.pk:
        return wrong[1]
    return CommentForm(initial={"words": report.comment}, auto_id=f"c{report.pk}_%s")


@require_safe
@needs(Duty.SUPERVISE)
def days(request: HttpRequest) -> HttpResponse:
    """The reports of a day that were handed in, and who has not."""
    return render_part(request, ALL, _days(request), part="reports")


def _commented(
    request: HttpRequest, model: type, pk: int, template: str, context: Callable[..., dict[str, Any]], back: str
) -> HttpResponse:
    report = get_object_or_404(model.objects.visible_to(request.user).select_related("office", "person"), pk=pk)  # type: ignore[attr-defined]
    form = CommentForm(request.POST, auto_id=f"c{pk}_%s")
    if form.is_valid():
        with refusals_on(form):
            persons.comment(report, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The comment is given: the rep is told"))
            return go(request, back)
    return render_invalid(request, template, context(request, (pk, form)), part="reports")


@require_POST
@needs(Duty.SUPERVISE)
def day_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on a daily report."""
    return _commented(request, DayReport, pk, ALL, _days, "days")


def _my_week(request: HttpRequest, monday: date, **wrong: Any) -> dict[str, Any]:
    user = request.user
    report = WeekReport.objects.filter(person=user, monday=monday).select_related("comment_by").first()
    handed_in = report is not None and report.submitted_at is not None
    figures = report.figures if report and handed_in else person_figures.of_week(user.office, user, monday)
    return {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "report": report,
        "handed_in": handed_in,
        "figures": naming.named([figures], viewer=user)[0],
        "wrong": wrong.get("plan") or wrong.get("words"),
        "plan_form": wrong.get("plan") or PlanForm(initial={"plan": report.plan if report else ""}),
        "form": wrong.get("words") or OwnWordsForm(initial={"words": report.words if report else ""}),
        **_neighbours(monday, user.office.today(timezone.now()) + timedelta(days=7), 7),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SEE_OWN)
def my_week(request: HttpRequest, monday: str = "") -> HttpResponse:
    """One's week: the plan of Monday and the summary of Sunday."""
    now, office = timezone.now(), request.user.office
    chosen = week_of(day_in_address(monday) if monday else office.today(now))
    if request.method != "POST":
        return render_part(request, WEEK, _my_week(request, chosen), part="report")
    act = request.POST.get("act", "")
    form: Any = PlanForm(request.POST) if act == "plan" else OwnWordsForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            if act == "plan":
                persons.plan_week(office, chosen, by=request.user, now=now, **form.cleaned_data)
            else:
                submit = act == "submit"
                persons.sum_up_week(office, chosen, by=request.user, now=now, submit=submit, **form.cleaned_data)
            messages.success(request, _("Handed in") if act == "submit" else _("Kept"))
            return go(request, "my_week_of", chosen.isoformat())
    wrong = {"plan" if act == "plan" else "words": form}
    return render_invalid(request, WEEK, _my_week(request, chosen, **wrong), part="report")


def weeks_of(office: Office, monday: date, today: date) -> list[tuple[User, WeekReport | None]]:
    """Every rep of the office in a week, each with the report as far as there is one."""
    people = list(reps.sellers(office, max(monday, min(today, monday + timedelta(days=6)))))
    found = WeekReport.objects.filter(office=office, monday=monday).select_related("person", "comment_by")
    by_person = {report.person_id: report for report in found}
    return [(person, by_person.get(person.pk)) for person in people]


def _weeks(request: HttpRequest, wrong: tuple[int, CommentForm] | None = None) -> dict[str, Any]:
    office = request.user.office
    today = office.today(timezone.now())
    monday = week_of(DayForm(request.GET).chosen(today))
    rows = weeks_of(office, monday, today)
    handed_in = [report for _person, report in rows if report and report.submitted_at]
    figures = naming.named([report.figures for report in handed_in], viewer=request.user)
    known = {report.pk: one for report, one in zip(handed_in, figures, strict=True)}
    return {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "day_form": DayForm(initial={"day": monday}),
        "rows": [
            (person, report, known.get(report.pk) if report else None, _comment_form(report, wrong) if report else None)
            for person, report in rows
        ],
        **_neighbours(monday, today + timedelta(days=7), 7),
    }


@require_safe
@needs(Duty.SUPERVISE)
def weeks(request: HttpRequest) -> HttpResponse:
    """Every rep's week on one page."""
    return render_part(request, WEEKS, _weeks(request), part="reports")


@require_POST
@needs(Duty.SUPERVISE)
def week_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on a weekly report."""
    return _commented(request, WeekReport, pk, WEEKS, _weeks, "weeks")

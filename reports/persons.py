"""A person's daily and weekly reports: composed from the records, words added, handed in, commented on (REP-02, REP-02a)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from customers.ownership import check_supervises
from staff import notices
from staff.models import Office, User
from staff.roles import SELLING_ROLES

from . import person_figures
from .models import DayReport, WeekReport

LONGEST, COMMENT_LONGEST = 4000, 500
LATE = timedelta(days=7)
Report = TypeVar("Report", DayReport, WeekReport)


def check_reports(office: Office, *, by: User) -> None:
    """Sales staff of the office report (000/38)."""
    if by.office != office or by.posting is None or by.posting.role not in SELLING_ROLES:
        raise RuleError(_("Only sales staff of this office hand reports in"), rule="REP-02")


def _checked(words: str) -> str:
    words = words.strip()
    if len(words) > LONGEST:
        raise RuleError(_("At most %(most)s characters") % {"most": LONGEST}, rule="REP-02")
    return words


def _open(found: Report) -> Report:
    """The report, if it was not handed in yet."""
    if found.submitted_at is not None:
        raise RuleError(_("This report was handed in already: its words are fixed"), rule="REP-02")
    return found


def _day_row(office: Office, person: User, day: date, *, now: datetime) -> DayReport:
    today = office.today(now)
    if not today - LATE <= day <= today:
        raise RuleError(_("A report is for today or for one of the last seven days"), rule="REP-02")
    DayReport.objects.get_or_create(person=person, day=day, defaults={"office": office})
    return _open(DayReport.objects.select_for_update(of=("self",)).get(person=person, day=day))


@transaction.atomic
def save_day(office: Office, day: date, *, words: str, by: User, now: datetime, submit: bool = False) -> DayReport:
    """Keep one's words; ``submit`` hands the report in with its figures as they are at that moment, once."""
    check_reports(office, by=by)
    found = _day_row(office, by, day, now=now)
    found.words = _checked(words)
    if submit:
        found.figures, found.submitted_at = person_figures.of_day(office, by, day), now
    found.save()
    return found


def _week_row(office: Office, person: User, monday: date) -> WeekReport:
    if monday.weekday():
        raise RuleError(_("A week begins on its Monday"), rule="REP-02a")
    WeekReport.objects.get_or_create(person=person, monday=monday, defaults={"office": office})
    return _open(WeekReport.objects.select_for_update(of=("self",)).get(person=person, monday=monday))


@transaction.atomic
def plan_week(office: Office, monday: date, *, plan: str, by: User, now: datetime) -> WeekReport:
    """Write the plan of a week: of this one or the next; of a past one nothing is planned any more."""
    check_reports(office, by=by)
    today = office.today(now)
    if not monday <= today + timedelta(days=7) or monday + timedelta(days=6) < today:
        raise RuleError(_("A plan is for this week or the next"), rule="REP-02a")
    found = _week_row(office, by, monday)
    found.plan, found.planned_at = _checked(plan), now
    found.save()
    return found


@transaction.atomic
def sum_up_week(
    office: Office, monday: date, *, words: str, by: User, now: datetime, submit: bool = False
) -> WeekReport:
    """Sum a week up, in it or in the week after; ``submit`` hands it in with its figures."""
    check_reports(office, by=by)
    today = office.today(now)
    if not monday <= today <= monday + timedelta(days=13):
        raise RuleError(_("A week is summed up in it or in the week after"), rule="REP-02a")
    found = _week_row(office, by, monday)
    found.words = _checked(words)
    if submit:
        found.figures, found.submitted_at = person_figures.of_week(office, by, monday), now
    found.save()
    return found


@transaction.atomic
def comment(report: Report, *, words: str, by: User, now: datetime) -> Report:
    """The supervisor comments on a report that was handed in; a later comment replaces the earlier one."""
    check_supervises(report.office, by=by)
    words = words.strip()
    if not words or len(words) > COMMENT_LONGEST:
        raise RuleError(_("Write one to %(most)s characters") % {"most": COMMENT_LONGEST}, rule="REP-02")
    if report.submitted_at is None:
        raise RuleError(_("This report was not handed in yet"), rule="REP-02")
    if report.person_id == by.pk:
        raise RuleError(_("Nobody comments on their own report"), rule="REP-02")
    report.comment, report.comment_by, report.comment_at = words, by, now
    report.save(update_fields=["comment", "comment_by", "comment_at"])
    text = format_lazy(gettext_lazy("Comment on your report: {words}"), words=words)
    link = f"/reports/mine/{report.day}/" if isinstance(report, DayReport) else f"/reports/week/{report.monday}/"
    key = f"comment:{type(report).__name__}:{report.pk}:{now.isoformat()}"
    notices.tell(report.person, key=key, text=text, now=now, link=link)
    return report

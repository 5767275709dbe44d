"""Daily and weekly reports of an office, and the lines behind a figure of its month (REP-02, REP-06)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from common.whole import whole
from customers.models import Customer
from customers.rows import moment
from reports import events, naming
from reports.day_figures import week_of
from reports.forms import BehindForm, month_from
from reports.forms_meeting import DayForm
from reports.lines import FIGURES, behind
from reports.models import DayReport
from reports.views import lines, person_lines, persons
from staff.roles import Duty

from .listed import Asked, Listed, columns

FIGURES_OF = ("new", "contacts", "effective", "moves", "call", "invite", "deals", "amount", "defeats")


def _said(one: naming.Named) -> str:
    """A customer by number, with the name for whoever may know it, and the levels of a move."""
    who = f"{one.number} {one.name}".strip()
    return f"{who} {one.was or '—'} → {one.became}" if one.became else who


def _composed(figures: dict[str, Any]) -> dict[str, Any]:
    """What the records say by themselves, as the report shows it; empty of a report that is not handed in."""
    if not figures:
        return dict.fromkeys(FIGURES_OF)
    found = {name: figures.get(name) for name in FIGURES_OF} | {"call": figures.get("call", figures.get("plan"))}
    found["amount"] = Decimal(figures["amount"])
    return {name: "、".join(map(_said, one)) if isinstance(one, list) else one for name, one in found.items()}


def _days(asked: Asked) -> QuerySet[DayReport]:
    return persons.handed_in(asked.user, DayForm(asked.query).chosen(asked.today))


def _day_rows(chunk: list[DayReport], asked: Asked) -> list[dict[str, Any]]:
    named = naming.named([one.figures for one in chunk], viewer=asked.user)
    return [
        {
            **_composed(figures),
            "person": str(one.person),
            "day": one.day,
            "at": moment(one.submitted_at) if one.submitted_at else "",
            "words": one.words,
            "comment": one.comment,
        }
        for one, figures in zip(chunk, named, strict=True)
    ]


def _weeks(asked: Asked) -> list[Any]:
    return persons.weeks_of(asked.office, week_of(DayForm(asked.query).chosen(asked.today)), asked.today)


def _week_rows(chunk: list[Any], asked: Asked) -> list[dict[str, Any]]:
    handed_in = [report for _person, report in chunk if report and report.submitted_at]
    named = naming.named([report.figures for report in handed_in], viewer=asked.user)
    known = {report.pk: figures for report, figures in zip(handed_in, named, strict=True)}
    return [_week_row(person, report, known) for person, report in chunk]


def _week_row(person: Any, report: Any, known: dict[int, dict[str, Any]]) -> dict[str, Any]:
    figures = known.get(report.pk, {}) if report else {}
    return {
        **_composed(figures),
        "person": str(person),
        "at": moment(report.submitted_at) if figures else "",
        "plan": report.plan if report else "",
        "words": report.words if figures else "",
        "comment": report.comment if report else "",
    }


def _behind(asked: Asked) -> QuerySet:
    """The lines that a figure counts; none for an address that nobody could have followed."""
    form, figure = BehindForm(asked.query), asked.query.get("figure", "")
    month = _month(asked.query.get("month", ""))
    if month is None or figure not in FIGURES or FIGURES[figure].parts or not form.is_valid():
        return Customer.objects.none()
    rows = behind(events.span(asked.office, month, month), figure, form.asked())
    return lines.seen(asked.user, FIGURES[figure], rows).order_by(*lines.ORDER)


def _line_rows(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    return [{"no": row.get("no"), "at": moment(row["on"]), "rep": row["rep_name"]} for row in chunk]


def _of_person(asked: Asked) -> QuerySet:
    """The lines behind a figure of a person's days; none for an address that nobody could have followed."""
    said = {name: asked.query.get(name, "") for name in ("who", "first", "last", "figure")}
    if whole(said["who"]) is None:
        return Customer.objects.none()
    try:
        return person_lines.lines_of(asked.user, **said).rows.order_by(*person_lines.ORDER)
    except Http404:
        return Customer.objects.none()


def _month(text: str) -> date | None:
    try:
        return month_from(text)
    except Http404:
        return None


COMPOSED = (
    *((_("New customers"), 16), (_("Contacts"), 9), (_("effective"), 9), (_("Levels moved"), 20), (_("To call"), 16)),
    *((_("To invite"), 16), (_("Contracts this month"), 9), (_("Amount (yuan)"), 14), (_("Defeats this month"), 9)),
)
REPORTING: dict[str, Listed] = {
    "days": Listed(
        _("Daily reports"), (Duty.SUPERVISE,),
        columns((_("Day"), 12), (_("Rep"), 10), (_("Handed in"), 17), *COMPOSED, (_("In own words"), 50), (_("Comment"), 40)),
        _days, (), _day_rows, ("day", "person", "at", *FIGURES_OF, "words", "comment"),
    ),
    "weeks": Listed(
        _("Weeks"), (Duty.SUPERVISE,),
        columns((_("Rep"), 10), (_("Handed in"), 17), (_("Plan"), 40), *COMPOSED, (_("In own words"), 50), (_("Comment"), 40)),
        _weeks, (), _week_rows, ("person", "at", "plan", *FIGURES_OF, "words", "comment"),
    ),
    "month_lines": Listed(
        _("Lines behind a figure"), (Duty.SEE_OFFICE,),
        columns((_("Customer no."), 10), (_("When"), 17), (_("Rep"), 10)),
        _behind, (), _line_rows, ("no", "at", "rep"), "reports", Duty.SEE_REPORTS,
    ),
    "person_lines": Listed(
        _("Lines behind a person's figure"), (Duty.SEE_OWN, Duty.SUPERVISE),
        columns((_("Customer no."), 10), (_("When"), 17)),
        _of_person, (), lambda chunk, asked: person_lines.shown(asked.user, chunk), ("no", "at"), "home",
    ),
}  # fmt: skip

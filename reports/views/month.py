"""The month on one page, its workbook, its handing over (REP-04, REP-05)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import downloads
from common.dates import first_of_month, month_of, next_month
from common.errors import RuleError
from common.excel import Mark
from common.htmx import go
from reports import archive, canonical, events, figures, receipts, shown, tables, workbook
from reports.access import offices_for
from reports.figures import MonthFigures
from reports.forms import month_from
from reports.models import MonthArchive
from staff.access import check_export, needs
from staff.models import AccessLog, Office, User
from staff.models.log import Look
from staff.roles import Duty, Role

TEMPLATE = "reports/month.html"
EARLIEST = date(2000, 1, 1)
PERSONS = (Role.SUPERVISOR, Role.MARKETING_MANAGER, Role.PLANNER, Role.BRANCH_MANAGER)
FACTS = ("visits", "calls", "new", "deals", "deal_amount", "conversion", "cohort_rate", "open_end")


def sees_persons(user: User) -> bool:
    """Whether tables about single persons and the workbook are for this reader; HQ sees aggregates (OFF-03)."""
    return user.posting is not None and user.posting.role in PERSONS


def opens_lines(user: User, office: Office) -> bool:
    """Whether the lines behind the figures are for this reader: those who see the office's customers (OFF-03)."""
    return user.office == office and user.has(Duty.SEE_OFFICE)


def fetch(request: HttpRequest, office: int) -> Office:
    """The office, if its reports are for this reader; else 404."""
    return get_object_or_404(offices_for(request.user), pk=office)


def archived(office: Office, month: date) -> MonthArchive | None:
    """The closed month, without its workbook."""
    rows = MonthArchive.objects.filter(office=office, month=month).select_related("office", "receipt__by")
    return rows.defer("workbook").first()


def months_around(office: Office, month: date, now: datetime, *, first: date = EARLIEST) -> dict[str, Any]:
    """The months to go to; none in the future, none before the ``first``."""
    current, later = first_of_month(office.today(now)), next_month(month)
    before = first_of_month(month - timedelta(days=1)) if month > first else None
    return {"current": current, "before": before, "after": later if later <= current else None}


def beginning(office: Office, now: datetime) -> tuple[date, datetime | None]:
    """The first month of the office, and when its register began; this month where it has no line yet."""
    begun = events.began(office)
    return events.month_of(begun or now, office), begun


def refusal(found: MonthArchive | None, user: User) -> RuleError | None:
    """Why the reader cannot take this month over; None if they can."""
    if found is None:
        return None
    try:
        receipts.check_take_over(found, by=user, now=timezone.now())
    except RuleError as error:
        return error
    return None


def waiting(user: User, office: Office) -> list[date]:
    """The closed months that wait for this reader to take them over, oldest first; for anybody else none."""
    rows = MonthArchive.objects.filter(office=office, receipt=None).select_related("office")
    found = list(rows.only("month", "office").order_by("month"))
    return [one.month for one in found] if found and refusal(found[0], user) is None else []


@require_safe
@needs(Duty.SEE_REPORTS)
def month(request: HttpRequest, office: int, month: str) -> HttpResponse:
    """Tables and charts of a month; of a closed one what its archive says (REP-05)."""
    place, first, now = fetch(request, office), month_from(month), timezone.now()
    begins, begun = beginning(place, now)
    around = months_around(place, first, now, first=begins)
    context: dict[str, Any] = {"office": place, "month": first, **around, "begins": begins, "begun": begun}
    context |= {"future": first > around["current"], "early": first < begins}
    if not (context["future"] or context["early"]):
        kept = archived(place, first)
        context |= {"archive": kept, "now": now, "fault": kept is not None and not archive.figures_fit(kept)}
        if not context["fault"]:
            found = archive.read(kept) if kept else figures.of_month(place, first, now=now)
            context |= described(request, place, found)
            context["may_take"] = kept is not None and refusal(kept, request.user) is None
        context["to_take"] = [one for one in waiting(request.user, place) if one != first]
    return render(request, TEMPLATE, context)


def described(request: HttpRequest, office: Office, found: MonthFigures) -> dict[str, Any]:
    """The figures as the page shows them."""
    lines = shown.Lines(office.pk, found.month) if opens_lines(request.user, office) else None
    persons = sees_persons(request.user)
    made = [shown.on_page(table, lines) for table in tables.of_month(found, workbook.MAKERS, people=persons)]
    summary, *rest = made
    keys = [key.partition(":")[0] for key in summary.table.keys]
    stats = [(row[0].text, row[1]) for key, row in zip(keys, summary.rows, strict=True) if key in FACTS]
    return {"figures": found, "summary": summary, "tables": rest, "stats": stats, "persons": persons}


@require_safe
@needs(Duty.SEE_REPORTS)
def month_workbook(request: HttpRequest, office: int, month: str) -> HttpResponse:
    """The workbook: of a closed month the archived bytes, of a running one made now with the reader's mark (REP-07)."""
    place, first, now = fetch(request, office), month_from(month), timezone.now()
    check_export(request)
    if not sees_persons(request.user):
        raise PermissionDenied(_("The workbook is for the office and its branch. Ask the marketing manager"))
    if not beginning(place, now)[0] <= first <= first_of_month(place.today(now)):
        raise Http404
    response = downloads.saved(b"", f"{place.name}-{month_of(first)}.xlsx")
    if request.method == "HEAD":
        return response  # nothing is built, and nobody took anything out
    kept = MonthArchive.objects.filter(office=place, month=first).first()
    if kept is not None and archive.fault(kept):
        messages.error(request, _("This workbook is no longer what was closed and is not given out (REP-05)"))
        return go(request, "month", place.pk, month_of(first))
    response.content = bytes(kept.workbook) if kept else made_now(request.user, place, first, now)
    subject = f"month:{month_of(first)}"
    AccessLog.objects.create(office=place, user=request.user, action=Look.DOWNLOADED, subject=subject, at=now)
    return response


def made_now(user: User, office: Office, first: date, now: datetime) -> bytes:
    """The workbook of a month that is not closed yet."""
    found = figures.of_month(office, first, now=now)
    digest = canonical.digest(canonical.text(found))
    with translation.override(settings.LANGUAGE_CODE):
        mark = Mark(office.name, str(user), now, office.timezone)
        return workbook.build(office, found, mark=mark, seal=archive.seal_now(office, digest), now=now).content()


@require_POST
@needs(Duty.SEE_REPORTS)
def month_take_over(request: HttpRequest, office: int, month: str) -> HttpResponse:
    """The marketing planner takes a closed month over (REP-05, HAND-03)."""
    place, first = fetch(request, office), month_from(month)
    found = get_object_or_404(
        MonthArchive.objects.select_related("office").defer("workbook"), office=place, month=first
    )
    why = refusal(found, request.user)
    if why is not None and request.user not in receipts.takers(place, now=timezone.now())[0]:
        raise PermissionDenied(str(why))
    try:
        receipts.take_over(found, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, _("Taken over"))
    return go(request, "month", place.pk, month_of(first))

"""The payroll sheet of a month: as it is now, what was taken out, and what has changed since (COND-05)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from common import downloads
from common.dates import first_of_month, next_month
from common.errors import RuleError
from common.htmx import go, render_part
from staff import pay_book, policy
from staff import payroll as rules
from staff.access import check_export, needs
from staff.models import PaySheet
from staff.roles import Duty, Role

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
FIGURES = {
    "warnings": gettext_lazy("Warnings"),
    "fines": gettext_lazy("Fines"),
    "fined": gettext_lazy("Fines (yuan)"),
    "fine_points": gettext_lazy("Fines (points)"),
    "rewards": gettext_lazy("Rewards"),
    "rewarded": gettext_lazy("Rewards (yuan)"),
    "reward_points": gettext_lazy("Rewards (points)"),
    "open": gettext_lazy("Open objections"),
}


def _month(request: HttpRequest, asked: str) -> date:
    """The month that is asked for; without a question the present one."""
    found = MONTH.fullmatch(asked)
    if found:
        return date(int(found[1]), int(found[2]), 1)
    return first_of_month(request.user.office.today(timezone.now()))


@require_safe
@needs(Duty.DRAW_UP_PAY)
def payroll(request: HttpRequest) -> HttpResponse:
    """Who stands where this month, the sheets taken out, and what has changed since the last one."""
    office, now = request.user.office, timezone.now()
    month = _month(request, request.GET.get("month", ""))
    found = rules.rows(office, month)
    sheets = list(PaySheet.objects.filter(office=office, month=month).select_related("by").order_by("-number"))
    changed = rules.changes(rules.taken(sheets[0]), found) if sheets else []
    context: dict[str, Any] = {
        "month": month,
        "before": first_of_month(month.replace(day=1) - date.resolution),
        "after": next_month(month),
        "running": next_month(month) > office.today(now),
        "future": month > office.today(now),
        "now": now,
        "rows": [(row, Role(row.role).label) for row in found],
        "sheets": sheets,
        "changes": [(FIGURES[one.figure], one) for one in changed],
        "policy": policy.of(office),
    }
    return render_part(request, "staff/payroll.html", context, part="sheet")


@require_POST
@needs(Duty.DRAW_UP_PAY)
def payroll_take(request: HttpRequest) -> HttpResponse:
    """Take the sheet of a month out: it is kept as it is now."""
    month = _month(request, request.POST.get("month", ""))
    try:
        sheet = rules.take(request.user.office, month, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, _("Sheet no. %(number)s is kept as it is now") % {"number": sheet.number})
    return go(request, f"{reverse('payroll')}?month={month:%Y-%m}")


@require_safe
@needs(Duty.DRAW_UP_PAY)
def payroll_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet as Excel, the same however often it is asked for."""
    check_export(request)
    rows = PaySheet.objects.filter(office=request.user.office).select_related("office", "by")
    sheet = get_object_or_404(rows, pk=pk)
    name = _("payroll-%(month)s-%(number)s.xlsx") % {"month": f"{sheet.month:%Y-%m}", "number": sheet.number}
    return downloads.saved(pay_book.made(sheet), name)

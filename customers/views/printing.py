"""The public register of one day on paper: numbered and logged, repeated heads, landscape (REG-03, ACC-05)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.dates import day_bounds
from common.forms import refusals_on
from customers import access, rows
from customers.forms import PrintForm
from customers.models import RegisterLine
from staff.access import needs
from staff.leaving import check_may_export
from staff.roles import Duty

FIELDS = tuple(field for field in rows.LINE_FIELDS if field != "total")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SEE_OFFICE)
def register_print(request: HttpRequest) -> HttpResponse:
    """Choose a day; the sheet is the answer to the post, so that each print is logged once and numbered."""
    now, office = timezone.now(), request.user.office
    form = PrintForm(request.POST if request.method == "POST" else None, initial={"day": office.today(now)})
    if request.method != "POST":
        return render(request, "customers/print.html", {"form": form})
    if form.is_valid():
        with refusals_on(form):
            check_may_export(request.user)
    if not form.is_valid():
        return render(request, "customers/print.html", {"form": form}, status=422)
    day = form.cleaned_data["day"]
    first, last = day_bounds(day, office.timezone)
    lines = RegisterLine.objects.visible_to(request.user).filter(at__gte=first, at__lt=last).order_by("number")
    shown = rows.line_rows(list(lines.values(*FIELDS)))
    number = access.printed(f"register of {day}", office=office, by=request.user, now=now)
    context = {"day": day, "lines": shown, "number": f"{number:06d}", "now": now, "office": office}
    return render(request, "customers/print_sheet.html", context)

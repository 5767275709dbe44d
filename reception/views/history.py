"""The queue as it stood at a past minute, and everything that happened on that day (REC-17)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.htmx import render_part
from customers.models import RegisterLine
from reception import past
from reception.forms import MinuteForm
from reception.models import Day, Reception
from staff.access import needs
from staff.models import Office
from staff.roles import Duty


def minute_end(office: Office, day: date, at: time) -> datetime:
    """The last instant of a local minute: what happened in it has happened."""
    begin = datetime.combine(day, at.replace(second=0, microsecond=0), tzinfo=ZoneInfo(office.timezone))
    return begin + timedelta(minutes=1, microseconds=-1)


@require_safe
@needs(Duty.SEE_BOARD)
def line_reception(request: HttpRequest, number: int) -> HttpResponse:
    """The reception behind a line that the viewer may see: arrived, left, who received (REG-03, REG-09)."""
    line = get_object_or_404(RegisterLine.objects.visible_to(request.user), number=number)
    receptions = Reception.objects.visible_to(request.user).select_related("receiver")
    context = {
        "line": line,
        "reception": receptions.filter(line=line).first(),
        "today": request.user.office.today(timezone.now()),
    }
    return render_part(request, "reception/line_reception.html", context, part="reception")


@require_safe
@needs(Duty.SEE_BOARD)
def board_at(request: HttpRequest) -> HttpResponse:
    """Rows and events of one minute of one day; without a minute, of now."""
    office, now = request.user.office, timezone.now()
    local = timezone.localtime(now)
    typed = {"day": office.today(now).isoformat(), "t": f"{local:%H:%M}"} | request.GET.dict()
    form = MinuteForm(typed)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        chosen = form.cleaned_data
        day = Day.objects.visible_to(request.user).filter(day=chosen["day"]).select_related("office__policy").first()
        moment = minute_end(office, chosen["day"], chosen["t"])
        context |= {
            "moment": moment,
            "rows": past.rows_at(day, moment) if day else [],
            "events": past.of_day(day) if day else [],
            "day": chosen["day"],
        }
    return render_part(request, "reception/at.html", context, part="shown", status=200 if form.is_valid() else 422)

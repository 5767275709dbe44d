"""The lines behind a figure of a month (REP-06)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import counting, keyset
from common.dates import month_of
from common.htmx import render_part
from customers.models import Customer
from customers.rows import moment
from reports import events
from reports.forms import BehindForm, month_from
from reports.lines import FIGURES, behind
from staff.access import check_duty, needs
from staff.models import User
from staff.roles import Duty

from .month import fetch

PAGE = 50


@require_safe
@needs(Duty.SEE_REPORTS)
def month_lines(request: HttpRequest, office: int, month: str, figure: str) -> HttpResponse:
    """Number, time and rep of each row that the figure counts; names are on the customer's own page."""
    place, first = fetch(request, office), month_from(month)
    check_duty(request, Duty.SEE_OFFICE)
    form = BehindForm(request.GET)
    if figure not in FIGURES or not form.is_valid():
        raise Http404
    asked: dict[str, Any] = form.cleaned_data
    rows = behind(events.span(place, first, first), figure, **asked)
    seen = rows.filter(customer__in=Customer.objects.visible_to(request.user).values("pk"))
    counted = seen.annotate(total=counting.CappedCount(seen))
    values = counted.values("id", "on", "no", "rep_name", "customer_id", "total")
    page = keyset.page(values, order=("-id",), cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "office": place,
        "month": first,
        "key": month_of(first),
        "heading": FIGURES[figure].title,
        "chosen": told(asked, form),
        "rows": [{**row, "at": moment(row["on"])} for row in page.rows],
        "page": page,
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
    }
    return render_part(request, "reports/lines.html", context, part="list")


def told(asked: dict[str, Any], form: BehindForm) -> list[str]:
    """What is asked for, in words."""
    found = [str(dict(form.fields[name].choices)[asked[name]]) for name in ("source", "ground") if asked[name]]  # type: ignore[attr-defined]
    if asked["rep"]:
        found.append(str(User.objects.filter(pk=asked["rep"]).values_list("name", flat=True).first() or _("nobody")))
    return found + ([asked["day"].isoformat()] if asked["day"] else [])

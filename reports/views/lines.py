"""The lines behind a figure of a month (REP-06)."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import counting, keyset
from common.dates import month_of
from common.htmx import render_part
from customers.models import Customer
from customers.rows import moment
from reports import events
from reports.events import Span
from reports.forms import BehindForm, month_from
from reports.lines import FIGURES, Behind, behind, number
from reports.rows import Asked, Rows
from reports.words import WORDS
from staff.access import check_duty, needs
from staff.models import Measure, User
from staff.roles import Duty

from .month import fetch

FIELDS = ("id", "on", "rep_name")
ORDER = ("-id",)
PAGE = 50
MOST = 100_000


@require_safe
@needs(Duty.SEE_REPORTS)
def month_lines(request: HttpRequest, office: int, month: str, figure: str) -> HttpResponse:
    """When, whose and about whom each row is that the figure counts; names are on the customer's own page."""
    place, first = fetch(request, office), month_from(month)
    check_duty(request, Duty.SEE_OFFICE)
    form = BehindForm(request.GET)
    if figure not in FIGURES or not form.is_valid():
        raise Http404
    over, what = events.span(place, first, first), FIGURES[figure]
    context = {"office": place, "month": first, "key": month_of(first), "heading": what.title}
    context |= {"asks": f"figure={figure}&month={month_of(first)}"}
    context |= {"meaning": WORDS[figure][1] if figure in WORDS else "", "chosen": told(form)}
    if what.parts:
        context |= parts(over, what, form.asked())
    else:
        context |= listed(request, what, behind(over, figure, form.asked()))
    return render_part(request, "reports/lines.html", context, part="list")


def seen(user: User, what: Behind, rows: Rows) -> QuerySet:
    """The rows as far as the viewer may see their customers, as dicts."""
    if not what.customer:
        return rows.values(*FIELDS)
    scope = Customer.objects.visible_to(user).values("pk")
    rows = rows.filter(**{f"{what.customer}__in": scope}).annotate(no=F(number(what)), about=F(what.customer))
    return rows.values(*FIELDS, "no", "about")


def listed(request: HttpRequest, what: Behind, rows: Rows) -> dict[str, Any]:
    """One page of the rows."""
    found = seen(request.user, what, rows)
    values = found.annotate(total=counting.CappedCount(found, most=MOST))
    page = keyset.page(values, order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    total = counting.in_words(page.rows[0]["total"], most=MOST) if page.rows else "0"
    mine = set() if what.customer else judged(request.user, page.rows)
    shown = [
        {"no": row.get("no"), "to": _address(row, mine), "rep": row["rep_name"], "at": moment(row["on"])}
        for row in page.rows
    ]
    return {"rows": shown, "page": page, "total": total}


def judged(user: User, rows: list[dict[str, Any]]) -> set[int]:
    """Which of these warnings and fines the reader may open: not their own, not those of whoever stands above them."""
    found = Measure.objects.judged_by(user).filter(pk__in=[row["id"] for row in rows])
    return set(found.values_list("pk", flat=True))


def _address(row: dict[str, Any], mine: set[int]) -> str:
    """Where a row leads: to its customer, or to a warning that the reader may judge."""
    if "about" in row:
        return reverse("customer", args=[row["about"]])
    return reverse("conduct_measure", args=[row["id"]]) if row["id"] in mine else ""


def parts(over: Span, what: Behind, asked: Asked) -> dict[str, Any]:
    """What a figure is the sum of."""
    found = [(name, FIGURES[name].title, behind(over, name, asked).count()) for name in what.parts]
    return {"parts": found, "total": f"{sum(n for _name, _title, n in found):,}"}


def told(form: BehindForm) -> list[str]:
    """What is asked for, in words."""
    asked = form.cleaned_data
    choices = {name: dict(form.fields[name].choices) for name in ("source", "ground", "level")}  # type: ignore[attr-defined]
    found = [str(words[asked[name]]) for name, words in choices.items() if asked[name]]
    if asked["rep"] is not None:
        found.append(str(User.objects.filter(pk=asked["rep"]).values_list("name", flat=True).first() or _("nobody")))
    return found + ([asked["day"].isoformat()] if asked["day"] else [])

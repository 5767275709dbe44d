"""The lines behind the figures of a person's day or week, for that person and whoever supervises them (REP-02, REP-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from common import keyset
from common.dates import first_of_month
from common.htmx import render_part
from customers.models import Customer
from customers.rows import moment
from reports.events import Span
from reports.forms import day_in_address
from reports.lines import FIGURES, Behind, behind, number
from reports.rows import Asked
from staff.access import needs
from staff.models import Posting, User
from staff.roles import Duty

ORDER = ("-id",)
PAGE = 50
LONGEST = timedelta(days=31)
OF_PERIOD, OF_MONTH = ("contacts", "contacts_effective"), ("contracts", "defeats")


def whom(user: User, who: int) -> User:
    """Oneself, or for those who supervise anybody who ever was of the office; else 404."""
    posted = Posting.objects.filter(office=user.office, user=who).values("user")
    found = get_object_or_404(User.objects.filter(pk__in=posted), pk=who)
    if found != user and not user.has(Duty.SUPERVISE):
        raise Http404
    return found


@dataclass(frozen=True)
class Lines:
    """What an address asks for: of whom, from when to when, which figure, and its rows."""

    person: User
    first: date
    last: date
    what: Behind
    rows: QuerySet


def lines_of(user: User, *, who: str, first: str, last: str, figure: str) -> Lines:
    """The lines behind a figure of a person's days, as far as the reader may ask for them; else 404."""
    person, begins, ends = whom(user, int(who)), day_in_address(first), day_in_address(last)
    if figure not in (*OF_PERIOD, *OF_MONTH) or not timedelta() <= ends - begins < LONGEST or user.office is None:
        raise Http404
    begins = first_of_month(ends) if figure in OF_MONTH else begins
    what = FIGURES[figure]
    rows = behind(Span(user.office, begins, ends + timedelta(days=1)), figure, Asked(rep=person.pk))
    values = rows.annotate(no=F(number(what)), about=F(what.customer)).values("id", "on", "no", "about")
    return Lines(person, begins, ends, what, values)


@require_safe
@needs(Duty.SEE_OWN, Duty.SUPERVISE)
def person_lines(request: HttpRequest, who: str, first: str, last: str, figure: str) -> HttpResponse:
    """When and about whom; a customer who is no longer the reader's is a number alone."""
    found = lines_of(request.user, who=who, first=first, last=last, figure=figure)
    page = keyset.page(found.rows, order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    context = {"person": found.person, "heading": found.what.title, "first": found.first, "last": found.last}
    context |= {"rows": shown(request.user, page.rows), "total": found.rows.count(), "page": page}
    context["asks"] = f"who={who}&first={first}&last={last}&figure={figure}"
    return render_part(request, "reports/person_lines.html", context, part="list")


def shown(user: User, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a page; those whose customers the reader sees lead to them."""
    about = [row["about"] for row in rows]
    mine = set(Customer.objects.visible_to(user).filter(pk__in=about).values_list("pk", flat=True))
    return [row | {"at": moment(row["on"]), "opens": row["about"] in mine} for row in rows]

"""Opinions of customers on product, price and service, and what a month of them says (000/36.3, REG-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from common.dates import next_month
from common.errors import RuleError
from staff.models import User

from .dossier import check_writes
from .models import Customer, Feedback, Sentiment, Theme
from .ownership import relock

A_YEAR = timedelta(days=366)


@transaction.atomic
def add(
    customer: Customer, *, theme: str, sentiment: str, text: str = "", day: date | None = None, by: User, now: datetime
) -> Feedback:
    """Write an opinion down, with the day it was heard: today, or a day of the last year (REG-11)."""
    customer = relock(customer)
    check_writes(customer, by=by, now=now)
    today = customer.office.today(now)
    day = day or today
    if not today - A_YEAR <= day <= today:
        raise RuleError(_("The day is today or within the last year"), rule="REG-11")
    made = Feedback(office=customer.office, customer=customer, day=day, theme=theme, sentiment=sentiment, by=by, at=now)
    made.text = text.strip()
    made.save()
    return made


def of(customer: Customer, *, most: int) -> list[Feedback]:
    """The last opinions of a customer, newest first."""
    rows = list(Feedback.objects.filter(customer=customer).select_related("by").order_by("-day", "-pk")[:most])
    for row in rows:
        row.customer = customer
    return rows


@dataclass(frozen=True, slots=True)
class Figure:
    """How many opinions, and the address of the lines behind them."""

    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Row:
    """One theme in a month: each way of opinion, all of them, and of how many customers."""

    label: str
    ways: list[Figure]
    total: Figure
    customers: int


def of_month(opinions: QuerySet[Feedback], month: date) -> QuerySet[Feedback]:
    """Those heard in the month that begins on ``month``."""
    return opinions.filter(day__gte=month, day__lt=next_month(month))


def summary(opinions: QuerySet[Feedback], month: date) -> list[Row]:
    """A month by theme, and all themes together; nothing where nobody said anything. Two statements."""
    found = of_month(opinions, month).order_by()
    counted = found.values("theme", "sentiment").annotate(n=Count("pk"))
    counts = {(row["theme"], row["sentiment"]): row["n"] for row in counted}
    if not counts:
        return []
    people: dict[str, set[int]] = {}
    for theme, customer in found.values_list("theme", "customer_id").distinct():
        people.setdefault(theme, set()).add(customer)
    rows = [_row(str(theme.label), counts, month, len(people.get(theme, ())), theme) for theme in Theme]
    return [*rows, _row(_("All themes"), counts, month, len(set().union(*people.values())))]


def _row(label: str, counts: dict[tuple[str, str], int], month: date, customers: int, theme: str = "") -> Row:
    def figure(sentiment: str = "") -> Figure:
        asked = {"month": f"{month:%Y-%m}", "theme": theme, "sentiment": sentiment}
        mine = [n for (a, b), n in counts.items() if theme in ("", a) and sentiment in ("", b)]
        return Figure(sum(mine), urlencode({name: value for name, value in asked.items() if value}))

    return Row(label, [figure(one) for one in Sentiment], figure(), customers)

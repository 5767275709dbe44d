"""A person's day and week as the records tell them; numbers of the register alone, no names (REP-02, REP-02a)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from common.dates import day_bounds, first_of_month
from customers.models import Customer, DefeatRequest, DefeatState, FollowUp, Level, RegisterLine, Standing
from customers.models.contacts import EFFECTIVE
from sales.models import Deal
from staff.models import Office, User

from .day_figures import moves

MOST = 100
LOST = (DefeatState.APPROVED, DefeatState.CLOSED)


def between(office: Office, person: User, first: date, last: date) -> dict[str, Any]:
    """New customers, contacts and movements from ``first`` to ``last``; deals and defeats of the month of ``last``."""
    start, end = day_bounds(first, office.timezone)[0], day_bounds(last, office.timezone)[1]
    lines = RegisterLine.objects.filter(office=office, owner=person, at__gte=start, at__lt=end, opens=True)
    contacts = FollowUp.objects.filter(customer__office=office, author=person, day__range=(first, last), line=None)
    counted = contacts.aggregate(all=Count("pk"), effective=Count("pk", filter=EFFECTIVE))
    return {
        "new": list(lines.order_by("number").values_list("number", flat=True)[:MOST]),
        "contacts": counted["all"],
        "effective": counted["effective"],
        "moves": [[one.number, one.was, one.became] for one in moves(office, first, last, who=person.pk)][:MOST],
        **_of_month(office, person, last),
    }


def _of_month(office: Office, person: User, last: date) -> dict[str, Any]:
    start = day_bounds(first_of_month(last), office.timezone)[0]
    end = day_bounds(last, office.timezone)[1]
    deals = Deal.objects.filter(office=office, rep=person, contracted_at__gte=start, contracted_at__lt=end)
    signed = deals.aggregate(count=Count("pk"), amount=Sum("price"))
    lost = DefeatRequest.objects.filter(
        customer__office=office, rep=person, state__in=LOST, decided_at__gte=start, decided_at__lt=end
    )
    return {"deals": signed["count"], "amount": f"{signed['amount'] or 0:.2f}", "defeats": lost.count()}


def to_call(office: Office, person: User, first: date, last: date) -> list[int]:
    """Numbers of the customers due by ``last``, overdue ones among them: whom to call next."""
    held = Customer.objects.filter(Customer.objects.held(first, person), office=office, next_due__lte=last)
    return list(held.order_by("next_due", "number").values_list("number", flat=True)[:MOST])


def to_invite(office: Office, person: User, day: date) -> list[int]:
    """Numbers of the customers at H and A: whom to invite this week."""
    held = Customer.objects.filter(Customer.objects.held(day, person), office=office, level__in=[Level.H, Level.A])
    running = held.filter(Q(standing=Standing.ACTIVE) | Q(standing=Standing.SUBSCRIBED))
    return list(running.order_by("level", "number").values_list("number", flat=True)[:MOST])


def of_day(office: Office, person: User, day: date) -> dict[str, Any]:
    """What the daily report says by itself, with the plan for the next day."""
    tomorrow = day + timedelta(days=1)
    return between(office, person, day, day) | {"plan": to_call(office, person, day, tomorrow)}


def of_week(office: Office, person: User, monday: date) -> dict[str, Any]:
    """What the week says by itself: what was done, whom to call and to invite."""
    sunday = monday + timedelta(days=6)
    return between(office, person, monday, sunday) | {
        "call": to_call(office, person, monday, sunday),
        "invite": to_invite(office, person, monday),
    }

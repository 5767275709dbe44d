"""What the lists hold: one set of rows for the page, its count and its export (REP-07).

``text``: what is searched for, empty for nothing, None for a search that has ended.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from staff.models import User

from . import search
from .filters import CustomerFilter, LineFilter, found_lines
from .models import Customer, DefeatRequest, Person, RegisterLine, Standing

WEEK = timedelta(days=7)


def lines(user: User, form: LineFilter, text: str | None) -> QuerySet:
    """The lines of the register in scope that are asked for and searched for."""
    found = form.filter(RegisterLine.objects.visible_to(user))
    if text is None or not user.office:
        return found.none()
    if not text:
        return found
    return found_lines(found, search.matching(Customer.objects.visible_to(user), text, office=user.office), text)


def customers(user: User, form: CustomerFilter, text: str | None) -> QuerySet:
    """The customers in scope that are asked for and searched for."""
    found = form.filter(Customer.objects.visible_to(user))
    if text is None or not user.office:
        return found.none()
    return search.matching(found, text, office=user.office)


def lapsing(user: User, today: date) -> QuerySet:
    """What lapses within seven days (OWN-11)."""
    return Customer.objects.visible_to(user).filter(standing=Standing.ACTIVE, valid_until__range=(today, today + WEEK))


def to_give(user: User, today: date, *, web: bool) -> QuerySet:
    """What can be given out: unassigned web leads, or what has lapsed (OWN-05, OWN-07)."""
    scope = Customer.objects.visible_to(user)
    return scope.filter(standing=Standing.UNASSIGNED) if web else scope.in_pool(today)


def defeats(user: User) -> QuerySet:
    """The defeat requests of the viewer's scope, with the sealed name of the person by whose name the customer goes."""
    first = Person.objects.filter(customer=OuterRef("customer")).order_by("pk")
    requests = DefeatRequest.objects.filter(customer__in=Customer.objects.visible_to(user))
    return requests.annotate(name_sealed=Subquery(first.values("name_sealed")[:1]))

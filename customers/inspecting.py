"""What a person wrote in a month and may be inspected: lines received, A-cards submitted, follow-ups (COND-04)."""

from __future__ import annotations

from datetime import date

from common.dates import midnight, next_month
from staff.inspections import Found
from staff.models import Office, Record, User

from .models import CardVersion, FollowUp, RegisterLine

MOST = 5000


def records(office: Office, person: User, month: date) -> list[Found]:
    """Every record of ``person`` in the office in that month, by reference and number; no name."""
    begins, ends = midnight(month, office.timezone), midnight(next_month(month), office.timezone)
    within = {"at__gte": begins, "at__lt": ends}
    lines = RegisterLine.objects.filter(office=office, receiver=person, **within).order_by("pk")
    found = [
        Found(f"line:{pk}", Record.LINE, number, f"/register/{number}/")
        for pk, number in lines.values_list("pk", "number")[:MOST]
    ]
    versions = CardVersion.objects.filter(customer__office=office, by=person, **within).order_by("card")
    found += [
        Found(f"card:{pk}", Record.CARD, number, f"/customers/{customer}/card/")
        for pk, number, customer in versions.values_list("card", "card__number", "customer").distinct()[:MOST]
    ]
    contacts = FollowUp.objects.filter(customer__office=office, author=person, line__isnull=True, **within)
    return found + [
        Found(f"contact:{pk}", Record.CONTACT, number, f"/customers/{customer}/")
        for pk, number, customer in contacts.order_by("pk").values_list("pk", "customer__number", "customer")[:MOST]
    ]

"""Guidance of the supervisor: it reaches the rep at once and stays on the customer (REP-01, 000/22)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from staff import notices
from staff.models import Office, User

from .models import Customer, Guidance
from .ownership import check_can_own, check_supervises, relock

LONGEST = 500
FRESH = timedelta(days=2)
MOST_FRESH = 10


def _checked(office: Office, words: str, by: User) -> str:
    check_supervises(office, by=by)
    words = words.strip()
    if not words:
        raise RuleError(_("Write the guidance: the rep reads it"), rule="REP-01")
    if len(words) > LONGEST:
        raise RuleError(_("At most %(most)s characters of guidance") % {"most": LONGEST}, rule="REP-01")
    return words


@transaction.atomic
def on_customer(customer: Customer, *, words: str, by: User, now: datetime) -> Guidance:
    """Advise on a customer: it stays with the customer, and whoever owns the customer now is told."""
    words = _checked(customer.office, words, by)
    customer = relock(customer)
    if customer.data_key is None:
        raise RuleError(_("The data of this customer were erased: there is nothing left to advise on"), rule="REP-01")
    office = customer.office
    holder = User.objects.filter(pk=customer.holder(office.today(now)) or 0).first()
    made = Guidance(office=office, customer=customer, person=holder, day=office.today(now), at=now, by=by)
    made.sealed_words = words
    made.save()
    if holder is not None and holder != by:
        text = format_lazy(gettext_lazy("Guidance on customer no. {number}: read it"), number=customer.number)
        notices.tell(holder, key=f"guidance:{made.pk}", text=text, now=now, link=f"/customers/{customer.pk}/guidance/")
    return made


@transaction.atomic
def to_person(person: User, *, office: Office, words: str, by: User, now: datetime) -> Guidance:
    """Advise a rep of the office; the words are in their inbox at once."""
    words = _checked(office, words, by)
    check_can_own(office, person)
    made = Guidance.objects.create(
        office=office, person=person, day=office.today(now), at=now, by=by, plain_words=words
    )
    notices.tell(person, key=f"guidance:{made.pk}", text=words, now=now)
    return made


def of_customer(customer: Customer) -> list[Guidance]:
    """What was advised on a customer, newest first, ready to open."""
    found = list(Guidance.objects.filter(customer=customer).select_related("by", "person"))
    for one in found:
        one.customer = customer
    return found


def of_day(office: Office, day: date) -> list[Guidance]:
    """What was advised on a day, in order; the customers' keys come along."""
    rows = Guidance.objects.filter(office=office, day=day).select_related("by", "person", "customer__key")
    return list(rows.order_by("at", "pk"))


def fresh(person: User, *, now: datetime) -> list[Guidance]:
    """What a rep was advised at the last meetings, newest first: to the rep, and on customers whom the rep still holds."""
    if person.office is None:
        return []
    today = person.office.today(now)
    held = Customer.objects.filter(Customer.objects.held(today, person), office=person.office)
    rows = Guidance.objects.filter(Q(customer=None) | Q(customer__in=held), person=person, day__gte=today - FRESH)
    return list(rows.select_related("by", "customer__key").order_by("-at", "-pk")[:MOST_FRESH])

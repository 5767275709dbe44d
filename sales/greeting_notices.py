"""Birthdays and festivals of home buyers: the rep is told to greet in the morning, once (DEAL-05)."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from customers.models import Customer, Standing
from customers.telling import address
from staff import notices
from staff.models import Office, User

from . import birthdays
from .care import parts
from .models import CareCard

MORNING = time(7)


def remind(*, now: datetime, office: Office | None = None) -> int:
    """On the morning of a birthday or a festival the rep is told to greet, once; how many were told."""
    offices = [office] if office else Office.objects.order_by("pk")
    return sum(_remind(one, now) for one in offices)


def _remind(office: Office, now: datetime) -> int:
    if now.astimezone(ZoneInfo(office.timezone)).time() < MORNING:
        return 0
    today = office.today(now)
    return _birthdays(office, today, now=now) + _festival(office, today, now=now)


@transaction.atomic
def _birthdays(office: Office, today: date, *, now: datetime) -> int:
    """Key customers first. A card waits for its next year from the day after; one missed on its day is not told late."""
    due = CareCard.objects.filter(customer__office=office, next_birthday__lte=today).order_by("-customer__is_key", "pk")
    due = due.select_related("customer__key", "customer__owner").select_for_update(of=("self",))
    drafts = []
    for card in due:
        _roll_on(card, today)
        owner, number = card.customer.owner, card.customer.number
        if card.next_birthday == today and owner is not None and card.customer.standing == Standing.DEALT:
            text = format_lazy(gettext_lazy("Birthday of home buyer no. {number} today: send greetings"), number=number)
            drafts.append(notices.Draft(owner, f"birthday:{card.pk}:{today}", text, address(card.customer)))
    return notices.put(drafts, now=now)


def _roll_on(card: CareCard, today: date) -> None:
    """Write the next birthday down, which stays today's until the day is over; none after erasure (PRIV-05)."""
    known = parts(card.birthday)
    following = None
    if known is not None:
        calendar, month, day, leap = known
        following = birthdays.next_on(calendar, month, day, today=today, leap=leap)
    if following != card.next_birthday:
        card.next_birthday = following
        card.save(update_fields=["next_birthday"])


def _festival(office: Office, today: date, *, now: datetime) -> int:
    words = birthdays.festival_on(today)
    if words is None:
        return 0
    owners = Customer.objects.filter(office=office, standing=Standing.DEALT, owner__isnull=False).values("owner")
    text = format_lazy(gettext_lazy("Today is {festival}: send greetings to your home buyers"), festival=words)
    people = User.objects.filter(pk__in=owners, is_active=True)
    return notices.put([notices.Draft(one, f"festival:{today}", text, "/care/") for one in people], now=now)

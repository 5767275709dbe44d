"""What the bot of an office says each morning: how much is overdue, what lapses, what waits; no names (FUP-09, OWN-14)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from staff import bots
from staff.models import Office

from . import inbox
from .models import Card, CardState, Customer, Standing

WEEK = timedelta(days=7)
NAMED = 8


def tell(*, now: datetime, office: Office | None = None) -> int:
    """From opening on the bot of each office is told of the day, once; how many were told."""
    rows = Office.objects.filter(bot__isnull=False).select_related("policy").order_by("pk")
    return sum(_tell(one, now=now) for one in (rows.filter(pk=office.pk) if office else rows))


def _tell(office: Office, *, now: datetime) -> bool:
    if now.astimezone(ZoneInfo(office.timezone)).time() < office.policy.opens_at:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        found = lines(office, now=now)
        words = "\n".join([_("%(office)s, to be seen to today") % {"office": office}, *found])
    return bool(found) and bots.put(office, key=f"digest:{office.today(now)}", words=words, now=now)


def lines(office: Office, *, now: datetime) -> list[str]:
    """One line for each kind of thing that waits; nothing where nothing does."""
    today = office.today(now)
    lapsing = Customer.objects.filter(
        office=office, standing=Standing.ACTIVE, valid_until__gte=today, valid_until__lt=today + WEEK
    )
    unsigned = Card.objects.filter(customer__office=office, state=CardState.SUBMITTED)
    found = [
        (_("Overdue follow-ups and A-cards"), _numbers(inbox.breaches(office, now=now).order_by("next_due", "number"))),
        (_("Lapsing within 7 days"), _numbers(lapsing.order_by("-is_key", "valid_until", "number"))),
        (_("A-cards to sign"), list(unsigned.order_by("submitted_at").values_list("customer__number", flat=True))),
        (_("Lines to complete"), [line.number for line in inbox.unfinished(office, now=now)]),
    ]
    return [_line(label, numbers) for label, numbers in found if numbers]


def _numbers(customers: QuerySet) -> list[int]:
    return list(customers.values_list("number", flat=True))


def _line(label: str, numbers: Iterable[int]) -> str:
    """How many, and the register numbers of the first of them."""
    known = list(numbers)
    named = ", ".join(str(number) for number in known[:NAMED]) + (" …" if len(known) > NAMED else "")
    return _("%(label)s: %(count)s (no. %(numbers)s)") % {"label": label, "count": len(known), "numbers": named}

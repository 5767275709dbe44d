"""What owners are told of registrations that run out: 7, 3 and 1 days before, and of the lapse (OWN-11)."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext

from staff.models import Notice, User

from .models import Customer

STEPS = (7, 3, 1)
LAPSED = "lapsed"


def step_of(left: int) -> int | None:
    """Which notice is due with ``left`` days to go: the last one begun, so that one missed is not sent late as well."""
    return min((step for step in STEPS if step >= left), default=None) if left >= 0 else None


def tell(customers: list[Customer], today: date, *, now: datetime) -> int:
    """Put the notices that were not put before; how many."""
    owners = User.objects.in_bulk({customer.owner_id for customer in customers if customer.owner_id})
    wanted = {}
    for customer in customers:
        assert customer.valid_until is not None
        step = step_of((customer.valid_until - today).days) or LAPSED
        key = f"lapse:{customer.pk}:{customer.valid_until}:{step}"
        wanted[(customer.owner_id, key)] = customer
    known = Notice.objects.filter(user_id__in=owners, key__in=[key for _owner, key in wanted])
    told = set(known.values_list("user_id", "key"))
    fresh = [
        Notice(user_id=owner, key=key, at=now, link=_link(customer, today), text=_words(customer, owners[owner], today))
        for (owner, key), customer in wanted.items()
        if (owner, key) not in told
    ]
    Notice.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    return len(fresh)


def _link(customer: Customer, today: date) -> str:
    """The customer's page, while its owner may open it."""
    return "" if customer.state(today) == LAPSED else f"/customers/{customer.pk}/"


def _words(customer: Customer, owner: User, today: date) -> str:
    """The notice in the language of its reader."""
    assert customer.valid_until is not None
    left = (customer.valid_until - today).days
    words = {"number": customer.number, "left": left, "day": customer.valid_until}
    with translation.override(owner.language or settings.LANGUAGE_CODE):
        if left < 0:
            return gettext("Customer no. %(number)s has lapsed: the registration held to %(day)s") % words
        if left == 0:
            return gettext("Customer no. %(number)s lapses at midnight: follow up today") % words
        return (
            ngettext(
                "Customer no. %(number)s lapses in %(left)s day, after %(day)s: follow up before that",
                "Customer no. %(number)s lapses in %(left)s days, after %(day)s: follow up before that",
                left,
            )
            % words
        )

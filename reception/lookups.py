"""Looking up a phone number or a name: limited, and every look written down without the number (ACC-05, PRIV-02)."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _

from common import crypto
from common.errors import RuleError
from customers.keys import phone_digest
from customers.models import Customer, SearchToken
from customers.search import by_phone
from staff.models import AccessLog, Office, User
from staff.models.log import Look
from staff.roles import Duty

MOST = 120
WINDOW_SECONDS = 600


def customer_of(office: Office, user: User, phone: str) -> Customer | None:
    """The customer whose number this is, as far as ``user`` may know: for sales staff only one of their own.

    A colleague's customer and an unknown number are the same query with the same empty answer.
    """
    if user.has(Duty.SEE_OFFICE):
        return by_phone(office, phone)
    mine = Customer.objects.visible_to(user).values("pk")
    tokens = SearchToken.objects.select_related("customer__key", "customer__owner")
    token = tokens.filter(office=office, kind="phone", digest=phone_digest(phone), customer__in=mine).first()
    return token.customer if token else None


def count(user: User, asked: str, *, found: Customer | None, office: Office, now: datetime) -> None:
    """Write down one look; RuleError beyond 120 different ones in ten minutes. The same again is no new look.

    ``asked`` is kept as the beginning of its digest alone.
    """
    subject = f"customer:{found.pk}" if found else f"asked:{crypto.digest('asked', asked).hex()[:16]}"
    if not cache.add(f"looked:{user.pk}:{subject}", 1, WINDOW_SECONDS):
        return
    if _counted(f"looks:{user.pk}") > MOST:
        cache.delete(f"looked:{user.pk}:{subject}")
        raise RuleError(
            _("Too many look-ups in ten minutes: register the visitor without, the rules decide the same"),
            rule="ACC-05",
        )
    AccessLog.objects.create(office=office, user=user, action=Look.LOOKED_UP, subject=subject, at=now)


def _counted(counter: str) -> int:
    """One more; a counter whose ten minutes are over begins anew."""
    cache.add(counter, 0, WINDOW_SECONDS)
    try:
        return cache.incr(counter)
    except ValueError:
        cache.set(counter, 1, WINDOW_SECONDS)
        return 1

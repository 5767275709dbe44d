"""Key customers 重点客户: marked with a reason, first in greetings and due work (000/21; REG-12)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from staff import notices
from staff.models import User

from . import second_persons
from .models import Customer, KeyMark, SecondEnded
from .ownership import relock
from .second_persons import check_leads, needed
from .telling import address


def open_mark(customer: Customer) -> KeyMark | None:
    """The mark that holds now."""
    found = KeyMark.objects.filter(customer=customer, lifted_at__isnull=True).select_related("by").first()
    if found is not None:
        found.customer = customer
    return found


@transaction.atomic
def mark(customer: Customer, *, reason: str, by: User, now: datetime) -> KeyMark:
    """Make somebody a key customer, with a reason (REG-12)."""
    customer = relock(customer)
    check_leads(customer, by=by)
    if customer.is_key:
        raise RuleError(_("This is a key customer already"), rule="REG-12")
    made = KeyMark(customer=customer, by=by, at=now)
    made.reason = needed(reason)
    made.save()
    _mirror(customer, is_key=True)
    if customer.owner is not None:
        words = gettext_lazy("Customer no. {number} is a key customer now: first in your lists")
        text = format_lazy(words, number=customer.number)
        notices.tell(customer.owner, key=f"key:{made.pk}", text=text, now=now, link=f"{address(customer)}class/")
    return made


@transaction.atomic
def lift(customer: Customer, *, reason: str, by: User, now: datetime) -> KeyMark:
    """Lift the mark, with a reason; the second person sees the customer no more (REG-12)."""
    customer = relock(customer)
    check_leads(customer, by=by)
    found = open_mark(customer)
    if found is None:
        raise RuleError(_("This is no key customer: there is nothing to lift"), rule="REG-12")
    found.lifted_reason, found.lifted_by, found.lifted_at = needed(reason), by, now
    found.save(update_fields=["lifted_reason_sealed", "lifted_by", "lifted_at"])
    _mirror(customer, is_key=False)
    second = second_persons.of(customer)
    if second is not None:
        second_persons.release(second, SecondEnded.LIFTED, by=by, now=now)
    return found


def _mirror(customer: Customer, *, is_key: bool) -> None:
    customer.is_key = is_key
    customer.save(update_fields=["is_key"])

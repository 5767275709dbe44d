"""Messages to customers who agreed to them: thanks at leaving; consent is asked for again at sending (FUP-06, PRIV-03)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from staff import outbox
from staff.models import Message

from .models import Customer

THANKS, HANDED = "thanks", "handed"
GOOD_FOR = timedelta(hours=3)
LANGUAGE = "zh-hans"


def thank(customer: Customer, *, cause: str, now: datetime) -> bool:
    """Thank a visitor who leaves, if they agreed to messages; once for each ``cause``."""
    if not customer.consent:
        return False
    about = f"customer:{customer.pk}"
    return outbox.put(customer.office, key=f"{THANKS}:{cause}", kind=THANKS, about=about, now=now)


def deliver(*, now: datetime) -> int:
    """Send what waits; how many were sent."""
    return outbox.deliver_waiting(lambda message: recipient(message, now=now), now=now)


def recipient(message: Message, *, now: datetime) -> outbox.Recipient | str:
    """The number and the words at this moment; or why nobody is written to: withdrawn, erased, no number, too late."""
    if now - message.made_at > GOOD_FOR:
        return "too late"
    customer = (
        Customer.objects.select_related("key", "office", "owner")
        .filter(pk=message.about.removeprefix("customer:"))
        .first()
    )
    if customer is None or not customer.consent:
        return "no consent"
    person = customer.people.first()
    if person is None:
        return "no number"
    person.customer = customer
    number = person.phone
    return outbox.Recipient(number, words(message, customer)) if number else "no number"


def words(message: Message, customer: Customer) -> str:
    """What is said, in the language of the customers. No name of theirs: whoever else reads the phone learns nothing."""
    with translation.override(LANGUAGE):
        if message.kind == HANDED:
            return _("%(office)s: %(person)s looks after you from now on and will call you") % {
                "office": customer.office,
                "person": customer.owner,
            }
        return _("Thank you for your visit to %(office)s. Your adviser is glad to answer every question") % {
            "office": customer.office
        }

"""Deals as evidence in a dispute: who closed, and when (OWN-13)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from customers.evidence import Entry
from customers.models import Customer

from .models import Deal, DealState


def entries(customer: Customer) -> Iterator[Entry]:
    """Subscriptions, contracts and cancellations, each with the rep whose deal it is; no price."""
    for deal in Deal.objects.filter(customer=customer).select_related("unit", "rep").order_by("pk"):
        done = (
            (deal.subscribed_at, _("Unit %(unit)s subscribed")),
            (deal.contracted_at, _("Contract for unit %(unit)s signed")),
            (deal.cancelled_at, _("Deal for unit %(unit)s cancelled")),
        )
        for at, words in done:
            if at is not None:
                yield Entry(at, "deal", words % {"unit": deal.unit}, str(deal.rep))


def closed_by(customer: Customer) -> Deal | None:
    """The first deal that stands: its rep is the one who closed."""
    standing = Deal.objects.filter(customer=customer).exclude(state=DealState.CANCELLED)
    return standing.select_related("rep", "unit").order_by("subscribed_at", "pk").first()

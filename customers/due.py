"""When the next follow-up of a customer is due (FUP-01, FUP-02)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from common.prepared import Prepared
from staff.models import Office

from .levels import latest
from .models import Customer, Episode, FollowUp, Level, Signature, Standing

SAID = Q(reached=True) | Q(next_on__isnull=False)
LAST_SAID = Prepared(
    lambda customer, since: (
        FollowUp.objects.filter(SAID, customer=customer, at__gte=since)
        .exclude(signature=Signature.REJECTED)
        .order_by("-at", "-pk")
        .only("day", "next_on", "episode")[:1]
    ),
    *(int, datetime),
)
LAST_HELD = Prepared(lambda customer: Episode.objects.filter(customer=customer).order_by("-pk").only("since")[:1], int)


def runs(customer: Customer) -> bool:
    """Whether a rhythm applies: while somebody holds the customer; after a deal at level O alone, until handing over."""
    if customer.standing == Standing.DEALT:
        return customer.level == Level.O and not customer.handed_over
    return customer.standing in (Standing.ACTIVE, Standing.SUBSCRIBED)


def work_out(customer: Customer, office: Office) -> date | None:
    """As promised at the last contact that counts, else by the rhythm from it, from registration or from assignment.

    Whoever is given a customer begins anew; one with a deal or a subscription brings promise and rhythm along.
    """
    if not runs(customer):
        return None
    last, held = LAST_SAID.first(customer.pk, customer.registered_at), LAST_HELD.first(customer.pk)
    days = [office.today(customer.registered_at)]
    if held is not None and customer.standing == Standing.ACTIVE:
        last = last if last is not None and last.episode_id == held.pk else None
        days.append(office.today(held.since))
    if last is not None and last.next_on is not None:
        return last.next_on
    days += [last.day] if last else []
    return latest(customer.level, max(days), office.policy)


def note(customer: Customer, due: date | None) -> None:
    """Write down when the next follow-up is due, so that due lists need one index."""
    if due != customer.next_due:
        customer.next_due = due
        customer.save(update_fields=["next_due"])


def refresh(customer: Customer, office: Office) -> None:
    """Work the due day out from the records and write it down."""
    note(customer, work_out(customer, office))

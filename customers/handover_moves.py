"""Carrying a share out: set by set, each customer once, with the history that single steps would leave (HAND-01)."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.db import transaction

from common import history
from common.dates import last_valid_day
from staff import outbox
from staff.models import Office, User

from .levels import latest
from .messages import HANDED
from .models import Basis, Customer, DefeatRequest, Ended, Episode, HandoverItem, HandoverShare, Standing
from .ownership import fall_requests

BATCH = 1000


def carry_batch(share: HandoverShare, *, now: datetime, most: int = BATCH) -> int:
    """Move the next customers of a share in one transaction; how many items were settled, 0 at the end."""
    with transaction.atomic():
        HandoverShare.objects.select_for_update(of=("self",)).get(pk=share.pk)
        waiting = HandoverItem.objects.filter(handover=share.handover_id, receiver=share.receiver_id, done_at=None)
        items = list(waiting.order_by("pk")[:most])
        if not items:
            return 0
        moved = _move(share, [item.customer_id for item in items], now=now)
        _settle(items, moved, now=now)
        _tell_customers(share.handover.office, items, moved, now=now)
        return len(items)


def _move(share: HandoverShare, ids: list[int], *, now: datetime) -> dict[int, Customer]:
    """Those of ``ids`` that the giver still holds go to the receiver: a new 30 days, unless a deal stopped them."""
    office, giver, to = share.handover.office, share.handover.giver, share.receiver
    today = office.today(now)
    rows = Customer.objects.filter(Customer.objects.held(today, giver), office=office, pk__in=ids)
    held = {one.pk: one for one in rows.order_by("pk").select_for_update(of=("self",))}
    by = share.handover.given_by
    assert by is not None
    fall_requests(DefeatRequest.objects.filter(customer__in=list(held)), office=office, by=by, now=now)
    _end_episodes(list(held), by=by, now=now)
    until = last_valid_day(today, office.policy.valid_days)
    begun = [
        Episode(
            customer=one,
            owner=to,
            basis=Basis.HANDOVER,
            since=now,
            first_until=until,
            valid_until=until,
            by=by,
            reason=share.handover.reason,
        )
        for one in held.values()
    ]
    history.create(Episode, begun, by=by, at=now)
    _mirror(list(held.values()), to, office, now=now)
    return held


def _end_episodes(ids: list[int], *, by: User, now: datetime) -> None:
    current = Episode.objects.filter(customer__in=ids, until__isnull=True).order_by("pk")
    ended = list(current)
    for episode in ended:
        episode.until, episode.ended = now, Ended.HANDOVER
    current.order_by().update(until=now, ended=Ended.HANDOVER)
    history.keep(Episode, [episode.pk for episode in ended], how=history.CHANGED, by=by, at=now)


def _mirror(customers: list[Customer], to: User, office: Office, *, now: datetime) -> None:
    """What the customers' own rows repeat of their new episode, one statement for each level."""
    today = office.today(now)
    until = last_valid_day(today, office.policy.valid_days)
    running = sorted((one for one in customers if one.standing == Standing.ACTIVE), key=lambda one: one.level)
    for level, group in groupby(running, key=lambda one: one.level):
        rows = Customer.objects.filter(pk__in=[one.pk for one in group])
        rows.update(owner=to, since=today, valid_until=until, next_due=latest(level, today, office.policy))
    with_deal = [one.pk for one in customers if one.standing != Standing.ACTIVE]
    Customer.objects.filter(pk__in=with_deal).update(owner=to, since=today)


def _settle(items: list[HandoverItem], moved: dict[int, Customer], *, now: datetime) -> None:
    for outcome in (True, False):
        rows = HandoverItem.objects.filter(pk__in=[one.pk for one in items if (one.customer_id in moved) is outcome])
        rows.update(done_at=now, moved=outcome)


def _tell_customers(office: Office, items: list[HandoverItem], moved: dict[int, Customer], *, now: datetime) -> None:
    """Those who agreed to messages are told who looks after them now (HAND-04)."""
    told = [item for item in items if item.customer_id in moved and moved[item.customer_id].consent]
    outbox.put_many(
        office, [(f"{HANDED}:{item.pk}", f"customer:{item.customer_id}") for item in told], kind=HANDED, now=now
    )

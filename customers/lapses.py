"""Registrations that run out: owners told 7, 3 and 1 days before and on the lapse, lapses written down (OWN-11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet

from common import history
from staff.models import Office

from .lapse_notices import STEPS, tell
from .models import Customer, DefeatRequest, Ended, Episode, Standing
from .ownership import fall_requests, lapse_moment

BATCH = 2000
# What lapsed longer ago, in an older register that was brought in, is no news to anybody.
NEWS = timedelta(days=30)


def tell_lapses(*, now: datetime, office: Office | None = None) -> int:
    """Tell owners what lapses soon and write down what has lapsed; how many were told. Again changes nothing."""
    offices = [office] if office else Office.objects.order_by("pk")
    return sum(_tell_coming(one, now=now) + write_lapses(one, now=now) for one in offices)


def write_lapses(office: Office, *, now: datetime) -> int:
    """Write down the lapses of ``office`` in batches, and tell the former owners of the fresh ones; how many were told.

    The state of a customer never waits for this: it follows from ``valid_until`` and the day (OWN-06).
    """
    today = office.today(now)
    lapsed = Episode.objects.filter(
        until__isnull=True,
        customer__office=office,
        customer__standing=Standing.ACTIVE,
        customer__valid_until__lt=today,
    )
    return sum(_write(office, today, batch, now=now) for batch in _batches(lapsed.only("pk", "customer_id")))


@transaction.atomic
def _write(office: Office, today: date, batch: list[Episode], *, now: datetime) -> int:
    """One batch under lock: rows that somebody else holds are left to the next run."""
    ids = [episode.customer_id for episode in batch]
    rows = Customer.objects.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    held = {customer.pk: customer for customer in rows.in_pool(today).filter(office=office, pk__in=ids)}
    open_now = Episode.objects.filter(until__isnull=True, customer__in=list(held)).order_by("valid_until", "pk")
    episodes = list(open_now)
    for valid_until, group in groupby(episodes, key=lambda episode: episode.valid_until):
        ended = list(group)
        for episode in ended:
            episode.until, episode.ended = lapse_moment(valid_until, office), Ended.LAPSED
        same_end = open_now.filter(pk__in=[episode.pk for episode in ended])
        same_end.order_by().update(until=lapse_moment(valid_until, office), ended=Ended.LAPSED)
    fall_requests(DefeatRequest.objects.filter(customer__in=list(held)), office=office, by=None, now=now)
    history.keep(Episode, [episode.pk for episode in episodes], how=history.CHANGED, by=None, at=now)
    news = [held[episode.customer_id] for episode in episodes if today - episode.valid_until <= NEWS]
    return tell(news, today, now=now)


def _tell_coming(office: Office, *, now: datetime) -> int:
    """Tell the owners of what ends within the week."""
    today = office.today(now)
    soon = (today, today + timedelta(days=max(STEPS)))
    ending = Customer.objects.filter(office=office, standing=Standing.ACTIVE, valid_until__range=soon)
    return sum(tell(batch, today, now=now) for batch in _batches(ending))


def _batches(rows: QuerySet) -> Iterator[list]:
    """The rows in pieces that fit into memory, by key, whatever happens to those that went before."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk

"""Registrations that run out: owners told 7, 3 and 1 days before and on the lapse, lapses written down (OWN-11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext, ngettext

from staff.models import Notice, Office, User

from .models import Customer, Ended, Episode, Standing
from .ownership import lapse_moment

STEPS = (7, 3, 1)
BATCH = 2000
LAPSED = "lapsed"


def step_of(left: int) -> int | None:
    """Which notice is due with ``left`` days to go: the last one begun, so that one missed is not sent late as well."""
    return min((step for step in STEPS if step >= left), default=None) if left >= 0 else None


def tell_lapses(*, now: datetime, office: Office | None = None) -> int:
    """Tell owners what lapses soon and write down what has lapsed; how many were told. Again changes nothing."""
    offices = [office] if office else Office.objects.order_by("pk")
    return sum(_tell_coming(one, now=now) + write_lapses(one, now=now) for one in offices)


def write_lapses(office: Office, *, now: datetime) -> int:
    """Write down the lapses of ``office`` in batches, and tell the former owners; how many were told.

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
    Episode.history.bulk_history_create(episodes, batch_size=500, update=True, default_date=now)
    return _tell([held[episode.customer_id] for episode in episodes], today, now=now)


def _tell_coming(office: Office, *, now: datetime) -> int:
    """Tell the owners of what ends within the week."""
    today = office.today(now)
    soon = (today, today + timedelta(days=max(STEPS)))
    ending = Customer.objects.filter(office=office, standing=Standing.ACTIVE, valid_until__range=soon)
    return sum(_tell(batch, today, now=now) for batch in _batches(ending))


def _batches(rows: QuerySet) -> Iterator[list]:
    """The rows in pieces that fit into memory, by key, whatever happens to those that went before."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _tell(customers: list[Customer], today: date, *, now: datetime) -> int:
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

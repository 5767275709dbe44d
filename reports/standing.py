"""Who is open at an instant, whose they are and at which level: read back from the records (REP-05)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from customers.models import Customer, Episode, LevelChange, LineKind, RegisterLine, Standing
from staff.models import Office

from . import events
from .events import Signing


@dataclass(frozen=True, slots=True)
class Open:
    """A customer who is open, with owner (none for a lead that nobody was given) and level (empty without one)."""

    customer: int
    owner: int | None
    level: str


def open_at(office: Office, moment: datetime, *, signings: Iterable[Signing]) -> list[Open]:
    """The customers who were open at the end of the instant before ``moment``, as it was known then."""
    owners = _held(office, moment)
    owners |= dict.fromkeys(_unassigned(office, moment))
    for customer in dealt_at(moment, signings):
        owners.pop(customer, None)
    levels = _levels(office, moment)
    return [Open(customer, owner, levels.get(customer, "")) for customer, owner in sorted(owners.items())]


def dealt_at(moment: datetime, signings: Iterable[Signing]) -> set[int]:
    """The customers for whom a signed contract stood at ``moment``."""
    found: set[int] = set()
    for event in signings:
        if event.at < moment and event.counts:
            (found.add if event.signed else found.discard)(event.customer)
    return found


def _held(office: Office, moment: datetime) -> dict[int, int | None]:
    """Owners by customer, from the episodes that ran at ``moment``."""
    day = office.today(moment - timedelta(microseconds=1))
    running = Episode.objects.filter(customer__office=office, since__lt=moment).order_by("pk")
    ran = running.filter(Q(until__isnull=True) | Q(until__gte=moment))
    lapsed = Q(until__isnull=True, customer__standing=Standing.ACTIVE, customer__valid_until__lt=day)
    owners: dict[int, int | None] = dict(ran.exclude(lapsed).values_list("customer", "owner"))
    past = events.lapsed_episodes(office, day + timedelta(days=1)).filter(since__lt=moment)
    late = {pk for pk, by_records, known in events.late_lapses(office, past) if by_records <= day < known}
    return owners | dict(running.filter(pk__in=late).values_list("customer", "owner"))


def _unassigned(office: Office, moment: datetime) -> list[int]:
    """Web leads that nobody had been given."""
    later = RegisterLine.objects.filter(
        customer=OuterRef("customer"), opens=True, number__gt=OuterRef("number"), at__lt=moment
    )
    given = Episode.objects.filter(customer=OuterRef("customer"), since__gte=OuterRef("at"), since__lt=moment)
    leads = events.lines(office).filter(kind=LineKind.WEB, opens=True, at__lt=moment)
    return list(leads.filter(~Exists(later), ~Exists(given)).order_by().values_list("customer", flat=True))


def _levels(office: Office, moment: datetime) -> dict[int, str]:
    """Levels by customer: those of today, with the changes since ``moment`` taken back."""
    levels = dict(Customer.objects.filter(office=office).exclude(level="").order_by().values_list("pk", "level"))
    since = LevelChange.objects.filter(customer__office=office, at__gte=moment).order_by("-at", "-pk")
    return levels | dict(since.values_list("customer", "was"))

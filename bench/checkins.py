"""Check-ins through the rule, beside the same statements by hand and beside the five that any register needs."""

from __future__ import annotations

import itertools
import os
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.models import OfficeRegister, RegisterLine
from reception import helping
from reception.arrival import Arrival
from reception.checkin import CheckedIn, check_in
from reception.models import Day

from . import by_hand, data, floor
from .figures import Figure
from .timing import Job, interleave, told

TABLES = [
    "customers_customer",
    "customers_person",
    "customers_registerline",
    "customers_episode",
    "reception_reception",
]
FIRST_VISITOR = 50_000_000
FIRST_EVENT = 100_000
CAP, HISTORY = 14, "_historical"


class Desk:
    """Checks walk-ins in, each a customer of their own with name and number, and lets them leave again."""

    def __init__(self, place: data.House) -> None:
        self.place = place
        self.numbers = itertools.count(FIRST_VISITOR)
        self.last: CheckedIn | None = None

    def check_in(self) -> CheckedIn:
        """One visitor, through the rule."""
        n = next(self.numbers)
        arrival = Arrival(kind="visit", name=data.name_of(n * 31 * 7 + 1), phone=data.phone_of(n))
        self.last = check_in(self.place.office, arrival, by=self.place.desk, now=timezone.now())
        return self.last

    def leave(self) -> None:
        """The visitor leaves, so that the rep is free again."""
        assert self.last is not None
        assert self.last.reception is not None
        helping.leave(self.last.reception, by=self.place.desk, now=timezone.now())


def counters(place: data.House) -> tuple[int, int]:
    """The last number of the register and of today's events."""
    number = OfficeRegister.objects.get(office=place.office).last_number
    return number, Day.objects.get(office=place.office, day=place.office.today(timezone.now())).events_count


def catch(desk: Desk) -> tuple[list[by_hand.Statement], by_hand.Again]:
    """The statements of one check-in, and the means to run them again."""
    statements = by_hand.caught(desk.check_in)
    number, event = counters(desk.place)
    line = RegisterLine.objects.select_related("customer").get(office=desk.place.office, number=number)
    known = {"number": number, "event": event, "customer": line.customer.uuid, "request": line.request_id}
    desk.leave()
    return statements, by_hand.Again(statements, known)


class Hand:
    """The statements of a check-in again, by hand, each time for another customer."""

    def __init__(self, desk: Desk, again: by_hand.Again) -> None:
        self.desk, self.again = desk, again
        self.fresh: dict[str, Any] = {}

    def prepare(self) -> None:
        """Fresh values, not timed: a program would have them at hand."""
        number, event = counters(self.desk.place)
        self.fresh = {"number": number + 1, "event": event + 1, **by_hand.uuids("customer", "request")}

    def run(self) -> None:
        """All statements once."""
        self.again.run(self.fresh)


def apart(place: data.House) -> None:
    """Ids, numbers and events far from each other, so that the caught values can be told apart."""
    by_hand.spread_ids(TABLES)
    Day.objects.filter(office=place.office).update(events_count=FIRST_EVENT, version=FIRST_EVENT)


def figures(place: data.House, *, rounds: int, limit: float) -> list[Figure]:
    """Check-ins per second by each of the three ways, and their ratios."""
    apart(place)
    desk = Desk(place)
    desk.check_in()
    desk.leave()
    statements, again = catch(desk)
    hand = Hand(desk, again)
    who = place.reps[0].pk
    rule = Job("rule", desk.check_in, after=desk.leave)
    by = Job("by hand", hand.run, before=hand.prepare)
    five = Job("five", lambda: floor.five_by_orm(place.office.pk, who, os.urandom(32)))
    jobs = [rule, by, five]
    for job in jobs:
        job.warm()
    interleave(jobs, rounds=rounds, limit=limit)
    history = sum(HISTORY in one.sql for one in statements)
    where = connection.vendor
    return [
        Figure(f"{where}: check-in by the rule", 1 / rule.median, "/s", note=told(rule)),
        Figure(f"{where}: its {len(statements)} statements by hand", 1 / by.median, "/s", note=told(by)),
        Figure(f"{where}: five statements by the ORM", 1 / five.median, "/s", note=told(five)),
        Figure(f"{where}: rule ÷ by hand, wall", rule.median / by.median, "×"),
        Figure(f"{where}: rule ÷ five by the ORM, wall", rule.median / five.median, "×"),
        Figure(
            f"{where}: statements of a check-in",
            len(statements) - history,
            "",
            most=CAP,
            note=f"and {history} of history",
        ),
    ]

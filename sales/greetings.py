"""Whom a rep greets today: birthdays of home buyers, those of the next days, the great festivals (FUP-08, DEAL-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise

from customers.models import Customer, FollowUp, Manner, Standing
from customers.rows import Opener, with_first_person
from staff.models import User

from . import birthdays

AHEAD = timedelta(days=3)
MOST = 50
FIELDS = ("pk", "number", "is_key", "name_sealed", "uuid", "key__kek", "key__wrapped", "care__next_birthday", "greeted")


@dataclass(frozen=True, slots=True)
class Birthday:
    """One home buyer; ``days``: 0 today."""

    pk: int
    number: int
    name: str
    key: bool
    on: date
    days: int
    greeted: bool


@dataclass(frozen=True, slots=True)
class Greetings:
    """The festival of the day with how many home buyers to greet, and the birthdays, key customers first."""

    festival: Promise | None
    buyers: int
    birthdays: list[Birthday]


def of(user: User, *, now: datetime) -> Greetings:
    """The greetings of the day, from the cards as they are: no job has to run first. Two statements at most."""
    office = user.office
    if office is None:
        return Greetings(None, 0, [])
    today = office.today(now)
    mine = Customer.objects.filter(office=office, owner=user, standing=Standing.DEALT)
    festival = birthdays.festival_on(today)
    return Greetings(festival, mine.count() if festival else 0, _birthdays(mine, today))


def _birthdays(mine: QuerySet[Customer], today: date) -> list[Birthday]:
    sent = FollowUp.objects.filter(customer=OuterRef("pk"), day=today, manner=Manner.GREETING)
    due = mine.filter(care__next_birthday__gte=today, care__next_birthday__lte=today + AHEAD)
    rows = with_first_person(due.annotate(greeted=Exists(sent)))
    found = rows.order_by("-is_key", "care__next_birthday", "number").values(*FIELDS)[:MOST]
    opener = Opener()
    return [_birthday(row, opener, today) for row in found]


def _birthday(row: dict[str, Any], opener: Opener, today: date) -> Birthday:
    name = opener.text(row, row["name_sealed"], model="Person", field="name", of="")
    on = row["care__next_birthday"]
    return Birthday(row["pk"], row["number"], name or "—", row["is_key"], on, (on - today).days, row["greeted"])

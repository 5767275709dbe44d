"""What happened on a day of the board: the events in words, the queue at a past minute (REC-17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from staff.models import Office

from . import day as days
from .explain import told
from .models import Day, Reception, RotationEvent
from .screen import Row, decided_on, names_of, rows_of, scene_of

ORDER_CHANGES = ("arrived", "moved", "skipped", "fixed")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event in words: when, what, who did it and why."""

    at: datetime
    text: str
    by: str
    reason: str


def numbers_of(office: Office, days_of: Iterable[date]) -> dict[date, dict[int, int]]:
    """Register numbers of the visitors of some days, by day and by the task under which the board knows them."""
    rows = Reception.objects.filter(office=office, day__in=set(days_of), line__isnull=False)
    found: dict[date, dict[int, int]] = {}
    for day, task, number in rows.values_list("day", "task", "line__number"):
        found.setdefault(day, {})[task] = number
    return found


def in_words(office: Office, rows: QuerySet[RotationEvent]) -> list[Happened]:
    """Events in words; three queries however many they are."""
    events = list(rows.select_related("day"))
    names = names_of({pk for event in events for pk in _people(event)})
    numbers = numbers_of(office, {event.day.day for event in events})
    return [
        Happened(
            event.at, told(event, names, numbers.get(event.day.day, {})), names.get(event.by_id or 0, ""), event.reason
        )
        for event in events
    ]


def _people(event: RotationEvent) -> list[int | None]:
    outcome = event.outcome
    chosen = [*outcome.get("passed", ()), *outcome.get("helpers", ())]
    return [event.who_id, event.by_id, outcome.get("receiver"), *chosen]


def of_day(day: Day) -> list[Happened]:
    """Everything that happened on a day, the latest first."""
    return in_words(day.office, day.events.order_by("-seq"))


def since(office: Office, seen: int, *, now: datetime) -> list[Happened]:
    """What happened to today's order after the version that somebody looked at: whose turn was taken meanwhile."""
    today = office.today(now)
    later = RotationEvent.objects.filter(day__office=office, day__day=today, seq__gt=seen)
    return in_words(office, later.filter(kind__in=ORDER_CHANGES).order_by("seq"))


def rows_at(day: Day, moment: datetime) -> list[Row]:
    """The rows of the board as it stood at a past moment, with the sentences of that moment."""
    board = days.board_at(day, moment)
    return rows_of(scene_of(day.office, board, decided_on(day, until=moment)))

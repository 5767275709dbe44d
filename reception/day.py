"""One office's day of rotation in the database: locked, changed by an event, shown at any minute (REC-17..19)."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from common.dates import first_of_month
from common.prepared import Prepared
from sales import results
from staff.models import Office, Posting, Strategy, User

from . import rotation, versions
from .models import Day, RotationEvent
from .ranking import Background, rank
from .seats import Board, Event, Outcome, Seat

LOCKED = Prepared(
    lambda office, day: Day.objects.filter(office=office, day=day).select_for_update(of=("self",)), int, date
)


def lock(office: Office, *, now: datetime) -> Day:
    """Today's row, locked until the transaction ends; the order is fixed first if its hour has come."""
    today = office.today(now)
    day = LOCKED.first(office.pk, today)
    if day is None:
        Day.objects.get_or_create(office=office, day=today)
        day = LOCKED.get(office.pk, today)
    day.office = office
    board = board_of(day)
    if not board.fixed and now >= opening(office, today):
        fix(day, at=opening(office, today))
    return day


def opening(office: Office, today: date) -> datetime:
    """The instant at which the order of the day is fixed unless a visitor came earlier."""
    zone = ZoneInfo(office.timezone)
    return datetime.combine(today, office.policy.opens_at, tzinfo=zone)


def board_of(day: Day) -> Board:
    """The stored board of a day."""
    return Board.from_json(day.board)


def fix(day: Day, *, at: datetime) -> None:
    """Fix the order of the day by the office's strategy, from those signed in now (REC-02..05)."""
    order = order_of(day.office, day.day, board_of(day))
    record(day, "fixed", now=at, data={"order": order})


def order_of(office: Office, today: date, board: Board) -> list[int]:
    """Those signed in, ranked by the office's strategy."""
    present = [seat.who for seat in board.signed_in()]
    strategy = office.policy.strategy
    return rank(strategy, present, background(office, today, strategy, present))


def background(office: Office, today: date, strategy: str, present: list[int]) -> Background:
    """What the strategy looks at: staff numbers, how the last working day closed, results of its period."""
    if strategy == Strategy.SIGN_IN or not present:
        return Background()
    last, order = last_working_day(office, today)
    numbers = staff_numbers(office)
    period = first_of_month(today - timedelta(days=today.day)) if strategy == Strategy.MONTH_RESULTS else None
    if period is not None:
        earned = results.of_month(office, period)
    else:
        earned = results.of_day(office, last) if last else {}
    return Background(
        numbers=numbers,
        closing_head=numbers.get(order[0].who) if order else None,
        last_order=[seat.who for seat in sorted(order, key=lambda s: s.position or 0)],
        results=earned,
    )


def staff_numbers(office: Office) -> dict[int, int]:
    """Staff number by person; the latest posting counts."""
    rows = Posting.objects.filter(office=office, number__isnull=False).order_by("pk")
    return {who: number for who, number in rows.values_list("user_id", "number") if number is not None}


def last_working_day(office: Office, before: date) -> tuple[date | None, list[Seat]]:
    """The last day before ``before`` on which somebody held a place, and its closing order.

    A day on which nothing happened after its opening was fixed all the same, though nobody wrote it down.
    """
    for day in Day.objects.filter(office=office, day__lt=before).order_by("-day")[:60]:
        if order := with_order(office, day.day, board_of(day)).order():
            return day.day, order
    return None, []


def record(
    day: Day,
    kind: str,
    *,
    now: datetime,
    who: User | None = None,
    by: User | None = None,
    data: dict[str, Any] | None = None,
    reason: str = "",
) -> Outcome:
    """Apply one event to a locked day and keep it (REC-17); what it led to. An event that changes nothing is not kept."""
    event = Event(kind=kind, at=now.astimezone(UTC).isoformat(), who=who.pk if who else None, data=data or {})
    before = board_of(day)
    after, outcome = rotation.apply(before, event)
    if after == before:
        return outcome
    day.board = after.to_json()
    day.version += 1
    day.events_count += 1
    RotationEvent.objects.create(
        day=day,
        seq=day.events_count,
        at=now,
        kind=kind,
        who=who,
        by=by,
        data=event.data,
        outcome={} if outcome == Outcome() else asdict(outcome),
        reason=reason,
    )
    day.save(update_fields=["board", "version", "events_count"])
    versions.tell(day)
    return outcome


def standing_board(office: Office, *, now: datetime) -> Board:
    """The board as it stands at ``now``: before the order is fixed, with the places it would give (REC-18)."""
    today = office.today(now)
    stored = Day.objects.filter(office=office, day=today).first()
    board = board_of(stored) if stored else Board()
    return with_order(office, today, board)


def with_order(office: Office, today: date, board: Board) -> Board:
    """The board itself once fixed; else as it would be if it were fixed now."""
    if board.fixed:
        return board
    order = order_of(office, today, board)
    shown, _outcome = rotation.apply(board, Event("fixed", "", data={"order": order}))
    return replace(shown, fixed=False)


def board_at(day: Day, moment: datetime) -> Board:
    """The board as it stood at a past minute, from the events alone (REC-17)."""
    return rotation.replay(as_event(row) for row in day.events.filter(at__lte=moment).order_by("seq"))


def as_event(row: RotationEvent) -> Event:
    """The stored event as the pure rotation knows it."""
    return Event(kind=row.kind, at=row.at.isoformat(), who=row.who_id, data=row.data)


def version(office: Office, *, today: date) -> int:
    """The version of today's board; 0 while nothing has happened."""
    return Day.objects.filter(office=office, day=today).aggregate(last=Max("version"))["last"] or 0

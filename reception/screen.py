"""What a screen shows of the board: its rows, who is with whom, today's adjustments (REC-18). Plain values, no rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common import names as people_names
from customers.models import Customer, Person
from staff.models import Office, User

from . import day as days
from .explain import Scene, told, why
from .models import Day, Reception, RotationEvent
from .rotation import STATE_WORDS
from .seats import OUT, Board, Seat, State
from .versions import stamp

BADGES = {
    State.WAITING: "waiting",
    State.RECEIVING: "serving",
    State.ASSISTING: "serving",
    State.AWAY: "break",
    State.ON_DUTY: "draft",
    State.UNFIT: "returned",
    State.SIGNED_OUT: "gone",
}
ADJUSTMENTS = ("skipped", "moved", "on_duty", "helped")
OUT_OF_ORDER = ("overload", "assigned", "out_of_turn")


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor in hand. ``who`` is a surname for those who may see it, else empty; ``number`` None: only looking."""

    pk: int
    number: int | None
    who: str
    since: datetime
    receiver: int


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the roster. ``place``: in the order shown; ``queue``: among the waiting, 1 = next."""

    who: int
    name: str
    state: str
    label: Promise | str
    badge: str
    since: datetime
    turns: int
    place: int | None
    queue: int | None
    ranked: bool
    why: str
    visits: tuple[Visit, ...] = ()

    @property
    def next(self) -> bool:
        """Whether the next new visitor goes here."""
        return self.queue == 1


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What was decided outside the order today, by whom and why (REC-14)."""

    at: datetime
    text: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Screen:
    """The board of one office as one person may see it."""

    day: date
    version: int
    stamp: str
    fixed: bool
    opens_at: str
    rows: list[Row]
    adjustments: list[Adjustment]

    def row(self, who: int | None) -> Row | None:
        """The row of a person, if they signed in today."""
        return next((row for row in self.rows if row.who == who), None)

    @property
    def head(self) -> Row | None:
        """Whose turn it is."""
        return next((row for row in self.rows if row.next), None)


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Names of staff by id."""
    return {pk: str(user) for pk, user in User.objects.in_bulk({pk for pk in ids if pk}).items()}


def rows_of(scene: Scene, visits: Mapping[int, Visit] | None = None) -> list[Row]:
    """The rows in the order in which people stand: the order first, then probationary staff, then who is out."""
    order, out = scene.board.order(), [s for s in scene.board if s.state in OUT]
    ranked = [s for s in order if s.state not in OUT]
    others = [s for s in scene.board if not s.ranked and s.state not in OUT]
    queue = {seat.who: n for n, seat in enumerate(scene.board.waiting(), 1)}
    rows = [_row(seat, scene, visits or {}, queue.get(seat.who)) for seat in (*ranked, *others, *out)]
    return [replace(row, place=n) if n <= len(ranked) else row for n, row in enumerate(rows, 1)]


def _row(seat: Seat, scene: Scene, visits: Mapping[int, Visit], queue: int | None) -> Row:
    return Row(
        who=seat.who,
        name=scene.name(seat.who),
        state=seat.state.value,
        label=STATE_WORDS[seat.state],
        badge=BADGES[seat.state],
        since=datetime.fromisoformat(seat.since),
        turns=seat.taken,
        place=None,
        queue=queue,
        ranked=seat.in_order,
        why=why(seat, scene),
        visits=tuple(visits[task] for task in (*seat.receiving, *seat.assisting) if task in visits),
    )


def scene_of(office: Office, board: Board, decided: Iterable[RotationEvent] = ()) -> Scene:
    """What the sentences about a board speak of; ``decided``: the day's adjustments."""
    moved = [event for event in decided if event.kind in ("skipped", "moved")]
    last = {event.who_id or 0: (str(event.by or ""), event.reason) for event in moved}
    return Scene(
        board=board,
        names=names_of(seat.who for seat in board),
        zone=office.timezone,
        order_by=office.policy.get_strategy_display(),
        opens_at=f"{office.policy.opens_at:%H:%M}",
        adjusted=last,
    )


def wall(office: Office, *, now: datetime) -> Screen:
    """The board for everybody's eyes: no visitor at all, no adjustments."""
    today = office.today(now)
    day = Day.objects.filter(office=office, day=today).first()
    return _screen(office, today, day, scene_of(office, _board(office, today, day)), {}, [])


def show(office: Office, viewer: User, *, now: datetime) -> Screen:
    """The board as ``viewer`` may see it, with who receives whom and today's adjustments."""
    today = office.today(now)
    day = Day.objects.filter(office=office, day=today).select_related("office__policy").first()
    office = day.office if day else office
    decided = decided_on(day) if day else []
    scene = scene_of(office, _board(office, today, day), decided)
    visits = visits_of(office, today, viewer)
    numbers = {task: visit.number for task, visit in visits.items() if visit.number}
    return _screen(office, today, day, scene, visits, adjustments(decided, scene, numbers))


def _board(office: Office, today: date, day: Day | None) -> Board:
    return days.with_order(office, today, days.board_of(day) if day else Board())


def _screen(
    office: Office,
    today: date,
    day: Day | None,
    scene: Scene,
    visits: Mapping[int, Visit],
    adjusted: list[Adjustment],
) -> Screen:
    version = day.version if day else 0
    return Screen(
        day=today,
        version=version,
        stamp=stamp(office.pk, today, version),
        fixed=scene.board.fixed,
        opens_at=scene.opens_at,
        rows=rows_of(scene, visits),
        adjustments=adjusted,
    )


def visits_of(office: Office, today: date, viewer: User) -> dict[int, Visit]:
    """The day's visitors by the task under which the board knows them; surnames only of those the viewer may see."""
    found = list(
        Reception.objects.filter(office=office, day=today).values(
            "pk", "task", "started_at", "receiver_id", "customer_id", "line__number", "ended_at"
        )
    )
    surnames = _surnames(viewer, {row["customer_id"] for row in found if row["customer_id"] and not row["ended_at"]})
    return {
        row["task"]: Visit(
            pk=row["pk"],
            number=row["line__number"],
            who=surnames.get(row["customer_id"], ""),
            since=row["started_at"],
            receiver=row["receiver_id"],
        )
        for row in found
    }


def _surnames(viewer: User, customers: set[int]) -> dict[int, str]:
    if not customers:
        return {}
    seen = Customer.objects.visible_to(viewer).filter(pk__in=customers).values("pk")
    known: dict[int, str] = {}
    for person in Person.objects.filter(customer__in=seen).select_related("customer__key").order_by("id"):
        known.setdefault(person.customer_id, people_names.surname(person.name))
    return known


def decided_on(day: Day, *, until: datetime | None = None) -> list[RotationEvent]:
    """The events of a day that somebody decided outside the order (REC-14), up to a moment."""
    decided = Q(kind__in=ADJUSTMENTS) | Q(kind="arrived", data__mode__in=OUT_OF_ORDER)
    found = day.events.filter(decided).select_related("by")
    return list(found.filter(at__lte=until) if until else found)


def adjustments(decided: list[RotationEvent], scene: Scene, numbers: Mapping[int, int]) -> list[Adjustment]:
    """The adjustments in words, the latest first."""
    return [
        Adjustment(event.at, told(event, scene.names, numbers), str(event.by or _("the desk")), event.reason)
        for event in reversed(decided)
    ]


def left_over(office: Office, *, now: datetime) -> list[Reception]:
    """Yesterday's receptions that nobody ended: closed at midnight, whether that was written down yet or not."""
    yesterday = office.today(now) - timedelta(days=1)
    found = Reception.objects.filter(office=office, day=yesterday)
    found = found.filter(Q(ended_at__isnull=True) | Q(closed_at_midnight=True))
    return list(found.select_related("receiver", "line").defer("line__details_sealed").order_by("started_at"))

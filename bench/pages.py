"""The pages beside the floor's: the same rows asked for in turn, in one process, against one database."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.urls import reverse
from django.utils import timezone

from customers.keys import phone_digest
from customers.models import Customer, OfficeRegister
from reception import versions
from reception.arrival import Arrival
from reception.checkin import check_in
from reception.helping import leave
from reception.models import Reception

from . import by_hand, checkins, data, databases, floor
from .figures import Figure
from .timing import Job, interleave, ratio, told
from .visitor import Visitor, session_of

BUSY_VISITS = 10
HTMX = {"HTTP_HX_REQUEST": "true"}
# Session, and person with posting: what every page asks before it begins.
WHO_ASKS = 2
GROWTH_BLOCKS, GROWTH_EACH = 8, 5


@dataclass
class Scene:
    """One filled database: its house, and a customer with several visits."""

    database: str
    place: data.House
    lines: int
    busy: int


def scene(database: str, lines: int) -> Scene:
    """Lengthen the register of ``database`` to ``lines`` and let its last customer come several times."""
    databases.use(database)
    place = data.house()
    data.fill(place, lines)
    data.open_house(place)
    for _n in range(BUSY_VISITS):
        arrival = Arrival(kind="visit", phone=data.phone_of(lines))
        made = check_in(place.office, arrival, by=place.desk, now=timezone.now())
        assert made.reception is not None
        leave(made.reception, by=place.desk, now=timezone.now())
    busy = Customer.objects.get(office=place.office, number=lines).pk
    return Scene(database, place, OfficeRegister.objects.get(office=place.office).last_number, busy)


class Pages:
    """What a desk asks for, of the product and of the floor."""

    def __init__(self, scene: Scene, session: str) -> None:
        self.scene, self.office = scene, scene.place.office
        self.product, self.floor = Visitor(WSGIHandler(), session), Visitor(floor.application(), session)
        self.numbers = iter(range(70_000_000, 80_000_000))

    def register(self) -> Any:
        """The register's first page."""
        return self.product.get(reverse("register"))

    def find(self) -> Any:
        """A customer found by the full number."""
        return self.product.post(reverse("find"), {"q": data.phone_of(self.scene.lines // 2), "where": ""})

    def customer(self) -> Any:
        """The page of one customer."""
        return self.product.get(reverse("customer", args=[self.scene.busy]))

    def board_changed(self) -> Any:
        """What the board's screen fetches after a change."""
        return self.product.get(reverse("board_rows"), headers=HTMX)

    def stamp(self) -> None:
        """Look at the board as a screen does; the poll that follows asks for anything newer."""
        today = self.office.today(timezone.now())
        self.seen = versions.stamp(self.office.pk, today, versions.current(self.office.pk, today))

    def poll(self) -> Any:
        """The poll of a screen that has seen everything."""
        return self.product.get(reverse("board_rows"), f"v={self.seen}", status=204, headers=HTMX)

    def check_in(self) -> Any:
        """A walk-in registered through the page."""
        return self.product.post(reverse("check_in"), visit(next(self.numbers)))

    def all_leave(self) -> None:
        """Whoever is being received leaves, so that the reps are free again."""
        for reception in Reception.objects.filter(office=self.office, ended_at__isnull=True):
            reception.office = self.office
            leave(reception, by=None, now=timezone.now())

    def jobs(self) -> list[tuple[str, float, Job, Job]]:
        """What is compared: its name, the goal as a multiple of the floor, the product's job and the floor's."""
        office, bare = self.office.pk, self.floor
        digest = phone_digest(data.phone_of(self.scene.lines // 2)).hex()
        cache.set("floor", "1", None)
        return [
            ("register list, 50 rows", 2.5, Job("list", self.register), Job("", lambda: bare.get(f"/lines/{office}/"))),
            ("find by phone", 2.5, Job("find", self.find), Job("", lambda: bare.get(f"/find/{office}/{digest}/"))),
            (
                "open a customer",
                4,
                Job("customer", self.customer),
                Job("", lambda: bare.get(f"/customer/{office}/{self.scene.busy}/")),
            ),
            (
                "board poll, nothing changed",
                2,
                Job("poll", self.poll, before=self.stamp),
                Job("", lambda: bare.get("/board/", "v=1", status=204)),
            ),
            (
                "check-in through the page",
                4,
                Job("check-in", self.check_in, after=self.all_leave),
                Job("", lambda: bare.post(f"/check-in/{office}/", {"name": "x", "phone": "1"})),
            ),
        ]


def visit(n: int) -> dict[str, str]:
    """The form of a first visit as the desk sends it."""
    return {
        "first_visit": "yes",
        "appointment": "no",
        "party": "2",
        "purpose": "buy",
        "name": data.name_of(n * 31 * 7 + 1),
        "phone": data.phone_of(n),
        "request_id": str(uuid4()),
    }


def prepare(small: int, large: int) -> tuple[Scene, Scene, str]:
    """Both databases filled; the desk's session is the same in both."""
    place = data.found()
    data.fill(place, small)
    session = session_of(place.desk)
    first = databases.current()
    second = databases.copy("large")
    return scene(first, small), scene(second, large), session


def figures(small: Scene, large: Scene, session: str, *, rounds: int, limit: float) -> list[Figure]:
    """Statements, bytes, times beside the floor, and growth from the small to the large database."""
    pages = Pages(large, session)
    found = caps(pages)
    jobs = pages.jobs()
    for name, goal, job, bare in jobs:
        for one in (job, bare):
            one.warm()
        interleave([job, bare], rounds=rounds, limit=limit / len(jobs) / 2)
        note = f"{told(job)}; floor {told(bare)}; wall ratio {job.median / bare.median:.2f}"
        found.append(Figure(f"{name}: CPU ÷ floor", ratio(job, bare), "×", most=goal, note=note))
    return found + growth(small, large, session, limit=limit / 2)


def caps(pages: Pages) -> list[Figure]:
    """Statements and bytes of each page, beside their caps."""
    pages.stamp()
    counted: list[tuple[str, Callable[[], Any], int]] = [
        ("register list", pages.register, 6),
        ("customer", pages.customer, 8),
        ("check-in", pages.check_in, WHO_ASKS + checkins.CAP),
        ("board, changed", pages.board_changed, WHO_ASKS + 3),
    ]
    found = []
    for name, run, most in counted:
        run()
        statements = by_hand.caught(run)
        history = sum(checkins.HISTORY in one.sql for one in statements)
        note = f"and {history} of history" if history else ""
        found.append(Figure(f"statements: {name}", len(statements) - history, "", most=most, note=note))
    pages.all_leave()
    pages.stamp()
    found.append(Figure("statements: board, nothing changed", len(by_hand.caught(pages.poll)), "", most=0))
    whole, part = pages.register().body, pages.product.get(reverse("register"), headers=HTMX).body
    return [
        *found,
        Figure("list: whole page", len(whole) / 1024, "KB", most=60),
        Figure("list: 50 rows without the frame", len(part) / 1024, "KB", most=40),
        Figure("list: the same, gzipped", len(gzip.compress(part, 6)) / 1024, "KB", most=6),
    ]


def growth(small: Scene, large: Scene, session: str, *, limit: float) -> list[Figure]:
    """How much longer each page takes with the large register: the two databases in turn, block by block."""
    both = {one.database: {job.name: job for _n, _g, job, _b in Pages(one, session).jobs()} for one in (small, large)}
    names = ["list", "find", "customer", "check-in"]
    for _block in range(GROWTH_BLOCKS):
        for database, jobs in both.items():
            databases.use(database)
            for name in names:
                jobs[name].warm()
                interleave([jobs[name]], rounds=GROWTH_EACH, limit=limit / GROWTH_BLOCKS / len(names) / 2)
    found = []
    for name in names:
        little, much = both[small.database][name], both[large.database][name]
        note = f"p50 {little.median * 1e3:.2f} ms → {much.median * 1e3:.2f} ms"
        what = f"growth {small.lines:,} → {large.lines:,} lines: {name}"
        found.append(Figure(what, much.median / little.median, "×", most=1.3, note=note))
    return found

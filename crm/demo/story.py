"""The story of one demo office: what is to happen waits on an agenda and happens in order of time, through the rules."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from common.dates import midnight
from common.errors import RuleError
from crm.replay.log import Line
from crm.replay.verbs import VERBS
from crm.replay.world import World
from staff.models import User
from staff.roles import Role

from . import words

Act = Callable[[datetime], object]


@dataclass
class Story:
    """What one office has been through so far: its own random numbers, who is in the house, what is still to happen."""

    world: World
    chance: random.Random
    prefix: int
    now: datetime
    reps: list[str]
    staff: dict[str, str]
    clock: datetime | None = None
    told: int = 0
    born: int = 0
    keys: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    unsigned: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    planned: int = 0

    @property
    def today(self) -> date:
        """The day on which the demo is made."""
        return self.world.office.today(self.now)

    def at(self, days_ago: int, clock: str = "10:00") -> datetime:
        """A time of day of the office, so many days ago."""
        start = midnight(self.today - timedelta(days=days_ago), self.world.office.timezone)
        return datetime.combine(start.date(), time.fromisoformat(clock), tzinfo=start.tzinfo)

    def who(self, role: str) -> User:
        """Whoever holds a role in this office."""
        return self.world.people[self.staff[role]]

    def plan(self, at: datetime, act: Act) -> None:
        """Let something happen at a time to come."""
        self.planned += 1
        heapq.heappush(self.agenda, (at, self.planned, act))

    def plan_act(self, at: datetime, act: Act) -> None:
        """Let something happen at a time to come that no log has a word for, unless the rules refuse it."""
        self.plan(at, lambda moment: self.does(moment, act))

    def plan_event(self, at: datetime, do: str, **args: Any) -> None:
        """Let one event of a log happen at a time to come."""
        self.plan(at, lambda moment: self.happens(moment, do, **args))

    def until(self, end: datetime) -> None:
        """Let everything happen that is due before ``end``, in order of time."""
        while self.agenda and self.agenda[0][0] < end:
            at, _order, act = heapq.heappop(self.agenda)
            act(max(at, self.clock or at))

    def happens(self, at: datetime, do: str, **args: Any) -> bool:
        """Let one event happen now, never before the one before it; False if the rules refuse it."""
        return self.does(at, lambda moment: VERBS[do](self.world, Line(0, moment, do, args)))

    def does(self, at: datetime, act: Act) -> bool:
        """Let something happen that no log has a word for; False if the rules refuse it."""
        at = max(at, self.clock or at)
        try:
            act(at)
        except RuleError:
            return False
        self.clock = at
        self.told += 1
        return True

    def person(self) -> dict[str, Any]:
        """An invented customer: a demo name and a number under a prefix that nobody holds."""
        self.born += 1
        name = f"{self.chance.choice(words.SURNAMES)}示例{self.born}" if self.chance.random() < 0.97 else ""
        number = f"154{self.prefix + self.born:08d}"
        return {"as": f"c{self.born}", "name": name, "phone": number, "consent": self.chance.random() < 0.7}


def of(world: World, *, seed: int, now: datetime) -> Story:
    """A story about a demo office."""
    staff = {user.posting.role: code for code, user in world.people.items() if user.posting}
    reps = [code for code, user in world.people.items() if user.posting and user.posting.role == Role.REP]
    local = now.astimezone(ZoneInfo(world.office.timezone))
    return Story(world, random.Random(seed), seed * 10_000, local, reps, staff)

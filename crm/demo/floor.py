"""The days of a sales office: who signs in, who comes, who calls, who leaves; and the house as it stands now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from common.dates import midnight
from customers import messages
from staff.roles import Role

from . import words, work
from .story import Story

WEEKEND = (5, 6)
ON_DUTY = 5


def day(story: Story, days_ago: int, *, visitors: int) -> None:
    """One whole day: sign-ins, visitors, calls, absences, the evening meeting; at the weekend half as many more."""
    chance = story.chance
    story.inside.clear()
    at = story.at(days_ago, "08:30")
    for rep in chance.sample(story.reps, min(ON_DUTY, len(story.reps))):
        at += timedelta(seconds=chance.randint(20, 400))
        story.plan_event(at, "sign_in", who=rep)
    if at.weekday() in WEEKEND:
        visitors += visitors // 2
    opens = story.at(days_ago, "09:10")
    for second in sorted(chance.randint(0, 31_000) for _n in range(visitors)):
        story.plan(opens + timedelta(seconds=second), lambda moment: _something(story, moment))
    story.plan(story.at(days_ago, "19:30"), lambda moment: work.meeting(story, moment, all_of_it=days_ago > 1))
    story.until(story.at(days_ago - 1, "00:00"))


def open_today(story: Story) -> None:
    """The house as it stands now: what was due since the morning, everybody signed in, a few visitors since."""
    now = story.now
    start = midnight(story.today, story.world.office.timezone)
    begun = max(start, now - timedelta(minutes=40))
    story.until(begun)
    step = (now - begun) / 20
    story.inside.clear()
    for n, rep in enumerate(story.reps):
        story.happens(begun + step * n / 4, "sign_in", who=rep)
    for n in range(3):
        _visit(story, begun + step * (8 + n))
    story.happens(begun + step * 12, "away", who=story.reps[-1])
    for key in story.inside[:1]:
        _leaves(story, begun + step * 15, key)
    story.until(now)


def _something(story: Story, at: datetime) -> None:
    chance = story.chance
    while len(story.inside) > 2:
        _leaves(story, at, story.inside.pop(0))
    dice = chance.random()
    if dice < 0.6:
        _visit(story, at)
    elif dice < 0.75:
        _returns(story, at)
    elif dice < 0.87:
        _call(story, at)
    elif dice < 0.93:
        _web(story, at)
    elif dice < 0.98:
        _absence(story, at)
    else:
        _adjustment(story, at)


def _leaves(story: Story, at: datetime, key: str) -> None:
    """A visitor leaves and is thanked at once, on the console: no carrier is troubled for the demo."""
    if story.happens(at, "leave", customer=key) and not settings.SMS_URL:
        messages.deliver(now=at)


def _visit(story: Story, at: datetime) -> None:
    chance = story.chance
    extra: dict[str, Any] = {}
    dice = chance.random()
    if dice < 0.06:
        extra = {"named": chance.choice(story.reps)}
    elif dice < 0.1 and story.keys:
        extra = {"relation": {"to": chance.choice(story.keys), "kind": chance.choice(["spouse", "parent"])}}
    elif dice < 0.12:
        extra = {"taken_by": chance.choice(story.reps)}
    elif dice < 0.18:
        _looks(story, at)
        return
    person = story.person()
    party = chance.choice([1, 1, 2, 2, 3, 4, 8])
    extra |= {"party": party, "helpers": int(party > 6), "source": chance.choice(words.SOURCES)}
    if story.happens(at, "arrive", kind="visit", **person, **extra):
        story.inside.append(person["as"])
        work.received(story, person["as"], at)


def _looks(story: Story, at: datetime) -> None:
    """Somebody who only looks around, and leaves."""
    key = f"look{at:%d%H%M%S}"
    story.happens(at, "arrive", kind="visit", purpose="look", party=story.chance.randint(1, 3), **{"as": key})
    story.plan_event(at + timedelta(minutes=3), "leave", customer=key)


def _returns(story: Story, at: datetime) -> None:
    if not story.keys:
        return
    key = story.chance.choice(story.keys[-60:])
    if story.happens(at, "arrive", kind="visit", customer=key):
        story.inside.append(key)


def _call(story: Story, at: datetime) -> None:
    person, rep = story.person(), story.chance.choice(story.reps)
    if story.happens(at, "arrive", kind="call", answered_by=rep, **person):
        work.received(story, person["as"], at)


def _web(story: Story, at: datetime) -> None:
    person = story.person()
    if story.happens(at, "arrive", kind="web", **person) and story.chance.random() < 0.9:
        rep, by = story.chance.choice(story.reps), story.staff[Role.SUPERVISOR]
        story.happens(at + timedelta(minutes=5), "assign", customer=person["as"], who=rep, by=by)
        work.received(story, person["as"], at + timedelta(minutes=5))


def _absence(story: Story, at: datetime) -> None:
    rep = story.chance.choice(story.reps)
    if story.happens(at, "away", who=rep):
        story.happens(at + timedelta(minutes=25), "back", who=rep)
    elif not story.happens(at, "back", who=rep):
        story.happens(at, "on_duty", who=rep, by=story.staff[Role.SUPERVISOR], reason="到分公司会签")


def _adjustment(story: Story, at: datetime) -> None:
    rep, by = story.chance.choice(story.reps), story.staff[Role.SUPERVISOR]
    story.happens(at, "adjust", who=rep, by=by, action="move", place=1, reason="上一组客户十分钟即离开")

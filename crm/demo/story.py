"""Three months of a sales office, told as events of a log and run through the rules; the same every time."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from common.dates import midnight
from common.errors import RuleError
from crm.replay.log import Line
from crm.replay.verbs import VERBS
from crm.replay.world import World
from customers.models import Customer
from staff.roles import Role

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧曾解仇朴查单"
NEEDS = ("两室两厅 89㎡", "三室两厅 118㎡", "四室两厅 143㎡", "复式 210㎡", "一室一厅 56㎡", "")
RESULTS = ("约周末再看样板间", "还在比较价格", "等家人商量", "关心学区和交房时间", "对户型满意，考虑付款方式", "")
SOURCES = ("walk_in", "walk_in", "walk_in", "media", "outdoor", "agent", "referral")


@dataclass
class Story:
    """One office's story while it is told: its own random numbers, the customers so far, who is in the house."""

    world: World
    chance: random.Random
    prefix: int
    reps: list[str]
    supervisor: str
    desk: str
    clock: datetime | None = None
    told: int = 0
    born: int = 0
    keys: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def happens(self, at: datetime, do: str, **args: Any) -> bool:
        """Let one event happen, never before the one before it; False if the rules refuse it."""
        at = max(at, self.clock or at)
        try:
            VERBS[do](self.world, Line(0, at, do, {"at": at.isoformat(), **args}))
        except RuleError:
            return False
        self.clock = at
        self.told += 1
        return True


def of(world: World, *, seed: int, supervisor: str, desk: str) -> Story:
    """A story about a demo office."""
    reps = [code for code, user in world.people.items() if user.posting and user.posting.role == Role.REP]
    return Story(world, random.Random(seed), seed * 10_000, reps, supervisor, desk)


def day(story: Story, start: datetime, *, visitors: int, until: datetime | None = None) -> None:
    """One day from local midnight ``start``: sign-ins, visitors, calls, follow-ups, absences; cut off at ``until``."""
    story.inside.clear()
    chance = story.chance
    at = start + timedelta(hours=8, minutes=30)
    for rep in chance.sample(story.reps, len(story.reps)):
        at += timedelta(seconds=chance.randint(20, 400))
        story.happens(at, "sign_in", who=rep)
    at = max(at, start + timedelta(hours=9))
    for _n in range(visitors):
        at += timedelta(seconds=chance.randint(400, 2 * 32_000 // visitors))
        if until and at > until:
            return
        _something(story, at)
    for rep in story.reps:
        at += timedelta(minutes=1)
        _follow_up(story, at, rep)


def open_today(story: Story, now: datetime) -> None:
    """The house as it stands now: everybody signed in, a few visitors since."""
    start = midnight(story.world.office.today(now), story.world.office.timezone)
    begun = max(start, now - timedelta(minutes=40))
    step = (now - begun) / 20
    story.inside.clear()
    for n, rep in enumerate(story.reps):
        story.happens(begun + step * n / 4, "sign_in", who=rep)
    for n in range(3):
        _visit(story, begun + step * (8 + n))
    story.happens(begun + step * 12, "away", who=story.reps[-1])
    for key in story.inside[:1]:
        story.happens(begun + step * 15, "leave", customer=key)


def _something(story: Story, at: datetime) -> None:
    chance = story.chance
    while len(story.inside) > 2:
        story.happens(at, "leave", customer=story.inside.pop(0))
    dice = chance.random()
    if dice < 0.42:
        _visit(story, at)
    elif dice < 0.55:
        _returns(story, at)
    elif dice < 0.66:
        _call(story, at)
    elif dice < 0.72:
        _web(story, at)
    elif dice < 0.92:
        _follow_up(story, at, chance.choice(story.reps))
    elif dice < 0.97:
        _absence(story, at)
    else:
        _adjustment(story, at)


def _person(story: Story) -> dict[str, Any]:
    """An invented customer: a demo name and a number under a prefix that nobody holds."""
    story.born += 1
    number = story.prefix + story.born
    name = f"{story.chance.choice(SURNAMES)}示例{story.born}" if story.chance.random() < 0.95 else ""
    return {"as": f"c{story.born}", "name": name, "phone": f"154{number:08d}", "consent": story.chance.random() < 0.7}


def _visit(story: Story, at: datetime) -> None:
    chance = story.chance
    extra: dict[str, Any] = {}
    dice = chance.random()
    if dice < 0.06:
        extra = {"named": chance.choice(story.reps)}
    elif dice < 0.1 and story.keys:
        extra = {"relation": {"to": chance.choice(story.keys), "kind": chance.choice(["spouse", "parent"])}}
    elif dice < 0.13:
        extra = {"taken_by": chance.choice(story.reps)}
    elif dice < 0.18:
        story.happens(
            at, "arrive", kind="visit", purpose="look", party=chance.randint(1, 3), **{"as": f"look{at:%d%H%M%S}"}
        )
        story.happens(at + timedelta(minutes=3), "leave", customer=f"look{at:%d%H%M%S}")
        return
    person = _person(story)
    party = chance.choice([1, 1, 2, 2, 3, 4, 8])
    extra |= {"party": party, "helpers": int(party > 6), "source": chance.choice(SOURCES)}
    if story.happens(at, "arrive", kind="visit", **person, **extra):
        story.keys.append(person["as"])
        story.inside.append(person["as"])


def _returns(story: Story, at: datetime) -> None:
    if not story.keys:
        return
    key = story.chance.choice(story.keys[-80:])
    if story.happens(at, "arrive", kind="visit", customer=key):
        story.inside.append(key)


def _call(story: Story, at: datetime) -> None:
    person = _person(story)
    if story.happens(at, "arrive", kind="call", answered_by=story.chance.choice(story.reps), **person):
        story.keys.append(person["as"])


def _web(story: Story, at: datetime) -> None:
    person = _person(story)
    if story.happens(at, "arrive", kind="web", **person) and story.chance.random() < 0.8:
        story.keys.append(person["as"])
        rep = story.chance.choice(story.reps)
        story.happens(at + timedelta(minutes=5), "assign", customer=person["as"], who=rep, by=story.supervisor)


def _follow_up(story: Story, at: datetime, rep: str) -> None:
    """A rep calls one of the customers of the last weeks; every tenth follow-up is one the supervisor rejects."""
    chance = story.chance
    mine = set(Customer.objects.filter(owner=story.world.people[rep]).values_list("pk", flat=True))
    keys = [key for key in story.keys[-150:] if story.world.customers.get(key) in mine]
    if not keys:
        return
    key = chance.choice(keys)
    manner = chance.choice(["phone", "phone", "phone", "wechat", "message", "home_visit"])
    told = story.happens(
        at, "follow_up", customer=key, manner=manner, reached=chance.random() < 0.85, result=chance.choice(RESULTS)
    )
    if told and chance.random() < 0.5:
        verb = "follow_up_reject" if chance.random() < 0.1 else "follow_up_sign"
        reason = "通话记录中没有这次电话" if verb == "follow_up_reject" else ""
        later = at + timedelta(minutes=1)
        story.happens(later, verb, customer=key, by=story.supervisor, reason=reason)


def _absence(story: Story, at: datetime) -> None:
    rep = story.chance.choice(story.reps)
    if story.happens(at, "away", who=rep):
        story.happens(at + timedelta(minutes=25), "back", who=rep)
    elif not story.happens(at, "back", who=rep):
        story.happens(at, "on_duty", who=rep, by=story.supervisor, reason="到分公司会签")


def _adjustment(story: Story, at: datetime) -> None:
    rep = story.chance.choice(story.reps)
    story.happens(at, "adjust", who=rep, by=story.supervisor, action="move", place=1, reason="上一组客户十分钟即离开")

"""The customers whose lives are told one by one, so that every page has something to show on any day.

They called, so none of them needs a place in the rotation; most are those of the first two reps.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from reception import channels, web_leads
from reception.arrival import Arrival
from reception.models import ChannelKind
from sales import birthdays
from staff.roles import Role

from . import homes, work
from .story import Story

FIRST, SECOND = "rep1", "rep2"
OPENED_DAYS = 200


def enter(story: Story) -> None:
    """Everything that is told one by one goes on the agenda."""
    homes.build(story, story.at(OPENED_DAYS, "08:00"))
    _buyers(story)
    _subscribers(story)
    _lost(story)
    _cards(story)
    _followed(story)
    _web(story)
    _this_hour(story)


def _call(story: Story, days_ago: int, rep: str, clock: str = "10:00", *, level: str = "", signed: bool = True) -> str:
    """A customer who called, with an A-card that was signed in the evening and filed on the next day."""
    person = story.person() | {"consent": True}
    key, at = person["as"], story.at(days_ago, clock)
    story.plan_event(at, "arrive", kind="call", answered_by=rep, **person)
    if level:
        story.plan(at + timedelta(hours=1), lambda moment: work.write_card(story, key, moment, **work.FINDINGS[level]))
        _card(story, key, at + timedelta(hours=2), "submit", level)
        if signed:
            _card(story, key, at + timedelta(hours=9), "sign")
            _card(story, key, at + timedelta(hours=24), "file")
    return key


def _card(story: Story, key: str, at: datetime, step: str, level: str = "") -> None:
    said: dict[str, Any] = work.FINDINGS[level] if step == "submit" else {}
    if step in ("sign", "return"):
        said = {"by": story.staff[Role.SUPERVISOR], "reason": "先弄清首付来源再谈楼层"}
    story.plan_event(at, "card", customer=key, step=step, **said)


def _contact(story: Story, key: str, days_ago: int, *, clock: str = "15:00", signed: bool = True, **said: Any) -> None:
    """A contact that reached the customer, signed in the evening."""
    at = story.at(days_ago, clock)
    given = {"manner": "phone", "reached": True, "result": "约周末再看样板间", **said}
    story.plan_event(at, "follow_up", customer=key, **given)
    if signed:
        by = story.staff[Role.SUPERVISOR]
        story.plan_event(at + timedelta(hours=4), "follow_up_sign", customer=key, by=by)


def _buyers(story: Story) -> None:
    """Home buyers: delivered, paid, contracted; birthdays by both calendars today and soon; one without a card."""
    lives = (
        (196, (5, 30, 120), birthdays.SOLAR, 0, FIRST, True),
        (150, (6, 30, 90), birthdays.LUNAR, 0, FIRST, False),
        (120, (7, 40), birthdays.LUNAR, 1, FIRST, False),
        (100, (7, 60), birthdays.SOLAR, 2, SECOND, True),
        (60, (7,), birthdays.LUNAR, 5, FIRST, False),
        (45, (10,), birthdays.SOLAR, 9, SECOND, False),
    )
    for days_ago, days, calendar, ahead, rep, is_key in lives:
        key = _call(story, days_ago, rep, level="H")
        homes.buy(story, key, story.at(days_ago - 4), percent_off="0.5", days=days, cared=False)
        born = story.today + timedelta(days=ahead)
        signed = days_ago - 5 - days[0]
        homes.keep(story, key, story.at(signed, "16:00"), calendar, born, is_key=is_key)
    waiting = _call(story, 9, FIRST, level="H")
    homes.buy(story, waiting, story.at(7), percent_off="0", days=(4,), cared=False)


def _subscribers(story: Story) -> None:
    """Subscriptions that wait for a contract, one with more discount than a supervisor may give; two cancellations."""
    for days_ago, rep, off in ((3, FIRST, "0.8"), (2, SECOND, "0"), (2, FIRST, "1.6"), (1, SECOND, "4")):
        key = _call(story, days_ago + 6, rep, level="H")
        homes.buy(story, key, story.at(days_ago, "11:00"), percent_off=off, days=(), cared=False)
    early = _call(story, 40, FIRST, level="H")
    homes.buy(story, early, story.at(38), percent_off="0", days=(), cared=False)
    homes.cancel(story, early, story.at(20))
    late = _call(story, 50, SECOND, level="H")
    homes.buy(story, late, story.at(47), percent_off="0.5", days=(5,), cared=False)
    homes.cancel(story, late, story.at(12))


def _lost(story: Story) -> None:
    """Defeats at every step and on every ground; one whose half year of silence is documented call by call."""
    silent = _call(story, 190, FIRST, level="B")
    for days_ago in range(175, 5, -14):
        _contact(story, silent, days_ago, result="说再考虑", level="B")
    work.give_up(story, silent, story.at(5), ground="unreachable")
    for days_ago, rep, ground, steps in (
        (30, FIRST, "elsewhere", 4),
        (28, SECOND, "not_buying", 4),
        (12, FIRST, "elsewhere", 3),
        (13, SECOND, "not_buying", 3),
        (10, FIRST, "elsewhere", 2),
        (11, SECOND, "elsewhere", 2),
        (8, FIRST, "not_buying", 1),
        (7, SECOND, "elsewhere", 1),
    ):
        key = _call(story, days_ago, rep, level="B")
        work.give_up(story, key, story.at(5, "11:00"), ground=ground, steps=steps)
    kept = _call(story, 9, FIRST, level="A")
    work.give_up(story, kept, story.at(6), ground="elsewhere", steps=3, refused=True)


def _cards(story: Story) -> None:
    """A-cards in every state, in time and late."""
    drafted = _call(story, 1, FIRST, "16:00")
    findings = {"need": True, "confidence": None, "power": None}
    story.plan(story.at(1, "17:00"), lambda moment: work.write_card(story, drafted, moment, **findings))
    _call(story, 2, SECOND)
    returned = _call(story, 2, FIRST, level="B", signed=False)
    _card(story, returned, story.at(2, "19:00"), "return")
    signed = _call(story, 1, FIRST, level="A", signed=False)
    _card(story, signed, story.at(1, "19:00"), "sign")
    unfiled = _call(story, 6, SECOND, level="A", signed=False)
    _card(story, unfiled, story.at(6, "19:00"), "sign")
    for days_ago, rep, level in ((3, SECOND, "A"), (2, FIRST, "H"), (1, FIRST, "B"), (1, SECOND, "C")):
        _call(story, days_ago, rep, "15:00", level=level, signed=False)
    again = _call(story, 14, FIRST, level="B")
    _card(story, again, story.at(4), "submit", "A")
    _card(story, again, story.at(4, "19:00"), "sign")


def _followed(story: Story) -> None:
    """Due today, overdue, promised, soon to lapse; levels that went up and down; contacts nobody signed."""
    overdue = _call(story, 12, FIRST, level="A")
    _contact(story, overdue, 10)
    _call(story, 5, FIRST, level="H")
    due = _call(story, 9, FIRST, level="A")
    _contact(story, due, 7, signed=False)
    promised = _call(story, 8, FIRST, level="B")
    _contact(story, promised, 2, level="B", next_on=f"{story.today}", signed=False, objections="担心交房时间")
    _call(story, 28, FIRST, level="D")
    _call(story, 29, FIRST, level="C")
    moved = _call(story, 26, FIRST, level="D")
    for days_ago, level in ((21, "B"), (16, "A"), (9, "B"), (4, "A"), (2, "H")):
        _contact(story, moved, days_ago, level=level, signed=days_ago > 2)
    for days_ago in (2, 1):
        key = _call(story, days_ago + 3, SECOND, level="B")
        _contact(story, key, days_ago, clock="17:00", signed=False, manner="wechat")
    rejected = _call(story, 8, FIRST, level="B")
    _contact(story, rejected, 3, signed=False)
    by = story.staff[Role.SUPERVISOR]
    story.plan_event(story.at(2), "follow_up_reject", customer=rejected, by=by, reason="通话记录中没有这次电话")


def _web(story: Story) -> None:
    """Two ways for web leads, the daily checks of the last days, leads that wait, one of a customer who has an owner."""
    office, manager = story.world.office, story.who(Role.MARKETING_MANAGER)
    for kind, label in ((ChannelKind.FORM, "官网预约表"), (ChannelKind.HOOK, "示例房产平台")):

        def open_way(moment: datetime, kind: str = kind, label: str = label) -> None:
            channels.make(office, kind=kind, label=label, by=manager, now=moment)

        story.plan(story.at(OPENED_DAYS, "09:00"), lambda moment, act=open_way: story.does(moment, act))
    for days_ago in range(6, 0, -1):
        story.plan(story.at(days_ago, "17:00"), lambda moment: _checked(story, moment))
    for days_ago, clock in ((2, "20:10"), (1, "11:30"), (1, "21:45")):
        _lead(story, story.at(days_ago, clock), story.person())
    known = story.person() | {"consent": True}
    story.plan_event(story.at(5), "arrive", kind="call", answered_by=FIRST, **known)
    _lead(story, story.at(1, "20:00"), known)


def _checked(story: Story, at: datetime) -> None:
    office, by = story.world.office, story.who(Role.WEB_OFFICER)
    story.does(at, lambda moment: web_leads.confirm(office, by=by, now=moment))


def _lead(story: Story, at: datetime, person: dict[str, Any]) -> None:
    said = {
        "name": person["name"] or "示例访客",
        "phone": person["phone"],
        "needs": "想看三室，周末有空",
        "consent": True,
    }
    lead = Arrival("web", **said)
    office = story.world.office

    def take(moment: datetime) -> None:
        web_leads.take_in(office, lead, by=None, now=moment)

    story.plan(at, lambda moment: story.does(moment, take))


def _this_hour(story: Story) -> None:
    """What came in a moment ago: a lead, and a caller whose card and first follow-up wait for the supervisor."""
    begun = max(story.at(0, "00:00"), story.now - timedelta(minutes=30))
    step = (story.now - begun) / 10
    person = story.person() | {"consent": True}
    key = person["as"]
    story.plan_event(begun + step, "arrive", kind="call", answered_by=FIRST, **person)
    story.plan(begun + 2 * step, lambda moment: work.card(story, key, "A", moment))
    _lead(story, begun + 3 * step, story.person())

"""Web leads of the demo: two ways to come in, the daily checks, those that wait; and what came in just now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from reception import channels, web_leads
from reception.arrival import Arrival
from reception.models import ChannelKind
from staff.roles import Role

from . import work
from .cast import FIRST, OPENED_DAYS
from .story import Story


def enter(story: Story) -> None:
    """The last days, and this hour."""
    _web(story)
    _this_hour(story)


def _web(story: Story) -> None:
    """Two ways for web leads, the daily checks of the last days, leads that wait, one of a customer who has an owner."""
    office, manager = story.world.office, story.who(Role.MARKETING_MANAGER)
    for kind, label in ((ChannelKind.FORM, "官网预约表"), (ChannelKind.HOOK, "示例房产平台")):

        def open_way(moment: datetime, kind: str = kind, label: str = label) -> None:
            channels.make(office, kind=kind, label=label, by=manager, now=moment)

        story.plan_act(story.at(OPENED_DAYS, "09:00"), open_way)
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

    story.plan_act(at, take)


def _this_hour(story: Story) -> None:
    """What came in a moment ago: a lead, and a caller whose card and first follow-up wait for the supervisor."""
    begun = max(story.at(0, "00:00"), story.now - timedelta(minutes=30))
    step = (story.now - begun) / 10
    person = story.person() | {"consent": True}
    key = person["as"]
    story.plan_event(begun + step, "arrive", kind="call", answered_by=FIRST, **person)
    story.plan(begun + 2 * step, lambda moment: work.card(story, key, "A", moment))
    _lead(story, begun + 3 * step, story.person())

"""A rep of the demo leaves: out of the rotation, the customers going to three colleagues, one of whom has them (HAND-01)."""

from __future__ import annotations

from datetime import datetime

from customers import handover
from reception.leaving import announce
from staff.roles import Role

from . import words
from .cast import FIRST, SECOND
from .story import Story

LEAVER, THIRD = "rep6", "rep3"


def enter(story: Story) -> None:
    """Announced two days ago, proposed and confirmed yesterday; the first receiver's share still waits."""
    office, people, lead = story.world.office, story.world.people, story.who(Role.SUPERVISOR)
    giver = people[LEAVER]

    def start(now: datetime) -> None:
        to = [people[code] for code in (FIRST, SECOND, THIRD)]
        made = handover.start(office, giver, to=to, by=lead, now=now, reason=words.LEAVES)
        story.plan_act(story.at(1, "10:00"), lambda now: handover.give(made, by=giver, now=now))
        story.plan_act(story.at(1, "11:00"), lambda now: handover.receive(made, by=people[SECOND], now=now))

    story.plan_act(story.at(2, "18:30"), lambda now: announce(office, giver, by=lead, now=now))
    story.plan_act(story.at(1, "09:20"), start)

"""Customers of the demo who are being worked on: A-cards in every state, follow-ups due, late and unsigned."""

from __future__ import annotations

from staff.roles import Role

from . import work
from .cast import FIRST, SECOND, call, card_step, contact
from .story import Story


def enter(story: Story) -> None:
    """A-cards, then follow-ups."""
    _cards(story)
    _followed(story)


def _cards(story: Story) -> None:
    """A-cards in every state, in time and late."""
    drafted = call(story, 1, FIRST, "16:00")
    findings = {"need": True, "confidence": None, "power": None}
    story.plan(story.at(1, "17:00"), lambda moment: work.write_card(story, drafted, moment, **findings))
    call(story, 2, SECOND)
    returned = call(story, 2, FIRST, level="B", signed=False)
    card_step(story, returned, story.at(2, "19:00"), "return")
    signed = call(story, 1, FIRST, level="A", signed=False)
    card_step(story, signed, story.at(1, "19:00"), "sign")
    unfiled = call(story, 6, SECOND, level="A", signed=False)
    card_step(story, unfiled, story.at(6, "19:00"), "sign")
    for days_ago, rep, level in ((3, SECOND, "A"), (2, FIRST, "H"), (1, FIRST, "B"), (1, SECOND, "C")):
        call(story, days_ago, rep, "15:00", level=level, signed=False)
    again = call(story, 14, FIRST, level="B")
    card_step(story, again, story.at(4), "submit", "A")
    card_step(story, again, story.at(4, "19:00"), "sign")


def _followed(story: Story) -> None:
    """Due today, overdue, promised, soon to lapse; levels that went up and down; contacts nobody signed."""
    overdue = call(story, 12, FIRST, level="A")
    contact(story, overdue, 10)
    call(story, 5, FIRST, level="H")
    due = call(story, 9, FIRST, level="A")
    contact(story, due, 7, signed=False)
    promised = call(story, 8, FIRST, level="B")
    contact(story, promised, 2, level="B", next_on=f"{story.today}", signed=False, objections="担心交房时间")
    call(story, 28, FIRST, level="D")
    call(story, 29, FIRST, level="C")
    moved = call(story, 26, FIRST, level="D")
    for days_ago, level in ((21, "B"), (16, "A"), (9, "B"), (4, "A"), (2, "H")):
        contact(story, moved, days_ago, level=level, signed=days_ago > 2)
    for days_ago in (2, 1):
        key = call(story, days_ago + 3, SECOND, level="B")
        contact(story, key, days_ago, clock="17:00", signed=False, manner="wechat")
    rejected = call(story, 8, FIRST, level="B")
    contact(story, rejected, 3, signed=False)
    by = story.staff[Role.SUPERVISOR]
    story.plan_event(story.at(2), "follow_up_reject", customer=rejected, by=by, reason="通话记录中没有这次电话")

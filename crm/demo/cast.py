"""The customers whose lives are told one by one, so that every page has something to show on any day.

They called, so none of them needs a place in the rotation; most are those of the first two reps.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from staff.roles import Role

from . import words, work
from .story import Story

FIRST, SECOND = "rep1", "rep2"
OPENED_DAYS = 200


def call(story: Story, days_ago: int, rep: str, clock: str = "10:00", *, level: str = "", signed: bool = True) -> str:
    """A customer who called, with an A-card that was signed in the evening and filed on the next day."""
    person = story.person() | {"consent": True}
    key, at = person["as"], story.at(days_ago, clock)
    story.plan_event(at, "arrive", kind="call", answered_by=rep, **person)
    if level:
        story.plan(at + timedelta(hours=1), lambda moment: work.write_card(story, key, moment, **work.FINDINGS[level]))
        card_step(story, key, at + timedelta(hours=2), "submit", level)
        if signed:
            card_step(story, key, at + timedelta(hours=9), "sign")
            card_step(story, key, at + timedelta(hours=24), "file")
    return key


def card_step(story: Story, key: str, at: datetime, step: str, level: str = "") -> None:
    """One step of an A-card."""
    said: dict[str, Any] = work.FINDINGS[level] if step == "submit" else {}
    if step == "sign":
        said = {"by": story.staff[Role.SUPERVISOR], "reason": words.GUIDANCE[-2]}
    elif step == "return":
        said = {"by": story.staff[Role.SUPERVISOR], "reason": words.RETURNS}
    story.plan_event(at, "card", customer=key, step=step, **said)


def contact(story: Story, key: str, days_ago: int, *, clock: str = "15:00", signed: bool = True, **said: Any) -> None:
    """A contact that reached the customer, signed in the evening."""
    at = story.at(days_ago, clock)
    given = {"manner": "phone", "reached": True, "result": words.RESULTS[0], **said}
    story.plan_event(at, "follow_up", customer=key, **given)
    if signed:
        by = story.staff[Role.SUPERVISOR]
        story.plan_event(at + timedelta(hours=4), "follow_up_sign", customer=key, by=by)

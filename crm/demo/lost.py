"""Customers of the demo who are given up: every ground, every step."""

from __future__ import annotations

from . import work
from .cast import FIRST, SECOND, call, contact
from .story import Story


def enter(story: Story) -> None:
    """Defeats at every step and on every ground; one whose half year of silence is documented call by call."""
    silent = call(story, 190, FIRST, level="B")
    for days_ago in range(175, 5, -14):
        contact(story, silent, days_ago, result="说再考虑", level="B")
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
        key = call(story, days_ago, rep, level="B")
        work.give_up(story, key, story.at(5, "11:00"), ground=ground, steps=steps)
    kept = call(story, 9, FIRST, level="A")
    work.give_up(story, kept, story.at(6), ground="elsewhere", steps=3, refused=True)

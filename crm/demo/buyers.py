"""Home buyers of the demo: delivered, paid, contracted, subscribed, cancelled; birthdays near today."""

from __future__ import annotations

from datetime import timedelta

from sales import birthdays

from . import homes
from .cast import FIRST, SECOND, call
from .story import Story


def enter(story: Story) -> None:
    """Those with a deal, and those with a subscription."""
    _buyers(story)
    _subscribers(story)


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
        key = call(story, days_ago, rep, level="H")
        homes.buy(story, key, story.at(days_ago - 4), percent_off="0.5", days=days, cared=False)
        born = story.today + timedelta(days=ahead)
        signed = days_ago - 5 - days[0]
        homes.keep(story, key, story.at(signed, "16:00"), calendar, born, is_key=is_key)
    waiting = call(story, 9, FIRST, level="H")
    homes.buy(story, waiting, story.at(7), percent_off="0", days=(4,), cared=False)


def _subscribers(story: Story) -> None:
    """Subscriptions that wait for a contract, one with more discount than a supervisor may give; two cancellations."""
    for days_ago, rep, off in ((3, FIRST, "0.8"), (2, SECOND, "0"), (2, FIRST, "1.6"), (1, SECOND, "4")):
        key = call(story, days_ago + 6, rep, level="H")
        homes.buy(story, key, story.at(days_ago, "11:00"), percent_off=off, days=(), cared=False)
    early = call(story, 40, FIRST, level="H")
    homes.buy(story, early, story.at(38), percent_off="0", days=(), cared=False)
    homes.cancel(story, early, story.at(20))
    late = call(story, 50, SECOND, level="H")
    homes.buy(story, late, story.at(47), percent_off="0.5", days=(5,), cared=False)
    homes.cancel(story, late, story.at(12))

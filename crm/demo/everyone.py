"""Everything of the demo that is told one by one goes on the agenda."""

from __future__ import annotations

from . import at_work, bulk, buyers, discipline, homes, leads, lost, quarrels, records
from .cast import OPENED_DAYS
from .story import Story


def enter(story: Story) -> None:
    """The homes first, then the people."""
    homes.build(story, story.at(OPENED_DAYS, "08:00"))
    for part in (buyers, lost, at_work, leads, records, quarrels, discipline, bulk):
        part.enter(story)

"""Everything of the demo that is told one by one goes on the agenda."""

from __future__ import annotations

from . import at_work, bulk, buyers, discipline, ends, evenings, homes, leads, leaver, lost, quarrels, records, tables
from .cast import OPENED_DAYS
from .story import Story


def enter(story: Story) -> None:
    """The homes first, then the people."""
    homes.build(story, story.at(OPENED_DAYS, "08:00"))
    for part in (tables, buyers, lost, at_work, leads, records, quarrels, discipline, bulk, evenings, ends, leaver):
        part.enter(story)

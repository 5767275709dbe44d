"""When a contact may lie and when the next one: never in the future, never later than the rhythm (FUP-02, FUP-03)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import OfficePolicy

from .levels import latest
from .models import Episode


def check_time(at: datetime, *, episode: Episode, now: datetime) -> None:
    """A contact lies neither in the future nor before the present ownership (FUP-03, OWN-06)."""
    if at > now:
        raise RuleError(_("The contact lies in the future: enter when it took place"), rule="FUP-03")
    if at < episode.since:
        raise RuleError(_("The contact lies before the present ownership began"), rule="OWN-06")


def check_next(next_on: date | None, *, day: date, level: str, policy: OfficePolicy) -> None:
    """The next date may be earlier than the rhythm, never later, and not in the past (FUP-02)."""
    if next_on is None:
        return
    if next_on < day:
        raise RuleError(_("The next contact lies before this one: choose a later day"), rule="FUP-02")
    last = latest(level, day, policy)
    if last is not None and next_on > last:
        raise RuleError(
            _("Level %(level)s is followed up by %(day)s at the latest: choose that day or an earlier one")
            % {"level": level, "day": last},
            rule="FUP-02",
        )

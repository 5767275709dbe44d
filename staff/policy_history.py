"""The policy as it was: the version in force at a moment, and what each saving changed (OFF-01)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .models import Office, OfficePolicy, User
from .policy import FIELDS


@dataclass(frozen=True)
class Version:
    """The policy as it was at a moment: which saving it was, since when, and its fields."""

    number: int
    since: datetime
    fields: Any


def version_at(office: Office, at: datetime) -> Version:
    """The version of the policy in force at ``at``; the first one for what was before it."""
    records = OfficePolicy.history.filter(office=office).order_by("history_date", "history_id")
    begun = records.filter(history_date__lte=at)
    found = begun.last() or records.first()
    return Version(max(begun.count(), 1), found.history_date, found)


@dataclass(frozen=True)
class Change:
    """One field of the policy as it was and as it became, in words."""

    label: Promise | str
    was: str
    became: str


@dataclass(frozen=True)
class Revision:
    """One saving of the policy: who, when, and what it changed. ``changes`` is empty for the first."""

    at: datetime
    by: User | None
    reason: str
    changes: list[Change]


def revisions(policy: OfficePolicy, limit: int = 50) -> list[Revision]:
    """The last changes of the policy, newest first."""
    records = list(policy.history.select_related("history_user").order_by("-history_date", "-history_id")[: limit + 1])
    pairs = zip(records, [*records[1:], None], strict=True)
    found = [
        Revision(new.history_date, new.history_user, new.history_change_reason or "", _changes(old, new))
        for new, old in pairs
    ]
    return found[:limit]


def _changes(old: Any, new: Any) -> list[Change]:
    """The fields in which two records differ."""
    if old is None:
        return []
    names = [name for name in FIELDS if getattr(old, name) != getattr(new, name)]
    return [Change(OfficePolicy._meta.get_field(n).verbose_name, _words(old, n), _words(new, n)) for n in names]


def _words(record: Any, name: str) -> str:
    """A value of the policy as people read it."""
    value = getattr(record, name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if OfficePolicy._meta.get_field(name).choices:
        return str(dict(OfficePolicy._meta.get_field(name).flatchoices)[value])
    return f"{value:%H:%M}" if hasattr(value, "hour") else str(value)

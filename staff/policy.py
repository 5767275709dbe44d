"""The office's policy: set by the marketing manager, every change kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.errors import RuleError

from .models import Office, OfficePolicy, User
from .posting import belongs

FIELDS = tuple(
    field.name for field in OfficePolicy._meta.get_fields() if field.concrete and field.name not in ("id", "office")
)


def of(office: Office) -> OfficePolicy:
    """The policy of an office."""
    return OfficePolicy.objects.get(office=office)


def change(office: Office, *, by: User | None, now: datetime, reason: str = "", **fields: Any) -> OfficePolicy:
    """Set ``fields`` of the policy. What does not change is not written; without any change nothing is kept."""
    with transaction.atomic():
        if by is not None and not belongs(by, office, now):
            raise RuleError(_("Only the manager of that office sets its policy"), rule="OFF-01")
        policy = OfficePolicy.objects.select_for_update(of=("self",)).get(office=office)
        changed = [name for name, value in fields.items() if getattr(policy, name) != value]
        for name in changed:
            setattr(policy, name, fields[name])
        try:
            policy.full_clean(validate_unique=False)
        except ValidationError as error:
            raise RuleError(" ".join(error.messages)) from error
        if changed:
            policy._history_user, policy._change_reason, policy._history_date = by, reason, now
            policy.save(update_fields=changed)
    return policy


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

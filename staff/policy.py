"""The office's policy: set by the marketing manager, every change kept."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
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

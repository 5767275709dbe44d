"""The list of what waits for a decision, taken out: its kinds are known here alone (REP-07, BULK-05)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.rows import moment
from exchange.lists.listed import Asked, Listed, columns
from staff.models import ApprovalRequest
from staff.roles import Duty

from . import waiting


def _rows(chunk: list[ApprovalRequest], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "title": one.title,
            "kind": waiting.kind_in_words(one),
            "by": str(one.opened_by),
            "office": str(one.office),
            "at": moment(one.opened_at),
        }
        for one in chunk
    ]


APPROVALS = Listed(
    _("Waiting for me"),
    (Duty.APPROVE,),
    columns((_("Request"), 30), (_("Kind"), 16), (_("Asked by"), 12), (_("Office"), 16), (_("Since"), 17)),
    lambda asked: waiting.found(asked.user, now=asked.now),
    (),
    _rows,
    ("title", "kind", "by", "office", "at"),
)

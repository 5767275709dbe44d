"""How a case speaks with the approvals: what they keep of it is sealed, and so are the reasons (BULK-05, BULK-11)."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common import crypto
from common.errors import RuleError
from staff import approvals
from staff.models import ApprovalRequest, User

from .models import Case
from .sealed import SealedFigure


def snapshot(case: Case, *, percent: Any = None, **facts: Any) -> dict[str, Any]:
    """What a step keeps of the case: its facts, the percent as ciphertext under the case's key."""
    kept: dict[str, Any] = {"case": case.pk, "units": case.units, **facts}
    if percent is not None:
        text = str(percent).rjust(SealedFigure.width)
        blob = crypto.seal(case.data_key, text, model="Snapshot", field="percent", subject=str(case.uuid))
        kept["sealed"] = base64.b64encode(blob).decode()
    return kept


def percent_in(case: Case, kept: dict[str, Any]) -> str:
    """The percent that a snapshot keeps, for those who see the case's prices; empty without one."""
    if "sealed" not in kept:
        return ""
    blob = base64.b64decode(kept["sealed"])
    return crypto.unseal(case.data_key, blob, model="Snapshot", field="percent", subject=str(case.uuid)).strip()


def seen(request: ApprovalRequest) -> int:
    """A number that changes with every step and every new climb: what the page that decides carries."""
    return request.pk * 100 + request.step


def check_seen(asked: ApprovalRequest, step: int | None, *, rule: str) -> None:
    """Refuse a decision on a step that is past: decided, changed or withdrawn since it was seen (BULK-05)."""
    if step is not None and step != seen(asked):
        raise RuleError(_("This step was decided or changed meanwhile: look at the request again"), rule=rule)


def decide(
    asked: ApprovalRequest, *, by: User, decision: str, now: datetime, snapshot: dict[str, Any]
) -> ApprovalRequest:
    """Decide a step. The reason stays with the case, sealed: it may name the price."""
    reason = _("Written in the case")
    return approvals.decide(asked, by=by, decision=decision, reason=reason, now=now, snapshot=snapshot)

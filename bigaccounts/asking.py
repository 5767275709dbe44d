"""How a case speaks with the approvals: what they keep of it is sealed, and so are the reasons (BULK-05, BULK-11)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
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
        kept["sealed"] = _sealed(case, "percent", str(percent).rjust(SealedFigure.width))
    return kept


def percent_in(case: Case, kept: dict[str, Any]) -> str:
    """The percent that a snapshot keeps, for those who see the case's prices; empty without one."""
    return _opened(case, "percent", kept["sealed"]).strip() if "sealed" in kept else ""


def seen(request: ApprovalRequest) -> int:
    """A number that changes with every step and every new climb: what the page that decides carries."""
    return request.pk * 100 + request.step


def check_seen(asked: ApprovalRequest, step: int | None, *, rule: str) -> None:
    """Refuse a decision on a step that is past: decided, changed or withdrawn since it was seen (BULK-05)."""
    if step is not None and step != seen(asked):
        raise RuleError(_("This step was decided or changed meanwhile: look at the request again"), rule=rule)


def decide(
    case: Case,
    asked: ApprovalRequest,
    *,
    by: User,
    decision: str,
    reason: str,
    now: datetime,
    snapshot: dict[str, Any],
) -> ApprovalRequest:
    """Decide a step. The reason is kept under the case's key: it may name the price."""
    words = reason.strip()
    kept = {**snapshot, "words": _sealed(case, "words", words)} if words else snapshot
    told = _("Written in the case")
    return approvals.decide(asked, by=by, decision=decision, reason=told, now=now, snapshot=kept)


def words_in(case: Case, kept: Mapping[str, Any]) -> str:
    """The reason that a step keeps, for those who see the case's prices; empty without one."""
    return _opened(case, "words", kept["words"]) if "words" in kept else ""


def _sealed(case: Case, field: str, text: str) -> str:
    blob = crypto.seal(case.data_key, text, model="Snapshot", field=field, subject=str(case.uuid))
    return base64.b64encode(blob).decode()


def _opened(case: Case, field: str, kept: str) -> str:
    blob = base64.b64decode(kept)
    return crypto.unseal(case.data_key, blob, model="Snapshot", field=field, subject=str(case.uuid))

"""Leaving: announced, exports frozen, the account closed; sessions end with it (OFF-04, HAND-01, HAND-02)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from common.prepared import Prepared

from . import posting
from .models import Fitness, Posting, UnfitReason, User
from .roles import Duty

LEAVING = Prepared(lambda user: Fitness.objects.filter(user=user, until__isnull=True, reason=UnfitReason.LEAVING), int)


def is_leaving(user: User) -> bool:
    """Whether ``user`` is in the process of leaving (000/3.4)."""
    return LEAVING.first(user.pk) is not None


def check_may_export(user: User) -> None:
    """Nobody takes data along: while somebody leaves, prints, downloads and exports of theirs are refused (HAND-01)."""
    if is_leaving(user):
        raise RuleError(_("You are leaving: exports and prints are closed to you. Ask a colleague"), rule="HAND-01")


def check_close(user: User, *, by: User) -> None:
    """The manager closes accounts of the office, the administrator those of the company; nobody their own (HAND-02)."""
    if user.pk == by.pk:
        raise RuleError(_("Nobody closes their own account. Ask the marketing manager"), rule="HAND-02")
    if not user.is_active:
        raise RuleError(_("This account is closed already"), rule="HAND-02")
    scope = Posting.objects.visible_to(by).filter(user=user)
    if not (by.has(Duty.RULE_STAFF) or by.has(Duty.ADMINISTER)) or not scope.exists():
        raise RuleError(_("Only the marketing manager or the administrator closes an account"), rule="HAND-02")


@transaction.atomic
def close(user: User, *, by: User, now: datetime) -> User:
    """Close the account: the posting ends today, nobody signs in to it, and its sessions end with the next request.

    Who still owns customers is kept from here by ``customers.leaving``.
    """
    check_close(user, by=by)
    held = posting.held(user, now)
    today = held.office.today(now) if held is not None and held.office else now.date()
    if held is not None and (held.until is None or held.until > today):
        held.until = today
        held._history_user, held._change_reason = by, "account closed"  # type: ignore[attr-defined]
        held.save(update_fields=["until"])
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.__dict__.pop("posting", None)
    return user

"""The supervisor signs or rejects what was recorded of a contact (FUP-04, OWN-10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import User

from . import due, telling
from .models import Customer, FollowUp, Signature
from .ownership import check_supervises, relock, work_out_anew


def check_decide(follow_up: FollowUp, *, by: User) -> None:
    """A follow-up is signed or rejected once, by the supervisor, never by its own author (FUP-04)."""
    check_supervises(follow_up.customer.office, by=by)
    if follow_up.author_id == by.pk:
        raise RuleError(_("Nobody signs their own follow-up"), rule="FUP-04")
    if follow_up.signature != Signature.PENDING:
        words = {"state": follow_up.get_signature_display()}
        raise RuleError(_("This follow-up is not awaiting signature: %(state)s") % words, rule="FUP-04")


def _decide(follow_up: FollowUp, signature: str, *, by: User, now: datetime, reason: str) -> FollowUp:
    rows = FollowUp.objects.select_related("customer__office__policy", "episode").select_for_update(of=("self",))
    follow_up = rows.get(pk=follow_up.pk)
    check_decide(follow_up, by=by)
    follow_up.signature = signature
    follow_up.decided_by, follow_up.decided_at, follow_up.decided_reason = by, now, reason.strip()
    follow_up.save(update_fields=["signature", "decided_by", "decided_at", "decided_reason"])
    return follow_up


@transaction.atomic
def sign(follow_up: FollowUp, *, by: User, now: datetime) -> FollowUp:
    """The supervisor signs a follow-up (FUP-04)."""
    relock(follow_up.customer)
    return _decide(follow_up, Signature.SIGNED, by=by, now=now, reason="")


@transaction.atomic
def reject(follow_up: FollowUp, *, by: User, now: datetime, reason: str = "") -> FollowUp:
    """The supervisor rejects a follow-up: it never counted, and the end of ownership is worked out anew (OWN-10)."""
    relock(follow_up.customer)
    follow_up = _decide(follow_up, Signature.REJECTED, by=by, now=now, reason=reason)
    work_out_anew(follow_up.episode)
    customer = Customer.objects.select_related("office__policy").get(pk=follow_up.customer_id)
    due.refresh(customer, customer.office)
    telling.rejected(follow_up, now=now)
    return follow_up

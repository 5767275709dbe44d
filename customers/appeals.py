"""Appeals against a ruling: one for each party, taken back until the manager has decided (000/17, OWN-12)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import User

from . import dispute_notices
from .disputes import STATES, locked
from .models import Dispute, DisputeState


def check_appeal(dispute: Dispute, *, by: User) -> None:
    """A party appeals, once, against the supervisor's ruling."""
    if not dispute.is_party(by):
        raise RuleError(_("Only the parties can appeal"), rule="OWN-12")
    STATES.check(dispute, DisputeState.APPEALED)
    if Dispute.history.filter(id=dispute.pk, appealed_by=by).exists():
        raise RuleError(_("You took your appeal back: the ruling stands"), rule="OWN-12")


@transaction.atomic
def appeal(dispute: Dispute, *, by: User, now: datetime, reason: str) -> Dispute:
    """Take the ruling to the marketing manager, once, with the reason (OWN-12)."""
    dispute = locked(dispute)
    check_appeal(dispute, by=by)
    if not reason.strip():
        raise RuleError(_("Say what is wrong with the ruling: the manager reads it"), rule="OWN-12")
    STATES.move(dispute, DisputeState.APPEALED)
    dispute.appealed_by, dispute.appealed_at, dispute.recalled_at = by, now, None
    assert dispute.customer is not None
    if dispute.customer.data_key is not None:
        dispute.appeal = reason.strip()
    dispute.save(update_fields=["state", "appealed_by", "appealed_at", "recalled_at", "appeal_sealed"])
    dispute_notices.appealed(dispute, now=now)
    return dispute


def check_recall(dispute: Dispute, *, by: User) -> None:
    """Who appealed takes the appeal back until the manager has decided; the other party may still appeal."""
    if dispute.state != DisputeState.APPEALED:
        raise RuleError(_("No appeal waits here: there is nothing to take back"), rule="OWN-12")
    if by.pk != dispute.appealed_by_id:
        raise RuleError(_("Only who appealed takes the appeal back"), rule="OWN-12")
    STATES.check(dispute, DisputeState.RULED)


@transaction.atomic
def recall(dispute: Dispute, *, by: User, now: datetime) -> Dispute:
    """Take an appeal back: the supervisor's ruling stands."""
    dispute = locked(dispute)
    check_recall(dispute, by=by)
    STATES.move(dispute, DisputeState.RULED)
    dispute.recalled_at = now
    dispute.save(update_fields=["state", "recalled_at"])
    dispute_notices.recalled(dispute, now=now)
    return dispute

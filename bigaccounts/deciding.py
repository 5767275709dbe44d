"""Which cases a person decides on, or decided on, by what the approvals know (BULK-05, BULK-11)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from staff import approvals
from staff.models import ApprovalRequest, User
from staff.roles import Duty


def decided_by(user: User, *, now: datetime | None = None) -> set[int]:
    """The cases that wait for a decision of ``user``, or had one: theirs even where they only stand in for somebody."""
    if not user.has(Duty.SEE_BULK):
        return set()
    took_part = Q(entries__position__gte=1) & (Q(entries__by=user) | Q(entries__on_behalf_of=user))
    waiting = approvals.waiting_for(user, on=timezone.localdate(now)).filter(kind__startswith="bulk.")
    found = ApprovalRequest.objects.filter(took_part | Q(pk__in=waiting.values("pk")), kind__startswith="bulk.")
    return {int(subject.rpartition(":")[2]) for subject in found.values_list("subject", flat=True)}

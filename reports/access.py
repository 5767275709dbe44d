"""Whose offices' reports a person sees: their own, those of their branch, those of their company (OFF-03)."""

from __future__ import annotations

from django.db.models import QuerySet

from staff import places
from staff.models import Office, User
from staff.roles import Duty


def offices_for(user: User) -> QuerySet[Office]:
    """The offices of the user's unit, for those who see reports; none for others."""
    offices = places.offices_of(user).select_related("policy")
    return offices if user.has(Duty.SEE_REPORTS) else offices.none()

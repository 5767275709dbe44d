"""Whose offices' reports a person sees: their own, those of their branch, those of their company (OFF-03)."""

from __future__ import annotations

from django.db.models import QuerySet

from staff.models import Office, User
from staff.roles import Duty


def offices_for(user: User) -> QuerySet[Office]:
    """The offices of the user's unit, for those who see reports; none for others."""
    offices, posting = Office.objects.select_related("policy").order_by("name", "pk"), user.posting
    if posting is None or not user.has(Duty.SEE_REPORTS):
        return offices.none()
    if posting.office_id is not None:
        return offices.filter(pk=posting.office_id)
    if posting.branch_id is not None:
        return offices.filter(branch=posting.branch_id)
    return offices.filter(branch__company=posting.company_id)

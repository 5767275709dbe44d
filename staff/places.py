"""Where somebody sits: the unit of their posting, its clock, and the offices that belong to it (OFF-01)."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from .models import Office, User


def unit_of(user: User) -> str:
    """The name of the office, branch or company in which the person is posted."""
    posting = user.posting
    return str(posting.office or posting.branch or posting.company) if posting else ""


def zone_of(user: User) -> str:
    """The time zone of the person's office; of the company for whoever sits above the offices."""
    return user.office.timezone if user.office else settings.TIME_ZONE


def offices_of(user: User) -> QuerySet[Office]:
    """The person's own office, those of their branch, or those of their company."""
    offices, posting = Office.objects.order_by("name", "pk"), user.posting
    if posting is None:
        return offices.none()
    if posting.office_id is not None:
        return offices.filter(pk=posting.office_id)
    if posting.branch_id is not None:
        return offices.filter(branch=posting.branch_id)
    return offices.filter(branch__company=posting.company_id)

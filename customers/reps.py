"""Who sells, who supervises and who does the desk work in an office on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from common.prepared import Prepared
from staff.models import Office, Posting, User
from staff.roles import DUTIES, SELLING_ROLES, Duty, Role

SOLD = Prepared(
    lambda office: (
        Posting.objects.filter(office=office, role__in=SELLING_ROLES)
        .select_related("user")
        .only("user__name")
        .order_by("number", "user_id")
    ),
    int,
)


def sellers(office: Office, on: date) -> QuerySet[User]:
    """The sales staff of ``office`` on a day, by staff number: those who can own customers."""
    held = Posting.objects.holding(on).filter(office=office, role__in=SELLING_ROLES)
    rows = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return rows.order_by("postings__number", "pk").filter(postings__in=held)


def supervisors(office: Office, on: date) -> QuerySet[User]:
    """Those who supervise ``office`` on a day."""
    held = Posting.objects.holding(on).filter(office=office, role__in=DUTIES[Duty.SUPERVISE])
    return User.objects.filter(pk__in=held.values("user"), is_active=True)


def sellers_and_supervisors(office: Office, on: date) -> QuerySet[User]:
    """Those who sell or supervise in ``office`` on a day, by name."""
    roles = SELLING_ROLES | DUTIES[Duty.SUPERVISE]
    held = Posting.objects.holding(on).filter(office=office, role__in=roles)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


def clerks(office: Office, on: date) -> QuerySet[User]:
    """The clerks of ``office`` on a day."""
    held = Posting.objects.holding(on).filter(office=office, role=Role.CLERK)
    return User.objects.filter(pk__in=held.values("user"), is_active=True)


def ever_sold(office: Office) -> list[tuple[int, str]]:
    """(id, name) of all who sell or sold in ``office``: whom a register's lines may name."""
    return list(dict.fromkeys((row.user_id, row.user.name) for row in SOLD.rows(office.pk)))

"""What is granted for a single customer, each with its latest end: a missed clean-up leaves nothing open.

A helper may see and edit it until the reception ends (REC-13); a second person may read a key customer (REG-12).
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from guardian.models import UserObjectPermissionBase

from .party import Customer

HELPS, READS = "help_customer", "read_key_customer"


class CustomerGrant(UserObjectPermissionBase):
    """A guardian permission on one customer."""

    content_object = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="grants")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id} {self.content_object_id}"


def allowing(what: str) -> models.QuerySet[CustomerGrant]:
    """The grants of one permission."""
    return CustomerGrant.objects.filter(permission__codename=what)


def helped_by(user: object, now: datetime) -> models.QuerySet:
    """Ids of the customers that ``user`` may help with at ``now``."""
    return allowing(HELPS).filter(user=user, until__gt=now).values("content_object_id")

"""What is granted for a single customer: a helper may see and edit it until the reception ends (REC-13)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from guardian.models import UserObjectPermissionBase

from .party import Customer


class CustomerGrant(UserObjectPermissionBase):
    """A guardian permission on one customer, with its latest end: a missed clean-up leaves nothing open."""

    content_object = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="grants")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} may help with {self.content_object_id}"


def helped_by(user: object, now: datetime) -> models.QuerySet:
    """Ids of the customers that ``user`` may help with at ``now``."""
    return CustomerGrant.objects.filter(user=user, until__gt=now).values("content_object_id")

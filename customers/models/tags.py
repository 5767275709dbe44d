"""Tags of an office, and the customers that have them (REG-12)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from common.history import kept
from staff.models import Office, User
from staff.roles import Duty

from .party import Customer


class TagQuerySet(models.QuerySet["Tag"]):
    """Tags by scope."""

    def visible_to(self, user: User) -> TagQuerySet:
        """The tags of the user's own office."""
        sees = user.has(Duty.SEE_OFFICE) or user.has(Duty.SEE_OWN)
        return self.filter(office=user.office) if user.office and sees else self.none()


class Tag(models.Model):
    """A word by which an office classes its customers. A retired one is not put on anybody any more."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(_("tag"), max_length=20)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    history = kept()
    objects = TagQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("office", Lower("name"), name="tag_once_per_office")]

    def __str__(self) -> str:
        return self.name


class CustomerTag(models.Model):
    """A tag on a customer: by whom, when."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="customers")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    history = kept()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "customer"], name="customer_tag_once")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.customer_id}"

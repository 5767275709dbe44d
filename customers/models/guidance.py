"""What a supervisor advises on a customer or to a person (000/22, 004 夕会)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.sealed import SealedText
from staff.models import Office, User

from .party import Customer


class Guidance(models.Model):
    """A word of guidance: on a customer, sealed under the customer's key and kept there; or to a person alone."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="guidance")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="guidance")
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words_sealed = models.BinaryField(default=b"")
    plain_words = models.CharField(max_length=500, blank=True)

    sealed_words = SealedText("words_sealed")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["office", "day"], name="guidance_office_day"),
            models.Index(fields=["customer", "-at"], name="guidance_customer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | Q(person__isnull=False), name="guidance_is_to_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day}"

    @property
    def words(self) -> str:
        """What was said."""
        return self.sealed_words if self.customer_id else self.plain_words

"""Key customers 重点客户, and who else may see them (REG-12)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.sealed import SealedText
from staff.models import User

from .party import Customer


class KeyMark(models.Model):
    """A time during which a customer is a key customer: why, by whom, from when to when."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="key_marks")
    reason_sealed = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("marked"))
    lifted_reason_sealed = models.BinaryField(blank=True, default=b"")
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    reason = SealedText("reason_sealed")
    lifted_reason = SealedText("lifted_reason_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(lifted_at__isnull=True), name="key_mark_one_open_per_customer"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="key_mark_lifting_has_author",
            ),
        ]

    def __str__(self) -> str:
        return f"key mark of {self.customer_id}"


class SecondEnded(models.TextChoices):
    """Why a second person sees the customer no more."""

    EXPIRED = "expired", _("the time was over")
    BY_HAND = "by_hand", _("ended by the supervisor")
    REPLACED = "replaced", _("somebody else was named")
    LIFTED = "lifted", _("no key customer any more")
    LEFT = "left", _("no longer sells here")
    OWNS = "owns", _("owns the customer now")


class SecondPerson(models.Model):
    """Who else may read a key customer and its record, to the end of the day ``last``; named by the supervisor.

    What opens the pages is a :class:`CustomerGrant`; this says why, and how it ended.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="seconds")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last = models.DateField(_("to"))
    reason_sealed = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("named"))
    ended = models.CharField(_("ended by"), max_length=8, choices=SecondEnded.choices, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    reason = SealedText("reason_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at__isnull=True), name="second_person_one_open_per_customer"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended="") | (Q(ended_at__isnull=False) & ~Q(ended="")),
                name="second_person_end_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} second for {self.customer_id}"

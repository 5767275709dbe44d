"""Contacts with a customer after registration: follow-ups 回访, and visits and calls that count as such."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common.fields import BytesField
from common.history import kept
from customers.sealed import SealedText
from staff.models import User

from .ownership import Episode
from .party import Customer, Level
from .register import RegisterLine


class Manner(models.TextChoices):
    """How the customer was contacted (000/19)."""

    PHONE = "phone", _("phone call")
    HOME_VISIT = "home_visit", _("visit to the home")
    OFFICE_VISIT = "office_visit", _("visit to the office")
    MESSAGE = "message", _("text message")
    WECHAT = "wechat", _("WeChat")
    GREETING = "greeting", _("festival greeting")
    GIFT = "gift", _("gift")
    GATHERING = "gathering", _("gathering")


class Signature(models.TextChoices):
    """What the supervisor said of a follow-up. A line of the register needs no signature."""

    PENDING = "pending", _("awaiting signature")
    SIGNED = "signed", _("signed")
    REJECTED = "rejected", _("rejected")
    NONE = "none", _("from the register")


EFFECTIVE = Q(reached=True, has_result=True) & ~Q(signature=Signature.REJECTED)


class FollowUp(models.Model):
    """One contact. Effective if reached, with a result, and not rejected (OWN-10): it moves the end of ownership.

    ``extends_to`` is the end that it gives by the policy in force when it was recorded. ``line`` is the register
    line of a returning visit or call that counts as the day's follow-up (OWN-06a). ``entered_at``: when it was
    written down, where that was later than ``at``: a report of a closed month must not know of it.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="follow_ups")
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="follow_ups")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="follow_ups")
    line = models.ForeignKey(RegisterLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))
    entered_at = models.DateTimeField(null=True, blank=True)
    day = models.DateField(_("day"))
    extends_to = models.DateField()
    manner = models.CharField(_("manner"), max_length=12, choices=Manner.choices)
    reached = models.BooleanField(_("reached"))
    has_result = models.BooleanField()
    result_sealed = BytesField(blank=True, default=b"")
    objections_sealed = BytesField(blank=True, default=b"")
    level = models.CharField(_("intent level"), max_length=1, choices=Level.choices, blank=True)
    next_on = models.DateField(_("next on"), null=True, blank=True)
    signature = models.CharField(_("signature"), max_length=8, choices=Signature.choices, default=Signature.PENDING)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_reason = models.CharField(max_length=200, blank=True)
    history = kept()

    result = SealedText("result_sealed")
    objections = SealedText("objections_sealed")

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-at", "-id"], name="follow_up_customer_last"),
            models.Index(Coalesce("entered_at", "at"), name="follow_up_known"),
            models.Index(fields=["episode", "day"], name="follow_up_episode_day"),
            models.Index(fields=["at"], name="follow_up_pending_at", condition=Q(signature="pending")),
            models.Index(fields=["decided_at"], name="follow_up_rejected_at", condition=Q(signature="rejected")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(signature__in=["pending", "none"], decided_at__isnull=True, decided_by__isnull=True)
                | Q(signature__in=["signed", "rejected"], decided_at__isnull=False, decided_by__isnull=False),
                name="follow_up_signature_has_author_and_time",
            ),
            models.UniqueConstraint(fields=["line"], condition=Q(line__isnull=False), name="follow_up_once_per_line"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.day}"

    @property
    def effective(self) -> bool:
        """OWN-10: reached, with a result, and not rejected."""
        return self.reached and self.has_result and self.signature != Signature.REJECTED

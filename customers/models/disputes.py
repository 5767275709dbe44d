"""A dispute over a customer 客户归属争议 and the rulings on it (OWN-12)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.history import kept
from common.wrapped import Wrapped
from customers.sealed import SealedText
from staff.models import Office, User
from staff.roles import Duty

from .ownership import Episode
from .party import Customer


class DisputeState(models.TextChoices):
    """Where a dispute stands."""

    OPEN = "open", _("before the supervisor")
    RULED = "ruled", _("ruled")
    APPEALED = "appealed", _("before the marketing manager")
    FINAL = "final", _("final")
    DISMISSED = "dismissed", _("dismissed")
    WITHDRAWN = "withdrawn", _("withdrawn")


PENDING = (DisputeState.OPEN, DisputeState.APPEALED)


class Ground(models.TextChoices):
    """What a ruling rests on."""

    REGISTER = "register", _("the public register decides (Article 17)")
    UNPROTECTED = "unprotected", _("the A-card is unprotected: whoever closes the deal prevails")
    OTHER = "other", _("another ground, told in the ruling")


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Disputes by scope."""

    def visible_to(self, user: User) -> DisputeQuerySet:
        """OFF-03: the office's disputes for those who supervise it; for sales staff those that they are party to."""
        if user.office is None:
            return self.none()
        rows = self.filter(office=user.office)
        if user.has(Duty.SUPERVISE):
            return rows
        if user.has(Duty.SEE_OWN):
            return rows.filter(Q(claimant=user) | Q(respondent=user))
        return self.none()


class ClaimText(SealedText):
    """Under the customer's key; under the claim's own where it names nobody."""

    def under(self, row: Any) -> tuple[bytes | None, str]:
        if row.customer_id is not None:
            return super().under(row)
        return row.own_key, str(row.request_id)


class Dispute(models.Model):
    """One claim to a customer. ``customer`` is empty where what was typed names nobody (see ADR 10).

    ``respondent``: who owned the customer when the dispute was opened. What was typed and said is sealed.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="disputes")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="disputes")
    state = models.CharField(_("state"), max_length=10, choices=DisputeState.choices, default=DisputeState.OPEN)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    claimant = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="claims")
    respondent = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="contested")
    opened_at = models.DateTimeField(_("opened"))
    request_id = models.UUIDField(unique=True)
    typed_sealed = models.BinaryField(blank=True, default=b"")
    claim_sealed = models.BinaryField(blank=True, default=b"")
    appealed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    appealed_at = models.DateTimeField(null=True)
    appeal_sealed = models.BinaryField(blank=True, default=b"")
    recalled_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    history = kept()
    objects = DisputeQuerySet.as_manager()

    typed = ClaimText("typed_sealed")
    claim = ClaimText("claim_sealed")
    appeal = SealedText("appeal_sealed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(appealed_at__isnull=True, appealed_by__isnull=True)
                | Q(appealed_at__isnull=False, appealed_by__isnull=False),
                name="dispute_appeal_has_author_and_time",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | Q(state__in=["open", "dismissed", "withdrawn"]),
                name="dispute_ruled_has_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "-opened_at", "-id"], name="dispute_office_opened"),
            models.Index(
                fields=["office", "state"], name="dispute_pending", condition=Q(state__in=["open", "appealed"])
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.pk}"

    def is_party(self, user: User) -> bool:
        """Whether ``user`` claims the customer or held it."""
        return user.pk in (self.claimant_id, self.respondent_id)

    @cached_property
    def own_key(self) -> bytes | None:
        """The key of a claim by number; None for a dispute that was opened on a customer's page."""
        key = getattr(self, "key", None)
        return key.open_key() if key is not None else None


class ClaimKey(Wrapped):
    """A claim's own key, wrapped by the master ring: kept for every claim, so that it does not tell whom one names."""

    dispute = models.OneToOneField(Dispute, on_delete=models.CASCADE, primary_key=True, related_name="key")

    def __str__(self) -> str:
        return f"key of dispute {self.dispute_id}"


class Ruling(models.Model):
    """A ruling in writing: the supervisor's, or the manager's on the second instance. Append-only.

    ``episode`` is the ownership that it began; without one the customer stayed with its owner, ``owner``.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="rulings")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    second = models.BooleanField(_("second instance"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, related_name="+")
    ground = models.CharField(_("ground"), max_length=12, choices=Ground.choices)
    protected = models.BooleanField(null=True)
    text_sealed = models.BinaryField()

    text = SealedText("text_sealed")

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["dispute", "second"], name="ruling_once_per_instance")]

    def __str__(self) -> str:
        return f"ruling on {self.dispute_id}"

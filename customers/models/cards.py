"""The A-card A卡, its versions, and the levels that a customer went through (CARD-01..06)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import BytesField
from common.history import kept
from customers.sealed import SealedText
from staff.models import User

from .contacts import FollowUp
from .party import Customer, Level


class CardState(models.TextChoices):
    """Where a card stands in its workflow (CARD-04)."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    SIGNED = "signed", _("signed")
    FILED = "filed", _("filed")


class Card(models.Model):
    """The A-card of one registration. ``content`` is the draft in hand; what was submitted is in its versions.

    ``first_submitted_at`` is what the deadline of submission is judged by: a return does not make a card late.
    ``returned_at`` is the last return. ``closed_at``: the clerk checked the card after a deal (DEAL-04).
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="cards")
    number = models.PositiveIntegerField(_("number"))
    opened_at = models.DateTimeField(_("opened"))
    due_from = models.DateField(_("day that the deadlines count from"))
    state = models.CharField(_("state"), max_length=10, choices=CardState.choices, default=CardState.DRAFT)
    need = models.BooleanField(_("need"), null=True)
    confidence = models.BooleanField(_("confidence"), null=True)
    power = models.BooleanField(_("purchasing power"), null=True)
    level = models.CharField(_("intent level"), max_length=1, choices=Level.choices, blank=True)
    content_sealed = BytesField(blank=True, default=b"")
    guidance_sealed = BytesField(blank=True, default=b"")
    first_submitted_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    signed_at = models.DateTimeField(_("signed"), null=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(_("returned"), null=True)
    returned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField(_("filed"), null=True)
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("checked after the deal"), null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    history = kept()

    content = SealedText("content_sealed")
    guidance = SealedText("guidance_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "number"], name="card_once_per_registration"),
            models.CheckConstraint(
                condition=Q(state__in=["draft"]) | Q(submitted_at__isnull=False, first_submitted_at__isnull=False),
                name="card_submitted_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "filed"]) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="card_signed_has_author_and_time",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_by__isnull=True)
                | Q(returned_at__isnull=False, returned_by__isnull=False),
                name="card_return_has_author_and_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="card_closing_has_author_and_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="card_state_submitted")]

    def __str__(self) -> str:
        return f"A {self.number}"


class CardVersion(models.Model):
    """What was submitted: the rep's own words, fixed (CARD-04). Append-only."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="versions")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    need = models.BooleanField()
    confidence = models.BooleanField()
    power = models.BooleanField()
    level = models.CharField(max_length=1, choices=Level.choices)
    proposed = models.CharField(max_length=1, choices=Level.choices)
    reason_sealed = BytesField(blank=True, default=b"")
    content_sealed = BytesField(blank=True, default=b"")

    reason = SealedText("reason_sealed")
    content = SealedText("content_sealed")

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["card", "version"], name="card_version_once")]

    def __str__(self) -> str:
        return f"{self.card} v{self.version}"


class LevelChange(models.Model):
    """A change of level: from, to, when, why (CARD-06). Append-only."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="level_changes")
    at = models.DateTimeField()
    was = models.CharField(max_length=1, blank=True)
    became = models.CharField(max_length=1, choices=Level.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, null=True, related_name="+")
    reason_sealed = BytesField(blank=True, default=b"")

    reason = SealedText("reason_sealed")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["at"], name="level_change_at")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.was or '-'}→{self.became}"

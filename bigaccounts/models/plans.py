"""Sales plans with all their versions, and discounts asked for (BULK-03, BULK-05)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bigaccounts.sealed import Sealed, SealedFigure
from common.history import kept
from staff.models import User

from .cases import Case


class PlanState(models.TextChoices):
    """Where a version of a plan stands."""

    SENT = "sent", _("awaits approval")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")


class Plan(models.Model):
    """One version of a sales plan: how many units on which terms, the discount aimed at, payment (BULK-03)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=PlanState.choices, default=PlanState.SENT)
    units = models.PositiveIntegerField(_("units"))
    terms_sealed = models.BinaryField(blank=True, default=b"")
    percent_sealed = models.BinaryField(blank=True, default=b"")
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason_sealed = models.BinaryField(blank=True, default=b"")
    history = kept()

    terms = Sealed("terms_sealed")
    percent = SealedFigure("percent_sealed")
    reason = Sealed("reason_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="bulk_plan_version_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="sent"), name="bulk_plan_one_awaiting"),
            models.CheckConstraint(
                condition=Q(state="sent", decided_at__isnull=True) | Q(decided_at__isnull=False),
                name="bulk_plan_decision_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} plan {self.number}"


class AskState(models.TextChoices):
    """Where a discount that was asked for stands."""

    OPEN = "open", _("awaits approval")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    RETURNED = "returned", _("returned")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Ask(models.Model):
    """A discount asked for: percent, units, the climb it took (BULK-05). Another percent is another ask."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="asks")
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=AskState.choices, default=AskState.OPEN)
    units = models.PositiveIntegerField(_("units"))
    percent_sealed = models.BinaryField()
    reason_sealed = models.BinaryField(blank=True, default=b"")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    history = kept()

    percent = SealedFigure("percent_sealed")
    reason = Sealed("reason_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="bulk_ask_number_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="bulk_ask_one_open"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | Q(closed_at__isnull=False),
                name="bulk_ask_end_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} ask {self.number}"

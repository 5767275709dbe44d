"""Changes of the list of buyers, and freezes where flipping is suspected (BULK-09, BULK-10)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bigaccounts.sealed import Sealed, SealedWords
from common.history import kept
from staff.models import User

from .cases import Case
from .contracts import Buyer
from .papers import Paper


class ChangeState(models.TextChoices):
    """Where a change of buyers stands."""

    ASKED = "asked", _("awaits verification")
    VERIFIED = "verified", _("awaits approval")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")


class BuyerChange(models.Model):
    """The list of buyers as it is to be; its proof is a file, or the words of an older log (BULK-09)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="buyer_changes")
    state = models.CharField(_("state"), max_length=10, choices=ChangeState.choices, default=ChangeState.ASKED)
    buyers_sealed = models.BinaryField()
    proof = models.ForeignKey(Paper, on_delete=models.PROTECT, null=True, related_name="+")
    reason_sealed = models.BinaryField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    history = kept()

    buyers = SealedWords("buyers_sealed")
    reason = Sealed("reason_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["asked", "verified"]), name="bulk_change_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "verified"], closed_at__isnull=True) | Q(closed_at__isnull=False),
                name="bulk_change_end_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Freeze(models.Model):
    """A suspicion of flipping 倒房: no formalities for this buyer, or for nobody of the case, until it is lifted."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="freezes")
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, null=True, related_name="freezes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason_sealed = models.BinaryField()
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    history = kept()

    reason = Sealed("reason_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "buyer"], condition=Q(lifted_at__isnull=True), name="bulk_freeze_one_per_buyer"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(lifted_at__isnull=True, buyer__isnull=True),
                name="bulk_freeze_one_per_case",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="bulk_freeze_end_has_author",
            ),
        ]

    def __str__(self) -> str:
        return f"freeze {self.pk} of case {self.case_id}"

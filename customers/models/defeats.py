"""The defeat request 战败申请 and its steps (LOST-01, LOST-04)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.history import kept
from customers.sealed import SealedText
from staff.models import User

from .party import Customer


class Ground(models.TextChoices):
    """Why a customer is lost (LOST-02)."""

    ELSEWHERE = "elsewhere", _("bought elsewhere")
    UNREACHABLE = "unreachable", _("unreachable, refusing or no progress for half a year")
    NOT_BUYING = "not_buying", _("no longer buying")


class DefeatState(models.TextChoices):
    """Where a defeat request stands."""

    REQUESTED = "requested", _("requested")
    CONFIRMED = "confirmed", _("confirmed by the clerk")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    CLOSED = "closed", _("closed")
    FALLEN = "fallen", _("fallen")


DEFEAT_KIND = "customers.defeat"
OPEN_DEFEATS = (DefeatState.REQUESTED, DefeatState.CONFIRMED)


class DefeatRequest(models.Model):
    """One request; the analysis reads level, days held, rival and price from it (LOST-05)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="defeats")
    number = models.PositiveIntegerField(_("number"))
    rep = models.ForeignKey(User, on_delete=models.PROTECT, related_name="defeat_requests")
    state = models.CharField(_("state"), max_length=10, choices=DefeatState.choices, default=DefeatState.REQUESTED)
    ground = models.CharField(_("ground"), max_length=12, choices=Ground.choices)
    lost_to = models.CharField(_("lost to which project"), max_length=60, blank=True)
    price = models.DecimalField(_("its price (yuan per ㎡)"), max_digits=12, decimal_places=2, null=True, blank=True)
    analysis_sealed = models.BinaryField(blank=True, default=b"")
    level = models.CharField(max_length=1, blank=True)
    warned = models.BooleanField(default=False)
    days_held = models.PositiveIntegerField()
    requested_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmation_sealed = models.BinaryField(blank=True, default=b"")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decision_reason = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    history = kept()

    analysis = SealedText("analysis_sealed")
    confirmation = SealedText("confirmation_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state__in=["requested", "confirmed"]),
                name="defeat_one_open_per_customer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused", "closed"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="defeat_decision_has_author_and_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "requested_at"], name="defeat_state_requested")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.state}"

    @property
    def subject(self) -> str:
        """What its approval is about."""
        return f"{DEFEAT_KIND}:{self.pk}"

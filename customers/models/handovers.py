"""A handover of somebody's customers 客户移交: the plan, who confirmed, what was carried out (HAND-01)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.history import kept
from staff.models import Office, User
from staff.roles import Duty

from .party import Customer


class HandoverState(models.TextChoices):
    """Where a handover stands."""

    PROPOSED = "proposed", _("proposed")
    CONFIRMED = "confirmed", _("confirmed by the giver")
    DONE = "done", _("carried out")
    CANCELLED = "cancelled", _("cancelled")


OPEN_HANDOVERS = (HandoverState.PROPOSED, HandoverState.CONFIRMED)


class HandoverQuerySet(models.QuerySet["Handover"]):
    """Handovers by scope."""

    def visible_to(self, user: User) -> HandoverQuerySet:
        """The office's for those who supervise it; for sales staff those in which they give or receive."""
        if user.office is None:
            return self.none()
        rows = self.filter(office=user.office)
        if user.has(Duty.SUPERVISE):
            return rows
        if user.has(Duty.SEE_OWN):
            received = HandoverShare.objects.filter(receiver=user).values("handover")
            return rows.filter(Q(giver=user) | Q(pk__in=received))
        return self.none()


class Handover(models.Model):
    """One handover by ``giver``. ``stood_in_for``: why a supervisor confirmed for a giver who has gone."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="handovers")
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="handovers")
    state = models.CharField(_("state"), max_length=10, choices=HandoverState.choices, default=HandoverState.PROPOSED)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    stood_in_for = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)
    history = kept()
    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["giver"], condition=Q(state__in=["proposed", "confirmed"]), name="handover_one_open_per_giver"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "done"]) | Q(given_at__isnull=False, given_by__isnull=False),
                name="handover_given_has_author_and_time",
            ),
        ]
        indexes = [models.Index(fields=["office", "-opened_at", "-id"], name="handover_office_opened")]

    def __str__(self) -> str:
        return f"handover {self.pk}"


class HandoverShare(models.Model):
    """What one receiver gets. It is carried out once both sides have confirmed."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="shares")
    receiver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shares")
    received_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "receiver"], name="handover_share_once")]

    def __str__(self) -> str:
        return f"{self.handover_id} to {self.receiver_id}"


class HandoverItem(models.Model):
    """One customer of the plan. ``moved`` tells what became of it: False where it was the giver's no more."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="items")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="handed")
    receiver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    moved = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "customer"], name="handover_item_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, moved__isnull=True) | Q(done_at__isnull=False, moved__isnull=False),
                name="handover_item_done_has_outcome",
            ),
        ]
        indexes = [models.Index(fields=["handover", "receiver", "id"], name="handover_item_share")]

    def __str__(self) -> str:
        return f"{self.handover_id}: {self.customer_id}"

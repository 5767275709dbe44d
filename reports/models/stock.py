"""The periodic stock-taking 盘点 of the intent sheet (REP-03)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from staff.models import Office, User


class StockTaking(models.Model):
    """One stock-taking of an office: begun, every active customer ticked off, ended."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(_("begun"))
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    left_open = models.PositiveIntegerField(_("not ticked off"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office"], condition=Q(ended_at__isnull=True), name="stock_taking_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="stock_taking_end_has_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.begun_at:%Y-%m-%d}"


class StockTick(models.Model):
    """One customer ticked off: looked at and found as the sheet says."""

    taking = models.ForeignKey(StockTaking, on_delete=models.CASCADE, related_name="ticks")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["taking", "customer"], name="stock_tick_once")]

    def __str__(self) -> str:
        return f"{self.taking_id}: {self.customer_id}"

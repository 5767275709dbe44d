"""Ownership 归属 as a series of episodes (OWN-14)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.history import kept
from staff.models import User

from .party import Customer
from .register import RegisterLine


class Basis(models.TextChoices):
    """Why somebody owns a customer."""

    FIRST_VISIT = "first_visit", _("first visit")
    FIRST_CALL = "first_call", _("first call")
    WEB = "web", _("web lead given out")
    REFERRAL = "referral", _("referral")
    NAMED = "named", _("named")
    HANDOVER = "handover", _("handed over")
    RULING = "ruling", _("ruling")
    POOL = "pool", _("from the public pool")


class Ended(models.TextChoices):
    """Why an episode ended."""

    LAPSED = "lapsed", _("lapsed")
    HANDOVER = "handover", _("handed over")
    RULING = "ruling", _("ruling")
    DEFEATED = "defeated", _("defeated")


class Episode(models.Model):
    """One ownership: who, on what basis, from when to when and why it ended. History is never overwritten.

    ``first_until`` is the end that the opening day alone gives; ``valid_until`` the end with all contacts counted.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="episodes")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="episodes")
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("to"), null=True, blank=True)
    ended = models.CharField(_("ended by"), max_length=12, choices=Ended.choices, blank=True)
    first_until = models.DateField()
    valid_until = models.DateField()
    line = models.ForeignKey(RegisterLine, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    history = kept()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(until__isnull=True), name="episode_one_current_per_customer"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True, ended="") | (Q(until__isnull=False) & ~Q(ended="")),
                name="episode_end_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.owner_id} {self.basis}"

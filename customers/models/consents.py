"""What a customer agreed to and what they took back (PRIV-01, PRIV-03)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models import User

from .party import Customer


class Purpose(models.TextChoices):
    """What personal data is used for beyond the visit register."""

    MESSAGES = "messages", _("messages about homes and offers")
    RECORD = "record", _("a customer record for advice")


class Channel(models.TextChoices):
    """How the customer said it."""

    DESK = "desk", _("in person")
    PHONE = "phone", _("by telephone")
    WEB = "web", _("on the web")
    WRITTEN = "written", _("in writing")


class Consent(models.Model):
    """One purpose agreed to, or taken back: the last row of a purpose counts. Append-only.

    ``by``: who wrote it down; nobody where the customer said it on the web themselves.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    given = models.BooleanField(_("agreed"))
    wording = models.CharField(_("wording"), max_length=20)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["customer", "purpose", "-id"], name="consent_last_of_purpose")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.purpose} {'+' if self.given else '-'}"

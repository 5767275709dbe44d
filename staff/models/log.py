"""Who looked at whose data, when and why (ACC-05)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .offices import Office
from .people import User


class Look(models.TextChoices):
    """What was done with the data."""

    OPENED = "opened", _("opened the record")
    REVEALED = "revealed", _("revealed the phone number")
    LOOKED_UP = "looked_up", _("looked up a phone number")
    PRINTED = "printed", _("printed")
    DOWNLOADED = "downloaded", _("downloaded a file")
    EXPORTED = "exported", _("took a list out")
    GRANTED = "granted", _("was let in to help")


class AccessLog(models.Model):
    """One look at personal data. Append-only: database triggers refuse changes. Holds ids, never the data."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(_("action"), max_length=12, choices=Look.choices)
    subject = models.CharField(_("subject"), max_length=60)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        indexes = [models.Index(fields=["office", "-at"], name="access_log_office_at")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.action} {self.subject}"

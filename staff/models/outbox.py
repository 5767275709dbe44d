"""Messages to customers and to the bots of offices: what is to be sent, and what became of it. Never a name or a phone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .offices import Office


class MessageState(models.TextChoices):
    """Where a message stands. After ``sending`` nobody tries it again unless it surely was not sent."""

    WAITING = "waiting", _("to be sent")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    UNKNOWN = "unknown", _("outcome unknown")
    REFUSED = "refused", _("refused by the carrier")
    WITHHELD = "withheld", _("withheld")


class Message(models.Model):
    """One message. ``key`` names its cause: the same cause is never written to twice.

    ``words``: what the bot of an office says, which names no customer; empty for messages to customers.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="messages")
    key = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=60)
    words = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=MessageState.choices, default=MessageState.WAITING)
    made_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="message_to_deliver", condition=models.Q(state__in=["waiting", "sending"]))
        ]

    def __str__(self) -> str:
        return self.key

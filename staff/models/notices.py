"""The in-app inbox: what a person should know, each thing once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices by reader."""

    def visible_to(self, user: User) -> "NoticeQuerySet":
        """A person's own notices; nobody reads another's."""
        return self.filter(user=user)

    def unread(self) -> "NoticeQuerySet":
        """Notices not opened yet."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One message to one person. ``key`` names its cause: the same cause never tells twice."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=100)
    text = models.CharField(_("text"), max_length=300)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(null=True, blank=True)
    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once_per_cause")]
        indexes = [models.Index(fields=["user", "-at", "-id"], name="notice_user_at")]

    def __str__(self) -> str:
        return self.key

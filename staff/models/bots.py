"""The bot of an office in a group chat: WeCom, DingTalk, Feishu, or a webhook of the company's own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.wrapped import Wrapped

from .offices import Office
from .people import User


class BotKind(models.TextChoices):
    """Whose bot it is: each wants its own form of message."""

    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    GENERIC = "generic", _("webhook of our own")


class Bot(Wrapped):
    """Where an office's own affairs are told. Its address is a secret (whoever has it may write to the group).

    Address and signing secret are sealed under a data key of the row's own, which the master key ring wraps.
    """

    office = models.OneToOneField(Office, on_delete=models.PROTECT, related_name="bot")
    kind = models.CharField(_("kind"), max_length=8, choices=BotKind.choices)
    url_sealed = models.BinaryField()
    secret_sealed = models.BinaryField(blank=True, default=b"")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.office_id} {self.kind}"

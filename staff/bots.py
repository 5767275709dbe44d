"""The bot of an office: set up by its manager or the administrator, told what concerns the office, each thing once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common import crypto
from common.errors import RuleError

from . import outbox
from .bot_secrets import _check_address, _sealed, opened
from .models import Bot, BotKind, Office, User
from .outbox import BOT
from .roles import Duty

LONGEST = 600


def offices(user: User) -> QuerySet[Office]:
    """Whose bots the user sets up: the manager their own office's, the administrator those of the company."""
    rows = Office.objects.order_by("pk")
    if user.posting is not None and user.posting.company is not None and user.has(Duty.ADMINISTER):
        return rows.filter(branch__company=user.posting.company)
    return rows.filter(pk=user.office.pk) if user.office and user.has(Duty.SET_POLICY) else rows.none()


def check_sets_up(office: Office, *, by: User) -> None:
    """Refuse unless ``by`` sets up the bot of this office."""
    if not offices(by).filter(pk=office.pk).exists():
        raise RuleError(_("The marketing manager of the office or the administrator sets up its bot"), rule="OFF-03")


@transaction.atomic
def set_up(office: Office, *, kind: str, url: str = "", secret: str = "", by: User, now: datetime) -> Bot:
    """Set up or change the bot. Without an address the present one stays, and its secret unless another is given."""
    check_sets_up(office, by=by)
    bot = Bot.objects.select_for_update().filter(office=office).first()
    if kind not in BotKind.values:
        raise RuleError(_("Choose what kind of bot it is"))
    if not url and bot is None:
        raise RuleError(_("Enter the address of the bot, as the group chat shows it"))
    if url:
        _check_address(url)
    elif bot is not None:
        url, kept = opened(bot)
        secret = secret or kept
    key = crypto.new_data_key()
    bot = bot or Bot(office=office)
    bot.kind, bot.set_by, bot.set_at = kind, by, now
    bot.keep_key(key)
    bot.url_sealed, bot.secret_sealed = _sealed(key, "url", url, office), _sealed(key, "secret", secret, office)
    bot.save()
    return bot


@transaction.atomic
def remove(office: Office, *, by: User) -> None:
    """The office has no bot any more, its address is destroyed; what still waits is withheld."""
    check_sets_up(office, by=by)
    Bot.objects.filter(office=office).delete()


def put(office: Office, *, key: str, words: str, now: datetime) -> bool:
    """Have the bot of the office say something, each cause once; False without a bot or if it was said before.

    ``words`` name no customer: whoever is in the group reads them, on servers that are not ours.
    """
    if not Bot.objects.filter(office=office).exists():
        return False
    about = f"office:{office.pk}"
    return outbox.put(office, key=f"{BOT}:{office.pk}:{key}", kind=BOT, about=about, words=words[:LONGEST], now=now)

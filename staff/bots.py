"""The bot of an office: set up by its manager or the administrator, told what concerns the office, each thing once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from common import crypto, outgoing
from common.errors import RuleError

from . import chats, outbox
from .models import Bot, BotKind, Message, Office, User
from .outbox import BOT, NotSent, Refused
from .roles import Duty

GOOD_FOR = timedelta(hours=12)
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
    bot.kek, bot.wrapped = crypto.wrap(key)
    bot.url_sealed, bot.secret_sealed = _sealed(key, "url", url, office), _sealed(key, "secret", secret, office)
    bot.save()
    return bot


def _check_address(url: str) -> None:
    """The address is one that we post to; a name that cannot be resolved just now is looked at again at sending."""
    try:
        parts = outgoing.split(url)
        outgoing.resolve(str(parts.hostname), parts.port or 443)
    except outgoing.NotAllowed:
        words = _("Enter an https address on the internet: this one is not, or leads into a network of our own")
        raise RuleError(words) from None
    except outgoing.NotReached:
        return


def _sealed(key: bytes, field: str, text: str, office: Office) -> bytes:
    return crypto.seal(key, text, model="Bot", field=field, subject=str(office.pk)) if text else b""


def opened(bot: Bot) -> tuple[str, str]:
    """Address and secret of a bot."""
    key = crypto.unwrap(bot.kek, bot.wrapped)
    texts = {"url": bot.url_sealed, "secret": bot.secret_sealed}
    where = {"model": "Bot", "subject": str(bot.office_id)}
    url, secret = (crypto.unseal(key, blob, field=name, **where) if blob else "" for name, blob in texts.items())
    return url, secret


def host(bot: Bot) -> str:
    """Where the bot lives, which may be shown: the rest of its address is a secret."""
    return urlsplit(opened(bot)[0]).hostname or "—"


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


@dataclass(frozen=True, repr=False)
class Addressed:
    """A bot and what it is to say; lives only while it is sent."""

    kind: str
    url: str
    secret: str
    words: str


def deliver(*, now: datetime) -> int:
    """Send what waits for the bots; how many were sent."""
    return outbox.deliver_waiting(lambda one: _addressed(one, now=now), now=now, hand_over=_hand_over, to_bots=True)


def _addressed(message: Message, *, now: datetime) -> Addressed | str:
    if now - message.made_at > GOOD_FOR:
        return "too late"
    bot = Bot.objects.filter(office=message.office_id).first()
    if bot is None:
        return "no bot"
    return Addressed(bot.kind, *opened(bot), message.words)


def _hand_over(to: Addressed, key: str) -> None:
    """Post it; signed with the present time, not with that of the slot."""
    out = chats.letter(to.kind, url=to.url, secret=to.secret, words=to.words, key=key, now=timezone.now())
    try:
        status, body = outgoing.post(out.url, out.body, out.headers)
    except outgoing.NotAllowed as error:
        raise Refused(str(error)) from None
    except outgoing.NotReached as error:
        raise NotSent(str(error)) from None
    chats.judge(to.kind, status, body)


def try_out(office: Office, *, by: User, now: datetime) -> Message:
    """Send a word to the group at once; what became of it."""
    check_sets_up(office, by=by)
    key, words = f"test:{uuid4()}", _("This is a test from %(office)s. The bot is set up") % {"office": office}
    if not put(office, key=key, words=words, now=now):
        raise RuleError(_("There is no bot yet: set it up first"))
    message = Message.objects.get(key=f"{BOT}:{office.pk}:{key}")
    outbox.deliver(message.pk, lambda one: _addressed(one, now=now), now=now, hand_over=_hand_over)
    message.refresh_from_db()
    return message

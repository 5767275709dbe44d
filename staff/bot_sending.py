"""What an office's bot is to say goes out: what waits is sent, and a word to try it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from common import outgoing
from common.errors import RuleError

from . import chats, outbox
from .bot_secrets import opened
from .bots import check_sets_up, put
from .models import Bot, Message, Office, User
from .outbox import BOT, NotSent, Refused

GOOD_FOR = timedelta(hours=12)


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

"""The address of a bot and its signing secret: looked at, sealed under a key of the bot's own, opened to send."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from common import crypto, outgoing
from common.errors import RuleError

from .models import Bot, Office


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
    key = bot.open_key()
    assert key is not None
    texts = {"url": bot.url_sealed, "secret": bot.secret_sealed}
    where = {"model": "Bot", "subject": str(bot.office_id)}
    url, secret = (crypto.unseal(key, blob, field=name, **where) if blob else "" for name, blob in texts.items())
    return url, secret


def host(bot: Bot) -> str:
    """Where the bot lives, which may be shown: the rest of its address is a secret."""
    return urlsplit(opened(bot)[0]).hostname or "—"

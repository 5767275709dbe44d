"""Delivering messages: each at most once, its recipient asked for at the moment of sending (PRIV-03, FUP-06).

A message is marked before it goes to the carrier. If then nothing certain is heard, because of a timeout or because
the process died, its outcome is unknown and stays so: nobody gets the same message twice.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import transaction

from common import phones

from .models import Message, MessageState, Office

log = logging.getLogger(__name__)

TRIES_MOST = 5
DEAD_AFTER = timedelta(minutes=10)
TIMEOUT_SECONDS = 10
LATER = (429, 503)


@dataclass(frozen=True)
class Recipient:
    """To whom and what; lives only while the message is sent."""

    phone: str
    text: str


class Refused(Exception):
    """The carrier will not take this message."""


class NotSent(Exception):
    """The message surely was not taken: it may be tried again."""


Finder = Callable[[Message], Any]
Carrier = Callable[[Any, str], None]
BOT = "bot"


def put(office: Office, *, key: str, kind: str, about: str, now: datetime, words: str = "") -> bool:
    """Put a message into the outbox; False if its cause was written to before."""
    said = {"office": office, "kind": kind, "about": about, "words": words, "made_at": now}
    return Message.objects.get_or_create(key=key, defaults=said)[1]


def withhold(about: str, *, why: str) -> int:
    """Stop everything that still waits to be sent about somebody; how many messages that were."""
    waiting = Message.objects.filter(about=about, state=MessageState.WAITING)
    return waiting.update(state=MessageState.WITHHELD, why=why)


def put_many(office: Office, causes: Iterable[tuple[str, str]], *, kind: str, now: datetime) -> int:
    """Put many messages of one kind, each (key, about) once; how many were asked for."""
    rows = [Message(key=key, office=office, kind=kind, about=about, made_at=now) for key, about in causes]
    Message.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def deliver_waiting(
    find: Finder, *, now: datetime, limit: int = 500, hand_over: Carrier | None = None, to_bots: bool = False
) -> int:
    """Deliver what waits, oldest first; how many were sent. One that goes wrong does not stop the rest.

    ``find`` gives the recipient, or a word why nobody may be written to (any more); ``hand_over`` takes what it gave.
    """
    give_up_on_dead(now=now)
    waiting = Message.objects.filter(state=MessageState.WAITING).order_by("pk").values_list("pk", flat=True)
    mine = waiting.filter(kind=BOT) if to_bots else waiting.exclude(kind=BOT)
    return sum(deliver(pk, find, now=now, hand_over=hand_over) for pk in mine[:limit])


def give_up_on_dead(*, now: datetime) -> int:
    """Those whose process died while sending: the outcome is unknown, and they are not sent again."""
    dead = Message.objects.filter(state=MessageState.SENDING, tried_at__lt=now - DEAD_AFTER)
    return dead.update(state=MessageState.UNKNOWN, why="died")


def deliver(pk: int, find: Finder, *, now: datetime, hand_over: Carrier | None = None) -> bool:
    """Send one message if it still waits; whether this call sent it."""
    message, recipient = _claim(pk, find, now=now)
    if recipient is None:
        return False
    try:
        (hand_over or carry)(recipient, message.key)
        message.state, message.why = MessageState.SENT, ""
    except NotSent as error:
        again = message.tries < TRIES_MOST
        message.state, message.why = (MessageState.WAITING if again else MessageState.REFUSED), str(error)[:60]
    except Refused as error:
        message.state, message.why = MessageState.REFUSED, str(error)[:60]
    except Exception as error:
        message.state, message.why = MessageState.UNKNOWN, type(error).__name__[:60]
        log.warning("message %s: %s", message.pk, message.why)
    message.save(update_fields=["state", "why"])
    return message.state == MessageState.SENT


@transaction.atomic
def _claim(pk: int, find: Finder, *, now: datetime) -> tuple[Message, Any]:
    """Mark a waiting message as being sent; without a recipient it is withheld."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=pk)
    if message.state != MessageState.WAITING:
        return message, None
    found = _found(message, find)
    message.tried_at = now
    if isinstance(found, str):
        message.state, message.why = MessageState.WITHHELD, found[:60]
        message.save(update_fields=["state", "why", "tried_at"])
        return message, None
    message.state, message.tries = MessageState.SENDING, message.tries + 1
    message.save(update_fields=["state", "tries", "tried_at"])
    return message, found


def _found(message: Message, find: Finder) -> Any:
    """What ``find`` says; one whose data cannot be read is withheld, and does not stop the rest."""
    try:
        return find(message)
    except Exception as error:
        log.warning("message %s: %s", message.pk, type(error).__name__)
        return type(error).__name__


def carry(recipient: Recipient, key: str) -> None:
    """Hand a message to the carrier of the settings: an HTTP address, or the console."""
    if settings.SMS_URL:
        _by_http(recipient, key=key)
    else:
        sys.stdout.write(f"[SMS {phones.mask(recipient.phone)}] {recipient.text}\n")


def _by_http(recipient: Recipient, *, key: str) -> None:
    """POST ``{"to", "text"}`` with an Idempotency-Key. Any 2xx is sent, 4xx refused, 429 and 503 not now."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    if settings.SMS_TOKEN:
        headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
    body = json.dumps({"to": recipient.phone, "text": recipient.text}).encode()
    request = Request(settings.SMS_URL, data=body, headers=headers, method="POST")
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS):
            return
    except HTTPError as error:
        error.close()
        if error.code in LATER:
            raise NotSent(f"HTTP {error.code}") from None
        if 400 <= error.code < 500:
            raise Refused(f"HTTP {error.code}") from None
        raise
    except URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            raise NotSent("no connection") from None
        raise

"""Ways on which web leads come in by themselves: public forms and signed webhooks (WEB-01)."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common import crypto
from common.errors import RuleError
from staff.models import Office, User
from staff.roles import Duty

from .models import ChannelKind, Delivery, LeadChannel

TOKEN_BYTES = 18
WINDOW = timedelta(minutes=5)


def check_manages(office: Office, *, by: User) -> None:
    """Refuse unless ``by`` is the marketing manager of this office."""
    if by.office != office or not by.has(Duty.SET_POLICY):
        raise RuleError(
            _("Only the marketing manager of this office opens and closes ways for web leads"), rule="WEB-01"
        )


def make(office: Office, *, kind: str, label: str, by: User, now: datetime) -> tuple[LeadChannel, str]:
    """A new channel, and the secret of a webhook, which is shown once."""
    check_manages(office, by=by)
    if not label.strip():
        raise RuleError(_("Say what this way is used for"), rule="WEB-01")
    channel = LeadChannel(office=office, kind=kind, label=label.strip(), made_by=by, made_at=now)
    channel.token = secrets.token_urlsafe(TOKEN_BYTES)
    secret = b""
    if kind == ChannelKind.HOOK:
        secret = crypto.new_data_key()
        channel.secret_kek, channel.secret_wrapped = crypto.wrap(secret)
    channel.save()
    return channel, secret.hex()


@transaction.atomic
def close(channel: LeadChannel, *, by: User, now: datetime) -> None:
    """Nothing comes in on this way any more. Closing again changes nothing."""
    check_manages(channel.office, by=by)
    channel = LeadChannel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
    if channel.closed_at is None:
        channel.closed_at = now
        channel.save(update_fields=["closed_at"])


def find(token: str, kind: str) -> LeadChannel | None:
    """The open channel of this address."""
    found = LeadChannel.objects.filter(token=token, kind=kind, closed_at__isnull=True)
    return found.select_related("office__policy").first()


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """What a sender puts into ``X-Signature``: HMAC-SHA256 over the time, a full stop and the body, in hex."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(channel: LeadChannel, *, timestamp: str, signature: str, body: bytes, now: datetime) -> None:
    """RuleError unless the message is signed with the channel's secret and its time is within five minutes of ours."""
    refused = RuleError(_("The signature or its time does not hold"), rule="WEB-01")
    if not re.fullmatch(r"[0-9]{1,11}", timestamp) or not re.fullmatch(r"[0-9a-f]{64}", signature):
        raise refused
    secret = crypto.unwrap(channel.secret_kek, channel.secret_wrapped)
    if not hmac.compare_digest(sign(secret, timestamp, body), signature):
        raise refused
    if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > WINDOW:
        raise refused


def take(channel: LeadChannel, *, signature: str, now: datetime) -> bool:
    """Note the signature; False if this message was taken before. Those too old to be taken again are dropped."""
    Delivery.objects.filter(channel=channel, at__lt=now - 3 * WINDOW).delete()
    try:
        with transaction.atomic():
            Delivery.objects.create(channel=channel, signature=signature, at=now)
    except IntegrityError:
        return False
    return True

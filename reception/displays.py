"""Screens on the wall: each has an address of its own with a token, shown once, revocable (REC-18)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from customers.ownership import check_supervises
from staff.models import Office, User

from .models import Display

TOKEN_BYTES = 24


def make(office: Office, *, label: str, by: User, now: datetime) -> tuple[Display, str]:
    """A new display and its token. The token is kept nowhere: only its digest is."""
    check_supervises(office, by=by)
    label = label.strip()
    if not label:
        raise RuleError(_("Say where the display hangs"), rule="REC-18")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    display = Display.objects.create(office=office, label=label, token_digest=digest(token), made_by=by, made_at=now)
    return display, token


@transaction.atomic
def revoke(display: Display, *, by: User, now: datetime) -> None:
    """The address opens nothing any more. Revoking again changes nothing."""
    check_supervises(display.office, by=by)
    display = Display.objects.select_for_update(of=("self",)).get(pk=display.pk)
    if display.revoked_at is None:
        display.revoked_at = now
        display.save(update_fields=["revoked_at"])


def find(token: str) -> Display | None:
    """The display whose address holds this token, unless it was revoked."""
    found = Display.objects.filter(token_digest=digest(token), revoked_at__isnull=True)
    return found.select_related("office__policy").first()


def digest(token: str) -> bytes:
    """What is kept of a token. It is long and random, so that a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).digest()

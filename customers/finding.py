"""What somebody looked for, carried from page to page without a name or a number in any address or log.

The typed text goes into the address sealed under a random key that lives in the session alone: a log holds what
only the session opens, the database holds the key without the text, and both are worthless once the session ends.
"""

from __future__ import annotations

import base64
import binascii

from django.http import HttpRequest

from common import crypto

SESSION_KEY = "find_key"
LONGEST = 60
BLOCK = 128


def token(request: HttpRequest, text: str) -> str:
    """The sealed form of ``text`` for an address; all short texts give tokens of one length."""
    if SESSION_KEY not in request.session:
        request.session[SESSION_KEY] = base64.b64encode(crypto.new_data_key()).decode()
    text = text[:LONGEST].strip()
    padded = text + " " * (-len(text.encode()) % BLOCK)
    sealed = crypto.seal(_key(request), padded, **_where(request))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def text_of(request: HttpRequest, sealed: str) -> str | None:
    """The text behind a token of this session; None for any other."""
    if SESSION_KEY not in request.session:
        return None
    try:
        blob = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        return crypto.unseal(_key(request), blob, **_where(request)).strip()
    except (binascii.Error, ValueError):
        return None


def _key(request: HttpRequest) -> bytes:
    return base64.b64decode(request.session[SESSION_KEY])


def _where(request: HttpRequest) -> dict[str, str]:
    return {"model": "Find", "field": "text", "subject": str(request.user.pk)}

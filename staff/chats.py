"""How each kind of group bot wants to be written to, signed for, and how it says no.

WeCom, DingTalk and Feishu answer 200 whatever became of the message: ``errcode`` (Feishu: ``code``) tells.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from .models import BotKind
from .outbox import LATER, NotSent, Refused

TOO_FAST = {BotKind.WECOM: 45009, BotKind.DINGTALK: 130101, BotKind.FEISHU: 11232}
CODES = {BotKind.WECOM: "errcode", BotKind.DINGTALK: "errcode", BotKind.FEISHU: "code"}


@dataclass(frozen=True)
class Letter:
    """One message as it goes out."""

    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def letter(kind: str, *, url: str, secret: str, words: str, key: str, now: datetime) -> Letter:
    """``words`` for a bot of this kind, signed where there is a secret."""
    if kind == BotKind.DINGTALK and secret:
        url = _signed_address(url, secret, str(int(now.timestamp() * 1000)))
    said = _said(kind, words, key)
    if kind == BotKind.FEISHU and secret:
        stamp = str(int(now.timestamp()))
        said |= {"timestamp": stamp, "sign": feishu_sign(secret, stamp)}
    body = json.dumps(said, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if kind == BotKind.GENERIC:
        headers |= _own_headers(secret, body, key, str(int(now.timestamp())))
    return Letter(url, body, headers)


def _said(kind: str, words: str, key: str) -> dict[str, Any]:
    if kind == BotKind.FEISHU:
        return {"msg_type": "text", "content": {"text": words}}
    if kind == BotKind.GENERIC:
        return {"key": key, "text": words}
    return {"msgtype": "text", "text": {"content": words}}


def dingtalk_sign(secret: str, stamp: str) -> str:
    """Base64 of HMAC-SHA256 under the secret over the time in milliseconds, a line break and the secret."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")).decode()


def _signed_address(url: str, secret: str, stamp: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote_plus(dingtalk_sign(secret, stamp))}"


def feishu_sign(secret: str, stamp: str) -> str:
    """Base64 of HMAC-SHA256 over nothing, under the time in seconds, a line break and the secret."""
    return base64.b64encode(hmac.digest(f"{stamp}\n{secret}".encode(), b"", "sha256")).decode()


def _own_headers(secret: str, body: bytes, key: str, stamp: str) -> dict[str, str]:
    """A webhook of our own is signed as our own webhook for leads wants to be: time, full stop, body."""
    found = {"Idempotency-Key": key}
    if secret:
        signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        found |= {"X-Timestamp": stamp, "X-Signature": signature}
    return found


def judge(kind: str, status: int, body: bytes) -> None:
    """Nothing if the message was taken; Refused or NotSent if it was not; anything else raised: nobody knows."""
    if status in LATER:
        raise NotSent(f"HTTP {status}")
    if 300 <= status < 500:
        raise Refused(f"HTTP {status}")
    if not 200 <= status < 300:
        raise ValueError(f"HTTP {status}")
    if kind == BotKind.GENERIC:
        return
    code = json.loads(body)[CODES[BotKind(kind)]]
    if code == TOO_FAST[BotKind(kind)]:
        raise NotSent(f"code {code}")
    if code != 0:
        raise Refused(f"code {code}")

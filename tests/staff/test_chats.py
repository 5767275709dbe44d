"""Messages as each group chat wants them: form, signature, and what its answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from staff import chats
from staff.outbox import NotSent, Refused

NOW = datetime(2026, 3, 2, 4, 0, 0, 123000, tzinfo=UTC)
URL = "https://chat.example/send?access_token=t0ken"


def letter(kind, secret=""):
    return chats.letter(kind, url=URL, secret=secret, words="今日待办", key="bot:1:x", now=NOW)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("wecom", {"msgtype": "text", "text": {"content": "今日待办"}}),
        ("dingtalk", {"msgtype": "text", "text": {"content": "今日待办"}}),
        ("feishu", {"msg_type": "text", "content": {"text": "今日待办"}}),
        ("generic", {"key": "bot:1:x", "text": "今日待办"}),
    ],
)
def test_each_kind_gets_its_own_form(kind, said):
    made = letter(kind)
    assert (made.url, json.loads(made.body)) == (URL, said)
    assert made.headers["Content-Type"].startswith("application/json")


def test_dingtalk_is_signed_in_the_address():
    asked = parse_qs(urlsplit(letter("dingtalk", "SECabc").url).query)
    stamp = str(int(NOW.timestamp() * 1000))
    sign = hmac.new(b"SECabc", f"{stamp}\nSECabc".encode(), hashlib.sha256).digest()
    assert asked == {"access_token": ["t0ken"], "timestamp": [stamp], "sign": [base64.b64encode(sign).decode()]}


def test_feishu_is_signed_in_the_body():
    made = letter("feishu", "abc")
    stamp = str(int(NOW.timestamp()))
    sign = base64.b64encode(hmac.new(f"{stamp}\nabc".encode(), b"", hashlib.sha256).digest()).decode()
    said = json.loads(made.body)
    assert (made.url, said["timestamp"], said["sign"]) == (URL, stamp, sign)


def test_a_webhook_of_our_own_is_signed_over_time_and_body():
    made = letter("generic", "abc")
    stamp = made.headers["X-Timestamp"]
    wanted = hmac.new(b"abc", stamp.encode() + b"." + made.body, hashlib.sha256).hexdigest()
    assert (made.headers["X-Signature"], made.headers["Idempotency-Key"]) == (wanted, "bot:1:x")


OK = {"wecom": b'{"errcode":0}', "dingtalk": b'{"errcode":0}', "feishu": b'{"code":0}', "generic": b"ok"}
NO = {"wecom": b'{"errcode":93000}', "dingtalk": b'{"errcode":310000}', "feishu": b'{"code":19021}'}
FAST = {"wecom": b'{"errcode":45009}', "dingtalk": b'{"errcode":130101}', "feishu": b'{"code":11232}'}


@pytest.mark.parametrize("kind", OK)
def test_what_was_taken_is_taken(kind):
    chats.judge(kind, 200, OK[kind])


@pytest.mark.parametrize("kind", NO)
def test_an_answer_of_200_with_a_code_is_a_refusal_and_too_fast_is_tried_again(kind):
    with pytest.raises(Refused, match="code"):
        chats.judge(kind, 200, NO[kind])
    with pytest.raises(NotSent):
        chats.judge(kind, 200, FAST[kind])


@pytest.mark.parametrize("kind", NO)
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"\xff"])
def test_an_answer_of_200_that_cannot_be_read_leaves_the_outcome_open(kind, body):
    with pytest.raises(Exception) as raised:  # noqa: PT011
        chats.judge(kind, 200, body)
    assert not isinstance(raised.value, (Refused, NotSent))


@pytest.mark.parametrize(
    ("status", "error"), [(302, Refused), (404, Refused), (429, NotSent), (503, NotSent), (500, ValueError)]
)
def test_the_status_is_read_first(status, error):
    with pytest.raises(error):
        chats.judge("generic", status, b"")

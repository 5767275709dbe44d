"""What a stranger can try at the public form and the webhook: replay, old times, forged words, guessing who is known."""

from __future__ import annotations

import inspect
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import LineKind, RegisterLine
from reception import channels, web_leads
from reception.models import Delivery, LeadChannel
from staff.roles import Role
from tests.house import House, phone
from tests.test_concurrency import together

pytestmark = pytest.mark.django_db
SAID = {"name": "孙小平", "phone": phone(1), "needs": "三房", "consent": True}
TYPED = {"phone": phone(1), "name": "孙小平", "needs": "三房", "consent": "on"}
KNOWN, NEW = phone(1), phone(2)


@pytest.fixture
def house() -> Iterator[House]:
    """An office that knows one number, with a public form and a webhook."""
    with time_machine.travel("2026-03-02T12:00:00+08:00", tick=False):
        house = House("AB")
        house.manager = house.hire("manager", Role.MARKETING_MANAGER)
        house.hire("officer", Role.WEB_OFFICER)
        house.sign_in("A", "B")
        house.leave(house.visit("09:30", name="孙小平", phone=KNOWN), at="09:50")
        made, now = {"label": "官网", "by": house.manager}, house.at("09:00")
        house.form, _none = channels.make(house.office, kind="form", **made, now=now)
        house.hook, house.secret = channels.make(house.office, kind="hook", **made, now=now)
        yield house


def signed(house, said=None, *, stamp: str = "", body: bytes = b"", secret: str = "") -> dict[str, Any]:
    """A message with the headers that prove it."""
    body = body or json.dumps(said or SAID).encode()
    stamp = stamp or str(int(house.at("12:00").timestamp()))
    sign = channels.sign(bytes.fromhex(secret or house.secret), stamp, body)
    return {"data": body, "headers": {"X-Timestamp": stamp, "X-Signature": sign}}


def send(house, message) -> int:
    path = f"/hook/{house.hook.token}/"
    return Client().post(path, message["data"], content_type="application/json", headers=message["headers"]).status_code


def leads() -> int:
    return RegisterLine.objects.filter(kind=LineKind.WEB).count()


@pytest.mark.rule("WEB-01")
def test_a_message_sent_again_is_refused_for_as_long_as_its_time_holds(house):
    message = signed(house, stamp=str(int(house.at("12:05").timestamp())))
    told = []
    for at in ("12:00:00", "12:00:01", "12:09:59", "12:10:00", "12:10:01"):
        with time_machine.travel(house.at(at), tick=False):
            told.append(send(house, message))
    assert (told, leads()) == ([202, 409, 409, 409, 403], 1)


@pytest.mark.rule("WEB-01")
def test_a_note_of_a_message_outlives_its_window(house):
    message = signed(house, stamp=str(int(house.at("12:05").timestamp())))
    assert send(house, message) == 202
    with time_machine.travel(house.at("12:10"), tick=False):
        assert send(house, signed(house, {**SAID, "phone": NEW}, stamp=str(int(house.at("12:10").timestamp())))) == 202
        assert send(house, message) == 409
    assert Delivery.objects.count() == 2


@pytest.mark.rule("WEB-01")
@pytest.mark.parametrize(
    ("at", "status"),
    [
        *(("12:00:00", 202), ("12:05:00", 202), ("11:55:00", 202)),
        *(("12:05:00.000001", 403), ("11:54:59.999999", 403), ("12:05:01", 403), ("11:54:59", 403)),
    ],
)
def test_a_time_holds_to_the_second_of_the_window(house, at, status):
    message = signed(house)
    with time_machine.travel(house.at(at), tick=False):
        assert send(house, message) == status


@pytest.mark.rule("WEB-01")
@pytest.mark.parametrize("stamp", ["0", "-1", "1e9", " 1772424000", "1772424000.0", "99999999999", "+1772424000", "x"])
def test_a_time_that_is_none_is_refused_though_it_is_signed(house, stamp):
    assert (send(house, signed(house, stamp=stamp)), leads()) == (403, 0)


@pytest.mark.rule("WEB-01")
def test_whatever_was_changed_after_signing_is_refused(house):
    message, other = signed(house), signed(house, secret="00" * 32)
    forged = [
        {**message, "data": message["data"].replace(b"15400000001", b"15400000002")},
        {**message, "data": message["data"] + b" "},
        {**message, "headers": {**message["headers"], "X-Timestamp": str(int(house.at("12:01").timestamp()))}},
        {**message, "headers": {"X-Timestamp": message["headers"]["X-Timestamp"]}},
        {**message, "headers": {**message["headers"], "X-Signature": message["headers"]["X-Signature"].upper()}},
        {**message, "headers": {**message["headers"], "X-Signature": message["headers"]["X-Signature"][:-1] + "g"}},
        other,
    ]
    assert message["data"] != forged[0]["data"]
    assert [send(house, one) for one in forged] == [403] * len(forged)
    assert (send(house, message), leads()) == (202, 1)


@pytest.mark.rule("WEB-01")
def test_a_message_of_another_webhook_is_refused(house):
    other, secret = channels.make(house.office, kind="hook", label="二", by=house.manager, now=house.at("09:00"))
    message = signed(house)
    assert (
        Client()
        .post(f"/hook/{other.token}/", message["data"], content_type="application/json", headers=message["headers"])
        .status_code
        == 403
    )
    assert send(house, signed(house, secret=secret)) == 403


@pytest.mark.rule("WEB-01")
def test_a_message_whose_registration_broke_may_be_sent_again(house, monkeypatch):
    def broken(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(web_leads, "check_in", broken)
    with pytest.raises(ConnectionError):
        send(house, signed(house))
    monkeypatch.undo()
    assert (Delivery.objects.count(), send(house, signed(house)), leads()) == (0, 202, 1)


@pytest.mark.rule("WEB-01")
@pytest.mark.django_db(transaction=True)
def test_the_same_message_at_the_same_instant_is_taken_once(house):
    message = signed(house)
    told = together(*[lambda: send(house, message)] * 6)
    assert (sorted(told), leads()) == ([202, 409, 409, 409, 409, 409], 1)


def compares_safely(source: str) -> bool:
    """Whether a signature is compared by the one function whose time tells nothing, and by nothing else."""
    return "compare_digest(" in source and not re.search(r"[!=]=\s*signature|signature\s*[!=]=", source)


BROKEN = """
def verify(channel, *, timestamp, signature, body, now):
    if sign(secret, timestamp, body) != signature:
        raise refused
"""


@pytest.mark.rule("WEB-01")
def test_signatures_are_compared_in_constant_time():
    assert compares_safely(inspect.getsource(channels.verify))
    assert not compares_safely(BROKEN)


def form(house, number: str) -> tuple[object, ...]:
    """Everything that a stranger is answered by the form, but for the stamps that differ each time."""
    client = Client()
    answer = client.post(f"/lead/{house.form.token}/", {**TYPED, "phone": number})
    after = client.get(answer["Location"])
    shown = re.sub(rb'"x-csrftoken": "[^"]*"', b"", after.content)
    return answer.status_code, dict(answer.headers), answer.content, shown


def hook(house, number: str) -> tuple[object, ...]:
    """Everything that a stranger is answered by the webhook."""
    message = signed(house, {**SAID, "phone": number, "needs": str(time.perf_counter())})
    answer = Client().post(
        f"/hook/{house.hook.token}/", message["data"], content_type="application/json", headers=message["headers"]
    )
    return answer.status_code, dict(answer.headers), answer.content


WAYS: dict[str, Callable[..., tuple[object, ...]]] = {"form": form, "hook": hook}


@pytest.mark.rule("WEB-01")
@pytest.mark.parametrize("way", WAYS)
def test_the_answer_has_the_same_bytes_for_a_known_and_a_new_number(house, way):
    house.visit("11:00", name="在场", phone=phone(3))
    known, new, refused = (WAYS[way](house, number) for number in (KNOWN, NEW, phone(3)))
    assert known == new == refused


def gap(house, way: str, rounds: int = 5) -> float:
    """Seconds by which a known number is answered quicker or slower than new ones, each at its quickest."""
    taken: dict[str, list[float]] = {"known": [], "new": []}
    for n in range(rounds):
        LeadChannel.objects.update(label=f"{n}")
        for kind, number in (("known", KNOWN), ("new", phone(100 + n))):
            began = time.perf_counter()
            WAYS[way](house, number)
            taken[kind].append(time.perf_counter() - began)
    return abs(min(taken["known"]) - min(taken["new"]))


TELLING = 0.015


@pytest.mark.rule("WEB-01")
@pytest.mark.parametrize("way", WAYS)
def test_the_time_of_the_answer_tells_nothing(house, settings, monkeypatch, way):
    monkeypatch.setattr(web_leads, "FROM_ONE_ADDRESS", 1000)
    settings.STEADY_ANSWER_SECONDS = 0.4
    assert gap(house, way) < TELLING


@pytest.mark.rule("WEB-01")
@pytest.mark.parametrize("way", WAYS)
def test_a_twin_that_answers_as_soon_as_it_can_is_told_apart(house, settings, monkeypatch, way):
    """Where finding a number saves or costs work, the clock says so: this is what is held back above."""
    monkeypatch.setattr(web_leads, "FROM_ONE_ADDRESS", 1000)
    quick = web_leads.take_in_unseen

    def telling(office, arrival, *, now):
        if arrival.phone == KNOWN:
            time.sleep(0.04)
        quick(office, arrival, now=now)

    monkeypatch.setattr(web_leads, "take_in_unseen", telling)
    settings.STEADY_ANSWER_SECONDS = 0
    assert gap(house, way) > TELLING

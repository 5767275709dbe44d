"""What is written about a customer at work (A-card, lead, defeat, deal, care) lies nowhere in the clear either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from crm import schedule
from crm.celery import app
from customers.models import Card, Customer, DefeatRequest, FollowUp
from reception import channels
from reception.models import LeadChannel
from sales import deals, discounts
from sales.models import CareCard, Deal
from staff.models import Message, MessageState
from staff.roles import Role
from tests.house import NOON, House, phone
from tests.test_canaries import PASSWORD, Typist, broker, files, found, listening, tables

pytestmark = pytest.mark.django_db(transaction=True)
CARD = {
    "unit": "户型甲乾",
    "area": "118",
    "floor": "楼层乙坤",
    "budget": "预算丙屯",
    "compares": "对比丁蒙",
    "reception": "首谈戊需他带了母亲",
    "favourable": "有利己讼",
    "unfavourable": "不利庚师",
    "support": "支持辛比",
    "plan": "计划壬畜",
}
PERSONAL = {
    **{f"card: {name}": text for name, text in CARD.items() if name != "area"},
    "guidance": "指导癸履先谈首付",
    "why returned": "退卡子泰预算没写",
    "result": "结果丑否约了周末",
    "objections": "异议寅同嫌贵",
    "lead": "网客卯有",
    "lead's phone": "15488881001",
    "lead's needs": "想要辰谦三房",
    "signed lead": "接口巳豫",
    "signed lead's phone": "15488881002",
    "signed lead's needs": "想要午随两房",
    "officer's lead": "专员未蛊",
    "officer's lead's phone": "15488881003",
    "why this level": "定级未涣理由",
    "analysis": "分析申临对方总价低",
    "call of the clerk": "核实酉观属实",
    "address": "住址戌噬路九号",
    "payment": "付款亥贲按揭",
    "birthday": "lunar 07-23",
}
# What a member of staff gives as a reason stays in the clear; where it stays is told here.
REASONS = {
    "approving": ("批准理由", {"customers_defeatrequest", "customers_historicaldefeatrequest"}),
    "cancelling": ("退房理由", {"sales_deal", "sales_historicaldeal"}),
}


def people_of(house: House) -> dict[str, Typist]:
    """Everybody at a browser."""
    users = {"rep": house.people["A"], "lead": house.supervisor, "desk": house.clerk}
    users |= {"manager": house.hire("mm", Role.MARKETING_MANAGER), "web": house.hire("web", Role.WEB_OFFICER)}
    for user in users.values():
        user.set_password(PASSWORD)
        user.save()
    return {name: Typist().sign_in(user) for name, user in users.items()}


def type_everything(house: House) -> dict[str, Typist]:
    """Each text once, through the form it belongs to; the typists."""
    at = people_of(house)
    at["rep"].post(f"/board/{house.people['A'].pk}/sign_in/")
    _leads(at, house)
    mine = house.customer(house.call("11:00", "A", phone=phone(7), consent=True))
    _card(at, mine)
    _follow_up(at, mine)
    _lost(at, house)
    _bought(at, house, mine)
    for path in ("/today/", "/care/", "/deals/", f"/customers/{mine.pk}/", f"/customers/{mine.pk}/card/"):
        at["rep"].get(path)
    for path in ("/signing/", "/web/", "/defeats/"):
        at["lead"].get(path)
    return at


def _leads(at: dict[str, Typist], house: House) -> None:
    """From the public form, from a signed webhook, from the officer."""
    for kind in ("form", "hook"):
        at["manager"].post("/web/channels/", kind=kind, label="渠道")
    form, hook = (LeadChannel.objects.get(kind=kind) for kind in ("form", "hook"))
    said = {"phone": PERSONAL["lead's phone"], "name": PERSONAL["lead"], "needs": PERSONAL["lead's needs"]}
    stranger = Typist()
    stranger.post(f"/lead/{form.token}/", **said, consent="on", website="", request_id=uuid4())
    at["web"].wire += stranger.wire
    said = {"name": PERSONAL["signed lead"], "phone": PERSONAL["signed lead's phone"]}
    body = json.dumps({**said, "needs": PERSONAL["signed lead's needs"], "consent": True}).encode()
    stamp = str(int(timezone.now().timestamp()))
    signature = channels.sign(channels.crypto.unwrap(hook.secret_kek, hook.secret_wrapped), stamp, body)
    headers = {"X-Timestamp": stamp, "X-Signature": signature}
    answer = Client().post(f"/hook/{hook.token}/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 202
    at["web"].post("/web/new/", phone=PERSONAL["officer's lead's phone"], name=PERSONAL["officer's lead"])
    assert Customer.objects.count() == 3


def _card(at: dict[str, Typist], mine: Customer) -> None:
    """Drafted, submitted with another level than proposed, returned, submitted again, signed with guidance."""
    findings = {"need": "yes", "confidence": "no", "power": "yes"}
    at["rep"].post(f"/customers/{mine.pk}/card/draft/", **CARD, **findings)
    at["rep"].post(
        f"/customers/{mine.pk}/card/submit/", **CARD, **findings, level="H", reason=PERSONAL["why this level"]
    )
    card = Card.objects.get(customer=mine)
    at["lead"].post(f"/signing/cards/{card.pk}/return/", reason=PERSONAL["why returned"], next="")
    assert PERSONAL["why returned"] in at["rep"].client.get(f"/customers/{mine.pk}/card/").content.decode()
    at["rep"].post(f"/customers/{mine.pk}/card/submit/", **CARD, **findings)
    at["lead"].post(f"/signing/cards/{card.pk}/sign/", guidance=PERSONAL["guidance"], next="")
    at["rep"].post(f"/customers/{mine.pk}/card/print/")


def _follow_up(at: dict[str, Typist], mine: Customer) -> None:
    said = {"manner": "phone", "reached": "yes", "level": "A", "result": PERSONAL["result"]}
    at["rep"].post(f"/today/{mine.pk}/", **said, objections=PERSONAL["objections"])
    assert FollowUp.objects.filter(customer=mine).count() == 1


def _lost(at: dict[str, Typist], house: House) -> None:
    """Somebody else is given up, step by step."""
    other = house.customer(house.call("11:10", "A", phone=phone(8)))
    said = {"reception": "看过", "plan": "再约", "need": "yes", "confidence": "no", "power": "yes"}
    at["rep"].post(f"/customers/{other.pk}/card/submit/", **said)
    asked = {"ground": "elsewhere", "lost_to": "他盘", "price": "15000", "analysis": PERSONAL["analysis"]}
    at["rep"].post(f"/customers/{other.pk}/defeat/", **asked)
    request = DefeatRequest.objects.get()
    at["desk"].post(f"/signing/defeats/{request.pk}/confirm/", result=PERSONAL["call of the clerk"], next="")
    at["manager"].post(f"/customers/{other.pk}/defeat/approve/", reason=REASONS["approving"][0])
    at["desk"].post(f"/customers/{other.pk}/defeat/close/")


def _bought(at: dict[str, Typist], house: House, mine: Customer) -> None:
    """Two subscriptions, one cancelled, one signed; the card of the home buyer."""
    discounts.set_up(house.office)
    deals.add_units(house.office, [{"code": code, "list_price": "1250000"} for code in ("1-101", "1-102")])
    for code in ("1-101", "1-102"):
        at["rep"].post(f"/customers/{mine.pk}/deals/", unit=code, price="")
    kept, dropped = Deal.objects.order_by("pk")
    at["rep"].post(f"/deals/{dropped.pk}/cancel/", reason=REASONS["cancelling"][0])
    at["lead"].post(f"/deals/{kept.pk}/contract/")
    born = {"calendar": "lunar", "month": "7", "day": "23"}
    texts = {"address": PERSONAL["address"], "payment": PERSONAL["payment"]}
    at["desk"].post(f"/customers/{mine.pk}/care/", **born, **texts)
    assert CareCard.objects.get().birthday_sealed


def work_off(url: str) -> None:
    """Every periodic job waits at the broker, and is run."""
    with app.connection_for_write(url) as connection:
        for job in schedule.JOBS:
            app.send_task("crm.run_scheduled", args=[job.name], connection=connection)
    for row in schedule.run_due(now=timezone.now()):
        assert row.failure == "", row.name


def kept_by(client: redis.Redis) -> bytes:
    """Everything that the broker holds: values, queues, hashes, sets."""
    read: dict[bytes, Any] = {
        b"string": client.get,
        b"list": lambda key: b" ".join(client.lrange(key, 0, -1)),
        b"hash": lambda key: b" ".join(part for pair in client.hgetall(key).items() for part in pair),
        b"set": lambda key: b" ".join(client.smembers(key)),
        b"zset": lambda key: b" ".join(client.zrange(key, 0, -1)),
    }
    return b"\n".join(key + b" " + (read[client.type(key)](key) or b"") for key in client.scan_iter())


@pytest.fixture
def typed(tmp_path, capsys) -> Iterator[dict[str, bytes]]:
    """Everything was typed and the jobs ran; the content of each place where it might have stayed, by name."""
    with time_machine.travel(NOON, tick=False), broker(tmp_path) as kept, listening() as heard:
        house = House("AB")
        at = type_everything(house)
        house.leave(house.visit("11:58", phone=phone(9), consent=True), "11:59")
        port = kept.connection_pool.connection_kwargs["port"]
        work_off(f"redis://127.0.0.1:{port}/0")
        assert Message.objects.filter(state=MessageState.SENT).count() == 1
        assert kept.llen("celery") == len(schedule.JOBS)
        cache.set("seen", 1)
        told = capsys.readouterr()
        sessions = [session.get_decoded() for session in Session.objects.all()]
        yield {
            **{f"table {name}": content for name, content in tables().items()},
            **{f"file {name}": content for name, content in files().items()},
            "sessions": repr(sessions).encode(),
            "broker": kept_by(kept),
            "log": "\n".join(heard.lines).encode(),
            "console": f"{told.out}{told.err}".encode(),
            "addresses, headers, cookies": "\n".join(line for one in at.values() for line in one.wire).encode(),
        }


@pytest.mark.rule("PRIV-02")
def test_nothing_written_at_work_lies_in_the_clear(typed):
    assert found(PERSONAL, typed) == []
    assert "[SMS 154" in typed["console"].decode()
    assert phone(9).encode() not in typed["console"]


def test_reasons_of_staff_stay_where_they_are_meant_to_be_read(typed):
    for what, (text, places) in REASONS.items():
        where = {told.split(" in ")[1].split(" as ")[0] for told in found({what: text}, typed)}
        assert {place for place in where if not place.startswith("file ")} == {f"table {name}" for name in places}, what


@pytest.mark.parametrize("place", ["list", "hash", "string", "zset"])
def test_a_broker_that_holds_a_name_is_caught(tmp_path, place):
    """The same search, shown a queue that carries a name as nobody should."""
    name = PERSONAL["lead"]
    with broker(tmp_path) as client:
        {
            "list": lambda: client.rpush("celery", json.dumps({"name": name})),
            "hash": lambda: client.hset("unacked", "1", name),
            "string": lambda: client.set("careless", name.encode().hex()),
            "zset": lambda: client.zadd("late", {json.dumps([name]): 1}),
        }[place]()
        assert found({"name": name}, {"broker": kept_by(client)}) != []

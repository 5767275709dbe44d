"""Personal data typed through the pages is found nowhere in the clear: files, rows, broker, sessions, logs, addresses."""

from __future__ import annotations

import base64
import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import redis
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test import Client, override_settings

from customers.models import Customer, RegisterLine
from ops.broker import free_port
from staff.models import Measure
from tests.house import NOON, House
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent
PERSONAL = {
    "name": "金丝雀乾",
    "phone": "15488880001",
    "companions": "同行坤坎",
    "needs": "需求离震三房朝南",
    "caller": "来电巽艮",
    "caller's phone": "15488880002",
    "caller's needs": "要求兑泽两房",
    "result": "结果恒咸他嫌贵",
    "objections": "异议遁晋学区",
    "corrected name": "更名丰旅",
    "corrected phone": "15488880003",
    "summary": "小结涣节看了样板间",
    "intent": "意向孚济",
    "relative": "亲友屯蒙",
    "relative's phone": "15488880004",
    "home": "住址履泰",
    "family": "家人否谦",
    "opinion": "意见豫随",
    "why key": "重要蛊临",
    "searched": "查找需讼",
    "searched phone": "15488880005",
    "typed name": "未存师比",
    "typed phone": "15488880006",
}
# What a member of staff gives as a reason is told to others and stays in the clear; where it stays is told here.
REASONS = {
    "correcting": ("更正理由", {"customers_registercorrection"}),
    "joining": ("合户理由", {"customers_person", "customers_historicalperson"}),
    "revealing": ("查看理由", {"staff_accesslog"}),
    "rejecting": ("退回理由", {"customers_followup", "customers_historicalfollowup", "staff_notice"}),
    "moving": ("调整理由", {"reception_rotationevent"}),
    "warning": ("警告理由", {"staff_measure", "staff_historicalmeasure"}),
    "objecting": ("异议理由", {"staff_objection"}),
    "rewarding": ("表扬理由", {"staff_reward", "staff_historicalreward", "staff_notice"}),
    "transferring": ("转移理由", {"customers_episode", "customers_historicalepisode", "staff_notice"}),
}


def spellings(text: str) -> dict[str, bytes]:
    """How a text may lie in a file."""
    raw = text.encode()
    spelt = {
        "UTF-8": raw,
        "UTF-16": text.encode("utf-16-le"),
        "UTF-16 the other way": text.encode("utf-16-be"),
        "GBK": text.encode("gbk"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "JSON": json.dumps(text)[1:-1].encode(),
        "percent": quote(text).encode(),
    }
    for shift in range(3):  # Base64 looks different at each place in a group of three
        whole = base64.b64encode(b"\0" * shift + raw)
        spelt[f"Base64 from {shift}"] = whole[4 if shift else 0 : -4]
    return spelt


def found(texts: dict[str, str], sources: dict[str, bytes]) -> list[str]:
    """Which of ``texts`` lie in which source, and how spelt."""
    told = []
    for what, text in texts.items():
        for how, spelt in spellings(text).items():
            told += [f"{what} in {where} as {how}" for where, content in sources.items() if spelt in content]
    return told


def tables() -> dict[str, bytes]:
    """Every row of every table, its blobs as they are."""
    contents = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            values = (value for row in cursor.fetchall() for value in row)
            contents[table] = b"\n".join(plain(value) for value in values)
    return contents


def plain(value: Any) -> bytes:
    """A value of a column as bytes."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def files() -> dict[str, bytes]:
    """The database's files with their journals, as far as this account may read them."""
    if connection.vendor == "sqlite":
        base = Path(connection.settings_dict["NAME"])
        paths = [path for path in base.parent.glob(f"{base.name}*") if path.is_file()]
        return {path.name: path.read_bytes() for path in paths}
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0])
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        database = f"base/{cursor.fetchone()[0]}"
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for part in (database, "pg_wal")
        for path in readable(folder / part)
    }


def readable(folder: Path) -> Iterator[Path]:
    """The files below a folder that may be read."""
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                path.open("rb").close()
                yield path
        except OSError:
            continue


class Listener(logging.Handler):
    """Keeps what is logged, down to the last detail."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {vars(record)} {record.exc_info}")


@contextmanager
def listening() -> Iterator[Listener]:
    """Everything that is logged meanwhile, at DEBUG. The test client's own note of the request it makes is left out."""
    listener, root = Listener(), logging.getLogger()
    before = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    yield listener
    root.setLevel(before)
    root.removeHandler(listener)


@contextmanager
def broker(folder: Path) -> Iterator[redis.Redis]:
    """A broker of the product's own kind, as the cache of the pages."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "ops.broker", str(port), str(folder)], cwd=ROOT)
    url = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis.from_url(url)
    limit = time.monotonic() + 20
    while True:
        try:
            client.ping()
            break
        except redis.ConnectionError:
            assert time.monotonic() < limit, "no broker"
            time.sleep(0.05)
    cache = {"default": {"BACKEND": "common.cache.PatientRedisCache", "LOCATION": url}}
    try:
        with override_settings(CACHES=cache, REDIS_URL=url):
            yield client
            caches["default"].close()
    finally:
        client.close()
        process.terminate()
        process.wait(timeout=10)


@dataclass
class Typist:
    """One person at a browser; keeps the addresses and cookies that went over the wire."""

    client: Client = field(default_factory=Client)
    wire: list[str] = field(default_factory=list)

    def sign_in(self, user: Any) -> Typist:
        """By name and password."""
        said = {"login": user.username, "password": PASSWORD}
        assert self.client.post("/accounts/login/", said).status_code == 302
        return self

    def post(self, path: str, **said: Any) -> Any:
        """Send a form that is to be accepted."""
        response = self.client.post(path, said)
        assert response.status_code in (200, 302), (path, response.status_code)
        self.wire += [path, str(dict(response.headers)), str(response.cookies)]
        return response

    def get(self, path: str) -> Any:
        """Open a page."""
        response = self.client.get(path)
        assert response.status_code == 200, path
        self.wire += [path, str(dict(response.headers)), str(response.cookies)]
        return response


def type_everything(house: House) -> list[str]:
    """Each text once, through the form it belongs to; what went over the wire beside the pages."""
    for user in [*house.people.values(), house.clerk, house.supervisor]:
        user.set_password(PASSWORD)
        user.save()
    desk, rep, lead = (Typist().sign_in(user) for user in (house.clerk, house.people["A"], house.supervisor))
    rep.post(f"/board/{house.people['A'].pk}/sign_in/")
    lead.post(f"/board/{house.people['B'].pk}/sign_in/")
    _at_the_desk(desk, house)
    mine = Customer.objects.get(number=1)
    _by_the_owner(rep, mine)
    _by_the_supervisor(lead, mine, house)
    _of_conduct(rep, lead, house)
    for typist, paths in (
        (desk, ("/register/", "/customers/", "/register/1/")),
        (lead, ("/pool/", f"/customers/{mine.pk}/", "/board/")),
    ):
        for path in paths:
            typist.get(path)
    return [*desk.wire, *rep.wire, *lead.wire]


def _at_the_desk(desk: Typist, house: House) -> None:
    said = PERSONAL
    visitor = {key: said[key] for key in ("name", "phone", "companions", "needs")}
    shape = {"first_visit": "yes", "appointment": "no", "party": "2", "purpose": "buy"}
    desk.post("/checkin/answer/", **shape, name=said["typed name"], phone=said["typed phone"])
    desk.post("/checkin/find/", find=said["searched"])
    desk.post("/find/", q=said["searched phone"])
    told = desk.post("/find/", q=said["searched"])
    desk.get(told.headers["Location"])
    desk.post("/checkin/", **shape, **visitor, request_id=uuid4())
    desk.get("/checkin/done/1/")
    caller = {"name": said["caller"], "phone": said["caller's phone"], "needs": said["caller's needs"]}
    desk.post("/calls/new/", **caller, answered_by=house.people["B"].pk, request_id=uuid4())
    record = {"summary": said["summary"], "intent": said["intent"], "shown": "样板间"}
    desk.post("/register/1/record/", **record)
    correction = {"name": said["corrected name"], "phone": said["corrected phone"], "reason": REASONS["correcting"][0]}
    desk.post("/register/1/correction/", **correction)


def _by_the_owner(rep: Typist, mine: Customer) -> None:
    contact = {
        "manner": "phone",
        "reached": "yes",
        "level": "B",
        "result": PERSONAL["result"],
        "objections": PERSONAL["objections"],
    }
    rep.post(f"/customers/{mine.pk}/contact/", **contact)
    rep.post(f"/customers/{mine.pk}/consent/", purposes="record", channel="desk")
    rep.post(f"/customers/{mine.pk}/record/", version="0", home=PERSONAL["home"], family="")
    rep.post(f"/customers/{mine.pk}/record/", version="1", home=PERSONAL["home"], family=PERSONAL["family"])
    opinion = {"theme": "price", "sentiment": "complaint", "text": PERSONAL["opinion"]}
    rep.post(f"/customers/{mine.pk}/record/feedback/", **opinion)
    person = mine.people.order_by("pk").first()
    note = REASONS["revealing"][0]
    body = rep.post(f"/customers/{mine.pk}/people/{person.pk}/reveal/", purpose="other", note=note).content.decode()
    assert PERSONAL["corrected phone"] in body


def _by_the_supervisor(lead: Typist, mine: Customer, house: House) -> None:
    follow_up = mine.follow_ups.get(line__isnull=True)
    lead.post(f"/customers/{mine.pk}/contact/{follow_up.pk}/reject/", reason=REASONS["rejecting"][0])
    joined = {"name": PERSONAL["relative"], "phone": PERSONAL["relative's phone"], "reason": REASONS["joining"][0]}
    lead.post(f"/customers/{mine.pk}/join/", **joined)
    lead.post(f"/customers/{mine.pk}/key/mark/", reason=PERSONAL["why key"])
    new = house.people["B"].pk
    lead.post(f"/customers/{mine.pk}/transfer/", to=new, reason=REASONS["transferring"][0])
    lead.post(f"/board/{new}/adjust/", act="skipped", reason=REASONS["moving"][0])


def _of_conduct(rep: Typist, lead: Typist, house: House) -> None:
    person = house.people["A"].pk
    lead.post("/conduct/give/", person=person, kind="order", reason=REASONS["warning"][0])
    lead.post("/conduct/rewards/give/", person=person, words=REASONS["rewarding"][0])
    given = Measure.objects.get()
    rep.post(f"/conduct/mine/{given.pk}/object/", words=REASONS["objecting"][0])


@pytest.fixture
def typed(tmp_path) -> Iterator[dict[str, bytes]]:
    """Everything was typed; the content of each place where it might have stayed, by name."""
    with time_machine.travel(NOON, tick=False), broker(tmp_path) as kept, listening() as heard:
        wire = type_everything(House("AB"))
        sessions = [session.get_decoded() for session in Session.objects.all()]
        keys = [key + b" " + (kept.get(key) or b"") for key in kept.scan_iter() if kept.type(key) == b"string"]
        assert (len(sessions), bool(keys), bool(heard.lines)) == (3, True, True)
        yield {
            **{f"table {name}": content for name, content in tables().items()},
            **{f"file {name}": content for name, content in files().items()},
            "sessions": repr(sessions).encode(),
            "broker": b"\n".join(keys),
            "log": "\n".join(heard.lines).encode(),
            "addresses, headers, cookies": "\n".join(wire).encode(),
        }


@pytest.mark.rule("PRIV-02")
def test_nothing_personal_lies_in_the_clear(typed):
    assert found(PERSONAL, typed) == []
    assert RegisterLine.objects.count() == 2


def test_reasons_stay_where_they_are_meant_to_be_read(typed):
    texts = {what: text for what, (text, _where) in REASONS.items()}
    where: dict[str, set[str]] = {what: set() for what in texts}
    for told in found(texts, typed):
        what, place = re.fullmatch(r"(\w+) in (.+) as .+", told).groups()
        if not place.startswith("file "):
            where[what].add(place.removeprefix("table "))
    assert where == {what: places for what, (_text, places) in REASONS.items()}


# Another name than those above: what lay in the clear stays in the journals for a while.
CARELESS = "粗心雀鸟"
LEAKS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "Base64": lambda text: base64.b64encode(f"a{text}".encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "JSON": lambda text: json.dumps({"name": text}),
    "UTF-16": lambda text: text.encode("utf-16-le").hex(),
}


@pytest.mark.parametrize("kind", LEAKS)
def test_a_column_in_the_clear_is_caught(kind):
    """The same search, shown a table that keeps a name as nobody should."""
    column = "bytea" if connection.vendor == "postgresql" else "blob"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE careless (words text, bytes {column})")
        words = LEAKS[kind](CARELESS)
        raw = bytes.fromhex(words) if kind == "UTF-16" else words.encode()
        cursor.execute("INSERT INTO careless VALUES (%s, %s)", [words, raw])
    try:
        told = found({"name": CARELESS}, tables() | files())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE careless")
    assert any(one.startswith("name in careless") for one in told)
    assert any(not one.startswith("name in careless") for one in told), "the files were not looked at"

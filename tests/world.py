"""An office, its neighbour in the same branch and a stranger's, with secrets planted in each and everybody signed in.

Built once for a module and never changed by it: every request runs in a savepoint that is rolled back.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers import (
    cards,
    claims,
    completing,
    consent,
    contacts,
    dossier,
    dossier_content,
    feedback,
    guidance,
    handover,
    joining,
    key_customers,
    second_persons,
    tags,
)
from customers.models import RegisterLine
from exchange import checking, exporting, importing, reading
from reception import channels, displays, roster
from reception.checkin import CheckedIn
from reports import archive, meeting, persons, stocktaking
from sales import deals, discounts, price_approval
from sales.models import Unit
from staff import delegations, inspections, measures, notices, objections, payroll, proposals, rewards
from staff.models import Proposal, User
from staff.roles import Role
from tests.bulk_world import plant_bulk
from tests.exchange.tables import xlsx
from tests.factories import staff_member
from tests.house import NOON, House, phone

PASSWORD = "correct-horse-7-battery"
ANONYMOUS, WITHDRAWN = "anonymous", "withdrawn"
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|CREATE|ALTER|DROP)\b[^\"`]*[\"`]?(\w*)", re.I)
# Whoever holds the role of a key sits in the office of the house, unless the name says otherwise.
ROLES = {
    "owner": Role.REP,
    "colleague": Role.REP,
    "probationary": Role.PROBATIONARY,
    "trainee": Role.TRAINEE,
    "supervisor": Role.SUPERVISOR,
    "manager": Role.MARKETING_MANAGER,
    "planner": Role.PLANNER,
    "clerk": Role.CLERK,
    "web_officer": Role.WEB_OFFICER,
    "keeper": Role.KEEPER,
    "finance": Role.FINANCE,
    "branch_manager": Role.BRANCH_MANAGER,
    "hq": Role.HQ,
    "chairman": Role.CHAIRMAN,
    "privacy_officer": Role.PRIVACY_OFFICER,
    "admin": Role.ADMIN,
    WITHDRAWN: Role.MARKETING_MANAGER,
    "neighbour_rep": Role.REP,
    "neighbour_manager": Role.MARKETING_MANAGER,
    "stranger_manager": Role.MARKETING_MANAGER,
}
VIEWERS = (*ROLES, ANONYMOUS)
NEIGHBOURS = frozenset({"neighbour_rep", "neighbour_manager"})
ELSEWHERE = NEIGHBOURS | {"stranger_manager"}
SALES = frozenset({"owner", "colleague", "probationary", "trainee"})
DESK = frozenset({"supervisor", "manager", "clerk", "keeper"})
LEADS = frozenset({"supervisor", "manager"})
NOBODY: frozenset[str] = frozenset()
NOT_FREE = frozenset({"birthday", "age", *dossier_content.CHOSEN})  # fields of a record that take no free text


@dataclass(frozen=True)
class Canary:
    """A text that is found nowhere else, and the viewers whom it may reach."""

    text: str
    may: frozenset[str]


@dataclass
class Answer:
    """What one request was answered with, and what it wrote: (verb, table)."""

    status: int
    body: str
    response: HttpResponse
    wrote: list[tuple[str, str]]


@dataclass
class World:
    """People by what they are to the secrets, rows by name, and the secrets."""

    house: House
    people: dict[str, User] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)
    canaries: list[Canary] = field(default_factory=list)
    cookies: dict[str, Any] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def sign_in(self) -> None:
        """Give everybody a session."""
        for viewer, user in self.people.items():
            self.client.cookies.clear()
            self.client.force_login(user)
            self.cookies[viewer] = self.client.cookies["sessionid"].value

    def ask(self, viewer: str, method: str, path: str, data: Any = None, **extra: Any) -> Answer:
        """One request of one person; whatever it changed is undone."""
        cache.clear()  # counters of attempts are of one request
        self.client.cookies.clear()
        if viewer in self.cookies:
            self.client.cookies["sessionid"] = self.cookies[viewer]
        call = getattr(self.client, method.lower())
        if isinstance(data, bytes):  # as it is: the client would put it into another charset
            call = partial(self.client.generic, method)
        with transaction.atomic():
            with CaptureQueriesContext(connection) as caught:
                response = call(path, *([] if data is None else [data]), **extra)
            transaction.set_rollback(True)
        body = text_of(response)
        wrote = [match.groups() for one in caught if (match := WRITES.match(one["sql"]))]
        return Answer(response.status_code, body, response, [(verb.upper(), table) for verb, table in wrote])

    def plant(self, may: frozenset[str], *texts: str) -> None:
        """Remember who may read ``texts``."""
        self.canaries += [Canary(text, may) for text in texts]

    def leaks(self, viewer: str, body: str, but: frozenset[str] = NOBODY) -> list[str]:
        """The secrets in ``body`` that ``viewer`` may not read; ``but``: texts that this answer is asked for."""
        return [one.text for one in self.canaries if one.text in body and viewer not in one.may and one.text not in but]


def text_of(response: HttpResponse) -> str:
    """What an answer says, a workbook's parts unpacked."""
    return unpacked(b"".join(response.streaming_content) if response.streaming else response.content)


def unpacked(data: bytes) -> str:
    """What a file says, a workbook's parts unpacked."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            data = b"\n".join(parts.read(name) for name in parts.namelist())
    return data.decode("utf-8", "replace")


@contextmanager
def quiet_refusals() -> Iterator[None]:
    """Thousands of refusals are not worth a line of the log each."""
    log = logging.getLogger("django.request")
    before = log.level
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(before)


@contextmanager
def opened(blocker: Any) -> Iterator[World]:
    """The world at noon; gone afterwards."""
    with blocker.unblock(), time_machine.travel(NOON, tick=False), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def secret(n: int) -> str:
    """A phone number that is planted."""
    return f"1547777{n:04d}"


def told_of(sign: str, n: int) -> dict[str, str]:
    """What a visitor with secrets says."""
    return {"name": f"金丝{sign}", "phone": secret(n), "companions": f"同行{sign}", "needs": f"要求{sign}"}


def build() -> World:
    """Everything, by the rules."""
    house = House("AB", probationary="P")
    world = World(house)
    _hire(world)
    _lapsed_customer(world)
    house.sign_in("A", "B", "P")
    _customers(world)
    _board(world)
    _sales(world)
    _approvals(world)
    _dispute(world)
    _handover(world)
    _conduct(world)
    _import(world)
    plant_bulk(world)
    _meeting(world)
    _elsewhere(world)
    archive.close_months(now=house.at("11:55"), office=house.office)
    world.sign_in()
    return world


def _hire(world: World) -> None:
    house, people = world.house, world.people
    people |= {"owner": house.people["A"], "colleague": house.people["B"], "probationary": house.people["P"]}
    people |= {"supervisor": house.supervisor, "clerk": house.clerk}
    for name, role in ROLES.items():
        if name not in people and name not in ELSEWHERE:
            people[name] = staff_member(role, house.office, 9 if role == Role.TRAINEE else None, name=name)
    people[WITHDRAWN].postings.update(until=house.on - timedelta(days=1))
    for user in people.values():
        user.__dict__.pop("posting", None)
        _with_password(user)


def _with_password(user: User) -> None:
    user.set_password(PASSWORD)
    user.save()


def _lapsed_customer(world: World) -> None:
    """Once the owner's, in the public pool by now; and a web lead that is nobody's."""
    house = world.house
    today, house.on = house.on, date(2026, 1, 5)
    lapsed = house.call("10:00", "A", **told_of("丁亥", 4))
    house.on = today
    lead = house.web("08:30", **told_of("戊子", 5))
    world.rows |= {"lapsed": lapsed.customer, "lead": lead.customer}
    for sign, n in (("丁亥", 4), ("戊子", 5)):
        _plant(world, sign, n, DESK)


def _plant(world: World, sign: str, n: int, may: frozenset[str]) -> None:
    said = told_of(sign, n)
    world.plant(NOBODY, said.pop("phone"))
    world.plant(may, *said.values())


def _customers(world: World) -> None:
    """One of a colleague, one of the owner with everything that can be said of a customer."""
    house, rows, owner = world.house, world.rows, world.people["owner"]
    mine = house.visit("09:10", **told_of("甲申", 1))
    house.leave(mine, at="09:40")
    theirs = house.call("09:45", "B", **told_of("乙酉", 2))
    contact = contacts.record(
        house.customer(mine), by=owner, now=house.at("10:00"), manner="phone", reached=True, result="结果甲申"
    )
    _card(world, house.customer(mine))
    _record(world, house.customer(mine))
    said = {"name": "更名甲申", "phone": secret(6), "reason": "更正甲申"}
    completing.amend(_line(mine), by=house.supervisor, now=house.at("10:05"), kind="correction", **said)
    join = {"name": "亲友甲申", "phone": secret(7), "reason": "合户甲申"}
    joining.join(house.customer(mine), by=house.supervisor, now=house.at("10:06"), **join)
    world.plant(NOBODY, secret(6), secret(7))
    _plant(world, "甲申", 1, DESK | {"owner"})
    _plant(world, "乙酉", 2, DESK | {"colleague"})
    world.plant(DESK | {"owner"}, "结果甲申", "更名甲申", "更正甲申", "亲友甲申", "合户甲申")
    rows |= {"mine": mine.customer, "line": mine.line, "theirs": theirs.customer, "contact": contact}
    rows["person"] = mine.customer.people.order_by("pk").first()


def _card(world: World, mine: Any) -> None:
    """An A-card that was submitted and came back: the owner writes at it again."""
    house, owner = world.house, world.people["owner"]
    content, findings = '{"unit": "户型甲申"}', cards.Findings(need=True, confidence=True, power=True)
    cards.save_draft(mine, by=owner, now=house.at("10:01"), content=content, findings={})
    cards.submit(mine, by=owner, now=house.at("10:02"), findings=findings, level="A", reason="理由甲申")
    cards.send_back(mine, by=house.supervisor, now=house.at("10:03"), reason="退回甲申")
    world.plant(DESK | {"owner"}, "户型甲申", "理由甲申", "退回甲申")


def _record(world: World, mine: Any) -> None:
    """The customer agreed to a record, is tagged, a key customer, and had a second person for a while."""
    house, owner, lead, at = world.house, world.people["owner"], world.house.supervisor, world.house.at("10:04")
    consent.give(mine, ["record"], channel="desk", by=owner, now=at)
    world.rows["tag"] = tags.make(house.office, name="标签甲申", by=lead, now=at)
    tags.put(mine, [world.rows["tag"]], by=owner, now=at)
    world.plant(SALES | DESK, "标签甲申")
    key_customers.mark(mine, reason="重点甲申", by=lead, now=at)
    second = {"user": world.people["colleague"], "last": house.on, "reason": "副手甲申"}
    second_persons.name(mine, by=lead, now=at, **second)
    second_persons.end(mine, by=lead, now=at)
    texts = {name: f"{label}甲申" for name, label in dossier_content.LABELS.items() if name not in NOT_FREE}
    dossier.save(mine, texts, version=0, by=owner, now=at)
    feedback.add(mine, theme="price", sentiment="complaint", text="意见甲申", by=owner, now=at)
    world.plant(DESK | {"owner"}, "重点甲申", "副手甲申", "意见甲申", *texts.values())


def _line(told: CheckedIn) -> Any:
    return RegisterLine.objects.select_related("customer__key", "office__policy").get(pk=told.line.pk)


def _board(world: World) -> None:
    """Somebody in hand, somebody who only looked, an order adjusted, a display, a notice, somebody unfit."""
    house, rows = world.house, world.rows
    roster.set_unfit(
        house.office, world.people["probationary"], reason="unwell", by=house.supervisor, now=house.at("10:10")
    )
    roster.skip(house.office, house.people["B"], by=house.supervisor, now=house.at("10:20"), reason="跳过丙寅")
    world.plant(SALES | DESK, "跳过丙寅")
    looked = house.visit("10:30", look=True)
    house.leave(looked, at="10:35")
    rows["looked"] = house.reception(looked)
    rows["reception"] = house.reception(house.visit("11:00", **told_of("己丑", 8)))
    _plant(
        world, "己丑", 8, DESK | {"owner" if rows["reception"].receiver_id == world.people["owner"].pk else "colleague"}
    )
    rows["display"], rows["token"] = displays.make(
        house.office, label="展厅", by=house.supervisor, now=house.at("11:10")
    )
    notices.tell(world.people["owner"], key="canary", text="通知庚寅", now=house.at("11:20"), link="/board/")
    rows["notice"] = world.people["owner"].notices.get(key="canary")
    world.plant(frozenset({"owner"}), "通知庚寅")


def _sales(world: World) -> None:
    """Two units, one subscribed by a customer of the owner's, a table of discounts, two ways for web leads."""
    house, rows = world.house, world.rows
    discounts.set_up(house.office)
    deals.add_units(
        house.office, [{"code": "1-1-101", "list_price": "1000000"}, {"code": "1-1-102", "list_price": "2"}]
    )
    rows["unit"], sold = Unit.objects.filter(office=house.office).order_by("code")
    buyer = house.customer(house.call("11:20", "A", phone=phone(76)))
    manager, at = world.people["manager"], house.at("11:40")
    rows["form"], _none = channels.make(house.office, kind="form", label="官网", by=manager, now=at)
    rows["hook"], _secret = channels.make(house.office, kind="hook", label="平台", by=manager, now=at)
    rows["deal"] = deals.subscribe(buyer, sold, by=world.people["owner"], now=house.at("11:30"))


def _approvals(world: World) -> None:
    """A price that waits for the supervisor, its figure for those who decide and who asked; an absence of finance."""
    house, people, rows = world.house, world.people, world.rows
    deals.add_units(house.office, [{"code": "1-1-103", "list_price": "1000000"}])
    buyer, unit = house.customer(house.call("11:21", "A", phone=phone(75))), Unit.objects.get(code="1-1-103")
    price = {"price": Decimal("991234.56"), "now": house.at("11:31")}
    rows["cheaper"] = deals.subscribe(buyer, unit, by=people["owner"], **price)
    rows["approval"] = price_approval.latest(rows["cheaper"])
    world.plant(DESK | {"owner"}, "991,234.56")
    days = {"first": house.on, "last": house.on, "role": Role.FINANCE, "now": house.at("11:32")}
    rows["away"] = delegations.delegate(people["finance"], people["branch_manager"], reason="出差壬戌", **days)
    world.plant(frozenset({"finance", "branch_manager"}), "出差壬戌")


def _dispute(world: World) -> None:
    """A colleague claims the owner's customer: whoever may see the customer reads why, the colleague their own words."""
    house, mine = world.house, world.rows["mine"]
    said = {"typed": str(mine.number), "words": "争议甲申", "request_id": uuid4()}
    world.rows["dispute"] = claims.claim(house.office, by=world.people["colleague"], now=house.at("11:45"), **said)
    world.plant(frozenset({"supervisor", "manager", "owner", "colleague"}), "争议甲申")


def _conduct(world: World) -> None:
    """A warning to which the owner objected, a proposal against a colleague, and the manager's own warning."""
    house, people, rows = world.house, world.people, world.rows
    at, office, lead = house.at("11:45"), house.office, house.supervisor
    said = {"office": office, "kind": "careless", "now": at}
    rows["warning"] = measures.warn(people["owner"], by=lead, reason="警告辛卯", **said)
    rows["other_warning"] = measures.warn(people["colleague"], by=lead, reason="警告丁未", **said)
    rows["leads_warning"] = measures.warn(lead, by=people["manager"], reason="警告戊申", **said)
    boss = measures.warn(people["manager"], by=people["branch_manager"], reason="警告己酉", **said)
    rows["managers_warning"] = boss
    objections.raise_objection(rows["warning"], by=people["owner"], words="异议辛卯", now=at)
    found = proposals.Found(people["colleague"], "breach", "breach:9", 1, house.on, "/register/1/")
    proposals.put(office, [found], now=at)
    rows["proposal"] = Proposal.objects.get(office=office, cause="breach:9")
    said = {"amount": 100, "points": 0, "words": "奖励庚戌", "cause": "form:9"}
    rows["reward"] = rewards.give(people["owner"], office=office, by=lead, now=at, **said)
    rows["sheet"] = payroll.take(office, house.on.replace(day=1), by=people["manager"], now=at)
    drawn = [inspections.Found("line:1", "line", 1, "/register/1/")]
    said = {"month": house.on.replace(day=1), "records": drawn, "size": 1}
    rows["sample"] = inspections.begin(people["colleague"], office=office, by=lead, now=at, **said)
    world.plant(frozenset({"owner", *LEADS}), "警告辛卯", "异议辛卯", "奖励庚戌")
    world.plant(frozenset({"colleague", *LEADS}), "警告丁未")
    world.plant(LEADS, "警告戊申")
    world.plant(frozenset({"manager", "branch_manager"}), "警告己酉")


def _import(world: World) -> None:
    """A table on its way in, with a row that is good and one that is not."""
    house, manager, now = world.house, world.people["manager"], world.house.at("11:50")
    rows = [
        ["日期", "姓名", "电话", "备注"],
        ["2026-02-20", "导入辛卯", secret(21), "备注辛卯"],
        ["?", "待改辛卯", secret(22), ""],
    ]
    said = {"kind": "register", "name": "旧登记.xlsx", "data": xlsx(rows), "by": manager, "now": now}
    batch = importing.work(reading.upload(house.office, **said), now=now, pieces=1)
    batch = checking.begin_check(batch, mapping=batch.mapping, fill_down=False)
    world.rows["import"] = importing.work(batch, now=now, pieces=9)
    job = exporting.ask("customers", query="", text="", by=world.people["owner"], now=now)
    world.rows["export"] = exporting.work(job, now=now)
    # Whoever brings a table in needs its rows as they came, numbers included.
    world.plant(frozenset({"manager", "clerk"}), "导入辛卯", "备注辛卯", "待改辛卯", secret(21), secret(22))


def _handover(world: World) -> None:
    """The colleague's customers are to go to the owner: the two and those who supervise know why."""
    house, people = world.house, world.people
    said = {"to": [people["owner"]], "by": house.supervisor, "now": house.at("11:50"), "reason": "移交辛卯"}
    world.rows["handover"] = made = handover.start(house.office, people["colleague"], **said)
    world.rows["item"] = made.items.first()
    world.plant(frozenset({"supervisor", "manager", "owner", "colleague"}), "移交辛卯")


def _meeting(world: World) -> None:
    """A problem, guidance on a customer and to a rep, a day and a week handed in, a stock-taking under way."""
    house, rows, owner, at = world.house, world.rows, world.people["owner"], world.house.at("11:55")
    monday = house.on
    mine = house.customer(CheckedIn("", "", customer=rows["mine"]))
    guidance.on_customer(mine, words="指导甲申", by=house.supervisor, now=at)
    guidance.to_person(owner, office=house.office, words="点拨甲申", by=house.supervisor, now=at)
    rows["problem"] = meeting.raise_problem(house.office, words="问题甲申", by=owner, now=at)
    rows["day"] = persons.save_day(house.office, monday, words="日报甲申", by=owner, now=at, submit=True)
    rows["week"] = persons.sum_up_week(house.office, monday, words="周报甲申", by=owner, now=at, submit=True)
    rows["taking"] = stocktaking.begin(house.office, by=house.supervisor, now=at)
    world.plant(DESK | {"owner"}, "指导甲申")
    world.plant(frozenset({"supervisor", "manager", "owner"}), "点拨甲申", "日报甲申", "周报甲申")
    world.plant(frozenset({"supervisor", "manager"}), "问题甲申")


def _elsewhere(world: World) -> None:
    """The neighbour has one line alone, so that the numbers of the house are none of his."""
    neighbour, stranger = House("X"), House("Y")
    neighbour.office.branch = world.house.office.branch
    neighbour.office.save()
    for house, sign, n, viewer in ((neighbour, "壬辰", 11, "neighbour"), (stranger, "癸巳", 12, "stranger")):
        (rep,) = house.people.values()
        rep.name, rep.username = f"同事{sign}", f"login-{n}-secret"
        rep.save()
        house.sign_in(*house.people)
        told = house.visit("09:30", **told_of(sign, n))
        house.leave(told, at="09:50")
        world.rows[f"{viewer}_customer"] = told.customer
        world.people[f"{viewer}_manager"] = house.hire(f"{viewer}_manager", Role.MARKETING_MANAGER)
        own = frozenset({f"{viewer}_manager", f"{viewer}_rep"})
        _plant(world, sign, n, own)
        # The administrator of the company sees the accounts of all its offices.
        accounts = own | {"admin"} if house is neighbour else own
        world.plant(accounts, rep.name, rep.username)
    world.people["neighbour_rep"] = neighbour.people["X"]
    for viewer in ELSEWHERE:
        _with_password(world.people[viewer])

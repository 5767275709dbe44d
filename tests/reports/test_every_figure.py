"""Every number of the month's pages that counts records leads to as many lines as it says (REP-06)."""

from __future__ import annotations

import re
from datetime import date

import pytest
import time_machine
from django.test import Client

from customers import cards, contact_signing, defeat, ownership
from reports import archive, canonical, persons
from reports.models import MonthArchive
from reports.shown import Shown
from sales import deals
from staff import measures
from staff.models import User
from staff.roles import Role
from tests.factories import staff_member
from tests.house import phone
from tests.reports.conftest import APRIL, MARCH, Shop

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REP-06")]
TURNS = re.compile(r'<a(?: class="num")? href="(/fairness/\d+/[^"]+)">(\d+)</a>')
OWN = re.compile(r'<a href="(/reports/of/[^"]+)">(\d+)[^<]*</a>')
LINK = re.compile(r'<a href="(/reports/\d+/[\d-]+/lines/[^"]+|/fairness/[^"]+)">([\d,.%]+)</a>')


@pytest.fixture
def spring(shop):
    """March is closed, April runs: in both, something of everything happened."""
    march(shop)
    shop.go(APRIL, "B", "A")
    archive.close_months(now=shop.at("02:00"))
    april(shop)
    with time_machine.travel(shop.at("20:00", date(2026, 4, 28)), tick=False):
        yield shop


def march(shop: Shop) -> None:
    came = shop.visit("09:10", phone=phone(1), source="media")
    shop.leave(came, "09:40")
    for n in range(2, 5):
        shop.leave(shop.visit(f"09:1{n}", phone=phone(n), source="media"), f"09:4{n}")
    told = [shop.call(f"10:{n}", "A", phone=phone(n)) for n in range(10, 16)]
    shop.web(at="11:00", phone=phone(20))
    shop.waiting = shop.web(at="11:01", phone=phone(21))
    shop.leave(shop.visit("11:10", phone=phone(1)), "11:20")
    shop.leave(shop.visit("11:30", look=True), "11:31")
    shop.kept = [shop.followed(one, f"12:0{n}", level="ABC"[n % 3]) for n, one in enumerate(told[:4])]
    shop.followed(told[4], "12:30", reached=False, result="")
    shop.called = [shop.followed(came, f"12:4{n}", shop.receiver(came)) for n in range(2)]
    shop.first = shop.sold(told[0], "1-1", "13:00")
    shop.sold(told[0], "1-2", "13:30")
    shop.second = shop.sold(told[1], "1-3", "14:00")
    lost(shop, told[2], "15:00")
    contact_signing.reject(shop.kept[3], by=shop.supervisor, now=shop.at("16:00"), reason="没有通话")
    for n in range(4):
        warn = {"kind": "careless", "reason": "漏记", "by": shop.supervisor, "now": shop.at(f"17:0{n}")}
        shop.warning = measures.warn(shop.people["A"], office=shop.office, **warn)


def lost(shop: Shop, told: object, at: str) -> None:
    customer = shop.customer(told)
    found = cards.Findings(need=True, confidence=True, power=True)
    cards.save_draft(customer, by=customer.owner, now=shop.at(at), content="{}", findings={})
    cards.submit(customer, by=customer.owner, now=shop.at(at), findings=found, level="B", reason="看过")
    defeat.request(customer, by=customer.owner, now=shop.at(at), ground="elsewhere", lost_to="别处")
    defeat.confirm(customer, by=shop.clerk, now=shop.at(at))
    defeat.approve(customer, by=shop.manager, now=shop.at(at))


def april(shop: Shop) -> None:
    shop.leave(shop.visit("09:30", phone=phone(21)), "09:50")  # the lead whom nobody had been given
    for one in (shop.kept[1], *shop.called):
        contact_signing.reject(one, by=shop.supervisor, now=shop.at("10:00"), reason="没有通话")
    deals.cancel(shop.second, by=shop.manager, now=shop.at("11:00"), reason="贷款未批")
    measures.withdraw(shop.warning, by=shop.manager, reason="查明属实", now=shop.at("11:30"))
    told = shop.call("12:00", "B", phone=phone(30))
    shop.sold(told, "1-4", "13:00")
    shop.go(date(2026, 4, 20), "A", "B")
    shop.followed(shop.call("09:00", "A", phone=phone(31)), "10:00")
    lapsed = shop.office.customers.get(number=3)
    ownership.assign(lapsed, to=shop.people["B"], by=shop.manager, now=shop.at("11:00"))


def count_of(client: Client, url: str) -> int:
    """How many lines an address lists."""
    response = client.get(url.replace("&amp;", "&"))
    assert response.status_code == 200, url
    context = response.context
    return len(context["lines"]) if "lines" in context else int(context["total"].replace(",", ""))


def counts(text: str) -> bool:
    return "." not in text and "%" not in text


@pytest.mark.parametrize(("month", "least"), [("2026-03", 60), ("2026-04", 60)])
def test_every_number_of_the_month_opens_as_many_lines(spring, sign_in, month, least):
    client = sign_in(spring.manager)
    response = client.get(f"/reports/{spring.office.pk}/{month}/")
    links = set(LINK.findall(response.content.decode()))
    told = {(url, text): count_of(client, url) for url, text in links}
    wrong = [(*one, found) for one, found in told.items() if counts(one[1]) and one[1] != f"{found:,}"]
    assert wrong == []
    assert len(links) >= least


@pytest.mark.parametrize("month", ["2026-03", "2026-04"])
def test_no_number_of_records_leads_nowhere(spring, sign_in, month):
    context = sign_in(spring.manager).get(f"/reports/{spring.office.pk}/{month}/").context
    rows = [(one.table.key, row) for one in [context["summary"], *context["tables"]] for row in one.rows]
    assert [(key, row[0].text, cell.text) for key, row in rows for cell in row if unopened(cell)] == []


def unopened(cell: Shown) -> bool:
    """A number of records that leads nowhere."""
    return cell.right and not cell.url and counts(cell.text) and cell.text not in ("—", "0")


@pytest.mark.rule("REP-01")
@pytest.mark.parametrize("day", ["2026-03-02", "2026-04-01", "2026-04-20"])
def test_every_number_of_the_meeting_opens_as_many_lines(spring, sign_in, day):
    client = sign_in(spring.supervisor)
    body = client.get("/meeting/", {"day": day}).content.decode()
    links = set(LINK.findall(body))
    assert [(url, text) for url, text in links if count_of(client, url) != int(text)] == []
    assert len(links) >= 7


def test_offices_side_by_side_open_the_lines_of_ones_own_office(spring, sign_in):
    client = sign_in(spring.manager)
    links = set(LINK.findall(client.get("/reports/offices/?month=2026-03").content.decode()))
    assert [(url, text) for url, text in links if counts(text) and count_of(client, url) != int(text)] == []
    assert len(links) >= 8
    above = sign_in(staff_member(Role.BRANCH_MANAGER, spring.office))
    assert LINK.findall(above.get("/reports/offices/?month=2026-03").content.decode()) == []


@pytest.mark.rule("REP-02", "REP-02a")
def test_every_number_of_a_persons_reports_opens_as_many_lines(spring, sign_in):
    rep, lead, own = spring.people["A"], spring.supervisor, ("mine/2026-03-02/", "week/2026-03-02/", "mine/")
    spring.on = date(2026, 4, 20)
    with time_machine.travel(spring.at("20:00"), tick=False):
        persons.save_day(spring.office, spring.on, words="", by=rep, now=spring.at("20:00"), submit=True)
        found = {}
        for who, address in (*((rep, one) for one in own), (lead, "days/")):
            client = sign_in(who)
            links = set(OWN.findall(client.get(f"/reports/{address}").content.decode()))
            found[address] = len(links)
            assert [(url, n) for url, n in links if client.get(url).context["total"] != int(n)] == []
    assert list(found.values()) == [4, 4, 2, 2]
    assert sign_in(spring.people["B"]).get(url_of(rep)).status_code == 404


def url_of(user: User) -> str:
    return f"/reports/of/{user.pk}/2026-03-02/2026-03-02/contacts/"


@pytest.mark.rule("REP-06")
@pytest.mark.parametrize(
    "wrong",
    [
        "2026-03-02/2026-03-01/contacts",
        "2026-03-02/2026-05-01/contacts",
        "2026-02-31/2026-03-01/contacts",
        "2026-03-02/2026-03-02/visits",
    ],
)
def test_lines_of_a_person_that_nothing_names_are_not_there(spring, sign_in, wrong):
    rep = spring.people["A"]
    assert sign_in(rep).get(f"/reports/of/{rep.pk}/{wrong}/").status_code == 404


@pytest.mark.rule("REC-20")
@pytest.mark.parametrize(
    "period", [{"month": "2026-03"}, {"day": "2026-03-02"}, {"month": "2026-04"}, {"day": "2026-04-01"}]
)
def test_every_number_of_fairness_opens_as_many_events(spring, sign_in, period):
    client = sign_in(spring.people["A"])
    links = set(TURNS.findall(client.get("/fairness/", period).content.decode()))
    assert [(url, n) for url, n in links if count_of(client, url) != int(n)] == []
    assert len(links) >= 10


@pytest.mark.rule("REP-05")
def test_whatever_is_put_right_later_the_closed_month_counted_again_is_what_was_closed(spring):
    """Rejections, a cancelled deal, a withdrawn warning with the fine that rested on it, a customer given out again."""
    kept = MonthArchive.objects.get()
    assert canonical.text(spring.month(MARCH)) == kept.figures
    found = archive.read(kept)
    assert [(one.warnings, one.fines) for one in found.conduct] == [(4, 1)]
    assert sum(one.called_same_day for one in found.discipline) == 2
    assert spring.month(APRIL, at=date(2026, 4, 28)).corrections.contacts_rejected == 3

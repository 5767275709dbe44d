"""What goes wrong in the work on a customer: each is refused in words that name the rule, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from common.errors import RuleError
from customers import cards, contacts, defeat, ownership
from customers.models import Card, Customer, DefeatRequest, FollowUp
from sales import birthdays, deals, discounts, results
from sales.models import CareCard, Deal, Unit
from staff.roles import Role
from tests.house import House, phone
from tests.test_concurrency import together

pytestmark = pytest.mark.django_db
ALL = cards.Findings(need=True, confidence=True, power=True)
CARD = {"reception": "看了样板间", "plan": "周末电话", "need": "yes", "confidence": "yes", "power": "yes", "level": ""}
CONTACT = {"manner": "phone", "reached": "yes", "result": "再谈", "level": "H", "next_on": ""}
ASKED = {"ground": "not_buying", "lost_to": "", "price": "", "analysis": "不再买房"}


@pytest.fixture
def house() -> Iterator[House]:
    """Noon of a Monday; A has a customer of level H with a signed card, and units are for sale."""
    with time_machine.travel("2026-03-02T12:00:00+08:00", tick=False):
        house = House("AB")
        house.manager = house.hire("manager", Role.MARKETING_MANAGER)
        discounts.set_up(house.office)
        house.sign_in("A", "B")
        deals.add_units(house.office, [{"code": f"1-1-{n}", "list_price": "1000000"} for n in (101, 102)])
        house.mine = house.customer(house.call("09:30", "A", name="孙小平", phone=phone(1)))
        cards.submit(house.mine, by=house.people["A"], now=house.at("10:00"), findings=ALL)
        yield house


@pytest.fixture
def rep(house) -> Client:
    client = Client()
    client.force_login(house.people["A"])
    return client


def refused(answer: Any, *words: str) -> None:
    """The same page again, with the rule, what was typed, and the error summary first."""
    body = answer.content.decode()
    assert (answer.status_code, "data-error-summary" in body) == (422, True)
    assert [word in body for word in words] == [True] * len(words)


def rule_of(job: Any) -> str:
    """The rule that refuses."""
    with pytest.raises(RuleError) as refusal:
        job()
    assert str(refusal.value)
    return refusal.value.rule


@pytest.mark.rule("CARD-03")
@pytest.mark.parametrize("typed", [{"need": ""}, {"need": "", "confidence": "", "power": ""}])
def test_a_level_without_findings_is_refused(house, rep, typed):
    other = house.customer(house.call("10:30", "A", phone=phone(2)))
    refused(rep.post(f"/customers/{other.pk}/card/submit/", {**CARD, "level": "H", **typed}), "看了样板间")
    assert not Card.objects.filter(customer=other).exclude(state="draft").exists()
    said = {"by": house.people["A"], "now": house.at("11:00"), "findings": cards.Findings()}
    assert rule_of(lambda: cards.submit(other, **said, level="H")) == "CARD-03"


@pytest.mark.rule("CARD-02")
@pytest.mark.parametrize("level", ["X", "h", "HH", "0"])
def test_a_level_that_is_none_is_refused(house, rep, level):
    path = f"/customers/{house.mine.pk}/contact/"
    assert rep.post(path, {**CONTACT, "level": level}).status_code == 422
    said = {"by": house.people["A"], "now": house.at("11:00")}
    contact = {"manner": "phone", "reached": True, "result": "谈"}
    assert rule_of(lambda: contacts.record(house.mine, **said, **contact, level=level)) == "CARD-02"
    assert rule_of(lambda: cards.submit(house.mine, **said, findings=ALL, level=level)) == "CARD-02"
    assert (FollowUp.objects.count(), Customer.objects.get(pk=house.mine.pk).level) == (0, "H")


@pytest.mark.rule("FUP-02")
@pytest.mark.parametrize(("level", "days"), [("H", 3), ("H", -1), ("A", 8), ("B", 16), ("C", 31)])
def test_a_next_date_beyond_the_rhythm_or_in_the_past_is_refused(house, rep, level, days):
    next_on = (house.on + timedelta(days=days)).isoformat()
    for path in (f"/customers/{house.mine.pk}/contact/", f"/today/{house.mine.pk}/"):
        refused(rep.post(path, {**CONTACT, "level": level, "next_on": next_on}), "FUP-02", "再谈", next_on)
    assert FollowUp.objects.count() == 0


@pytest.mark.rule("OWN-06a")
def test_a_follow_up_on_a_lapsed_a_defeated_or_anothers_customer_is_refused(house, rep):
    a, said = house.people["A"], {"manner": "phone", "reached": True, "result": "谈"}
    theirs = house.customer(house.call("10:30", "B", phone=phone(3)))
    assert rep.post(f"/customers/{theirs.pk}/contact/", CONTACT).status_code == 404
    assert rule_of(lambda: contacts.record(theirs, by=a, now=house.at("11:00"), **said)) == "OFF-03"
    foreign = House("X").call("10:30", "X", phone=phone(4)).customer
    assert rep.post(f"/customers/{foreign.pk}/contact/", CONTACT).status_code == 404
    house.sleep(31)
    assert rule_of(lambda: contacts.record(house.mine, by=a, now=house.at("00:00"), **said)) == "OWN-06a"
    house.sleep(-31)
    defeat.request(house.mine, by=a, now=house.at("11:00"), ground="not_buying")
    defeat.confirm(house.mine, by=house.clerk, now=house.at("11:10"), result="已电话")
    defeat.approve(house.mine, by=house.manager, now=house.at("11:20"))
    assert rule_of(lambda: contacts.record(house.mine, by=a, now=house.at("11:30"), **said)) == "OWN-06a"
    assert rep.post(f"/customers/{house.mine.pk}/contact/", CONTACT).status_code in (404, 422)
    assert FollowUp.objects.filter(line=None).count() == 0


@pytest.mark.rule("LOST-03")
def test_a_level_c_customer_cannot_be_given_up(house, rep):
    said = {"manner": "phone", "reached": True, "result": "以后再说", "level": "C"}
    contacts.record(house.mine, by=house.people["A"], now=house.at("11:00"), **said)
    answer = rep.post(f"/customers/{house.mine.pk}/defeat/", ASKED)
    assert (answer.status_code, "LOST-03" in answer.content.decode()) == (422, True)
    assert DefeatRequest.objects.count() == 0


@pytest.mark.rule("LOST-04")
def test_a_second_request_for_defeat_is_refused(house, rep):
    path = f"/customers/{house.mine.pk}/defeat/"
    assert rep.post(path, ASKED).status_code == 302
    again = rep.post(path, ASKED)
    assert (again.status_code, "LOST-04" in again.content.decode()) == (422, True)
    assert DefeatRequest.objects.count() == 1


@pytest.mark.rule("LOST-04")
@pytest.mark.django_db(transaction=True)
def test_two_requests_at_the_same_instant_are_one(house):
    said = {"by": house.people["A"], "now": house.at("11:00"), "ground": "not_buying"}
    told = together(*[lambda: defeat.request(house.mine, **said).state] * 4)
    assert sorted(told) == ["LOST-04"] * 3 + ["requested"]


@pytest.mark.rule("DEAL-01")
def test_a_deal_on_a_sold_unit_is_refused(house, rep):
    other = house.customer(house.call("10:30", "B", phone=phone(3)))
    unit = Unit.objects.get(code="1-1-101")
    deals.subscribe(other, unit, by=house.people["B"], now=house.at("11:00"))
    refused(rep.post(f"/customers/{house.mine.pk}/deals/", {"unit": "1-1-101"}), "DEAL-01", "1-1-101")
    assert Deal.objects.count() == 1


@pytest.mark.rule("DEAL-02")
@pytest.mark.parametrize(
    "price", ["0", "0.00", "-1", "1.234", "1000000000000", "1e12", "100000000000", "NaN", "Infinity", "-0", "一百万"]
)
def test_a_price_that_is_none_is_refused(house, rep, price):
    answer = rep.post(f"/customers/{house.mine.pk}/deals/", {"unit": "1-1-101", "price": price})
    refused(answer, "DEAL-02", price)
    unit = Unit.objects.get(code="1-1-101")
    said = {"by": house.people["A"], "now": house.at("11:00")}
    assert rule_of(lambda: deals.subscribe(house.mine, unit, **said, price=price)) == "DEAL-02"
    assert (Deal.objects.count(), Unit.objects.get(pk=unit.pk).state) == (0, "for_sale")


@pytest.mark.rule("DEAL-02")
@pytest.mark.parametrize("price", ["0.01", "99999999999.99", "1,000,000", "1，000"])
def test_the_least_and_the_greatest_price_are_taken(house, rep, price):
    assert rep.post(f"/customers/{house.mine.pk}/deals/", {"unit": "1-1-101", "price": price}).status_code == 302
    assert Deal.objects.get().price == Decimal(price.replace(",", "").replace("，", ""))


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize(("clock", "nights", "kept"), [("23:59:59.999999", 30, True), ("00:00:00", 31, False)])
def test_the_last_moment_before_midnight_counts_and_the_first_after_it_does_not(house, clock, nights, kept):
    house.sleep(nights)
    said = {"by": house.people["A"], "now": house.at(clock)}
    jobs = [
        lambda: contacts.record(house.mine, **said, manner="phone", reached=True, result="谈"),
        lambda: deals.subscribe(house.mine, Unit.objects.get(code="1-1-101"), **said),
    ]
    if kept:
        assert [bool(job()) for job in jobs] == [True, True]
    else:
        assert [rule_of(job) for job in jobs] == ["OWN-06a", "DEAL-02"]


@pytest.mark.rule("REC-04")
def test_a_contract_of_the_last_second_of_a_month_counts_in_that_month(house):
    a, last = house.people["A"], date(2026, 3, 31)
    moments = (("23:59:59", last), ("00:00:00", date(2026, 4, 1)))
    for unit, (clock, on) in zip(Unit.objects.order_by("code"), moments, strict=True):
        deal = deals.subscribe(house.mine, unit, by=a, now=house.at("10:30"))
        deals.contract(deal, by=house.manager, now=house.at(clock, on))
    months = [results.of_month(house.office, date(2026, month, 15)) for month in (3, 4, 5)]
    assert months == [{a.pk: (1, Decimal(1_000_000))}, {a.pk: (1, Decimal(1_000_000))}, {}]


@pytest.mark.rule("FUP-01")
@pytest.mark.parametrize(
    ("on", "level", "last"),
    [
        (date(2026, 1, 31), "C", date(2026, 3, 2)),
        (date(2028, 1, 30), "C", date(2028, 2, 29)),
        (date(2028, 2, 29), "A", date(2028, 3, 7)),
        (date(2026, 12, 31), "H", date(2027, 1, 2)),
    ],
)
def test_a_rhythm_runs_over_the_end_of_a_month(on, level, last):
    house = House("A")
    house.on = on
    mine = house.customer(house.call("09:30", "A", phone=phone(1)))
    said = {"by": house.people["A"], "now": house.at("23:59"), "manner": "phone", "reached": True, "result": "谈"}
    assert rule_of(lambda: contacts.record(mine, **said, level=level, next_on=last + timedelta(days=1))) == "FUP-02"
    contacts.record(mine, **said, level=level, next_on=last)
    mine.refresh_from_db()
    assert mine.next_due == last


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize(
    ("on", "last"),
    [
        (date(2026, 1, 31), date(2026, 3, 2)),
        (date(2028, 1, 31), date(2028, 3, 1)),
        (date(2028, 2, 29), date(2028, 3, 30)),
        (date(2026, 12, 31), date(2027, 1, 30)),
    ],
)
def test_thirty_days_run_over_the_end_of_a_month_and_a_leap_day(on, last):
    house = House("A")
    house.on = on
    mine = house.customer(house.call("23:59:59", "A", phone=phone(1)))
    assert (mine.valid_until, mine.state(last), mine.state(last + timedelta(days=1))) == (last, "active", "lapsed")


@pytest.mark.rule("DEAL-05")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"calendar": "solar", "month": "2", "day": "30"}, "DEAL-05"),
        ({"calendar": "solar", "month": "2", "day": "29", "leap": "on"}, "DEAL-05"),
        ({"calendar": "lunar", "month": "13", "day": "1"}, ""),
        ({"calendar": "lunar", "month": "8", "day": "31"}, "DEAL-05"),
        ({"calendar": "", "month": "8", "day": "15"}, "DEAL-05"),
    ],
)
def test_a_birthday_that_no_year_has_is_refused(house, typed, words):
    deal = deals.subscribe(house.mine, Unit.objects.get(code="1-1-101"), by=house.people["A"], now=house.at("10:30"))
    deals.contract(deal, by=house.manager, now=house.at("11:00"))
    clerk = Client()
    clerk.force_login(house.clerk)
    refused(clerk.post(f"/customers/{house.mine.pk}/care/", {**typed, "address": "云栖路1号"}), words, "云栖路1号")
    assert CareCard.objects.count() == 0
    for good in (
        {"calendar": "solar", "month": "2", "day": "29"},
        {"calendar": "lunar", "month": "6", "day": "30", "leap": "on"},
    ):
        assert clerk.post(f"/customers/{house.mine.pk}/care/", good).status_code == 302


@pytest.mark.rule("DEAL-05")
def test_every_day_of_the_lunar_calendar_falls_once_in_each_year():
    """Leap months 2025 (sixth) and 2028 (fifth) included: whoever was born in one has a birthday in every year."""
    for year in range(2024, 2032):
        for month in range(1, 13):
            for leap in (False, True):
                found = birthdays.in_year("lunar", month, 30, year, leap=leap)
                assert date(year, 1, 20) < found < date(year + 1, 2, 21)


@pytest.mark.rule("OWN-14")
def test_a_transfer_to_the_present_owner_and_one_without_a_reason_are_refused(house):
    said = {"by": house.supervisor, "now": house.at("11:00")}
    assert rule_of(lambda: ownership.transfer(house.mine, to=house.people["A"], reason="调班", **said)) == "OWN-06a"
    assert rule_of(lambda: ownership.transfer(house.mine, to=house.people["B"], reason=" ", **said)).startswith("OWN")

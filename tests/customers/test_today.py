"""What a rep has to do today: which customer is on which list, and why."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import cards, contacts, today
from tests.house import House, phone

pytestmark = pytest.mark.django_db
ALL = cards.Findings(need=True, confidence=True, power=True)


@pytest.fixture
def house():
    house = House()
    house.sign_in("A")
    return house


def customer(house, n=1, at="09:30"):
    told = house.visit(at, name=f"客户{n}", phone=phone(n))
    house.leave(told, at=f"{at[:3]}{int(at[3:]) + 5}")
    return house.customer(told)


def submit(house, one, findings=ALL, at="10:00"):
    cards.submit(one, by=house.people["A"], now=house.at(at), findings=findings)


def contact(house, one, at="11:00", **said):
    said = {"manner": "phone", "reached": True, "result": "谈", **said}
    return contacts.record(one, by=house.people["A"], now=house.at(at), **said)


def lists(house, at="12:00", who="A"):
    found = today.of(house.people[who], now=house.at(at))
    names = ("overdue", "due", "calls", "cards", "soon", "few")
    return {name: [one.name for one in getattr(found, name)] for name in names if getattr(found, name)}


@pytest.mark.rule("FUP-05", "FUP-07", "FUP-08")
def test_a_visitor_of_today_is_to_be_called_the_card_finished_and_followed_up(house):
    one = customer(house)
    assert lists(house) == {"calls": ["客户1"], "cards": ["客户1"], "few": ["客户1"]}
    submit(house, one)
    assert lists(house) == {"calls": ["客户1"], "few": ["客户1"]}
    contact(house, one, manner="wechat", level="H")
    assert lists(house) == {"calls": ["客户1"], "few": ["客户1"]}
    contact(house, one, at="11:10")
    assert lists(house) == {}


@pytest.mark.rule("FUP-05")
def test_the_call_belongs_to_the_day_of_the_visit(house):
    customer(house)
    house.sleep()
    assert "calls" not in lists(house)


@pytest.mark.rule("FUP-01", "FUP-08")
def test_a_follow_up_is_due_on_its_day_and_overdue_after_it(house):
    one = customer(house)
    submit(house, one)
    contact(house, one, level="H")
    contact(house, one, at="11:30", level="H")
    house.sleep(2)
    assert lists(house) == {"due": ["客户1"]}
    house.sleep()
    assert lists(house) == {"overdue": ["客户1"]}
    (late,) = today.of(house.people["A"], now=house.at("12:00")).overdue
    assert (late.late, late.level, late.phone) == (1, "H", "154****0001")


@pytest.mark.rule("FUP-08")
def test_a_promised_day_is_marked(house):
    one = customer(house)
    submit(house, one)
    contact(house, one, level="B", next_on=house.on)
    assert [item.promised for item in today.of(house.people["A"], now=house.at("12:00")).due] == [True]


@pytest.mark.rule("FUP-08", "CARD-04")
def test_a_returned_or_signed_card_is_to_be_finished_a_submitted_one_is_not(house):
    one = customer(house)
    submit(house, one)
    assert "cards" not in lists(house)
    cards.send_back(one, by=house.supervisor, now=house.at("10:10"), reason="再写")
    assert lists(house)["cards"] == ["客户1"]
    submit(house, one, at="10:20")
    cards.sign(one, by=house.supervisor, now=house.at("10:30"))
    assert [item.card for item in today.of(house.people["A"], now=house.at("12:00")).cards] == ["signed"]


@pytest.mark.rule("FUP-08", "OWN-06")
def test_what_ends_within_a_week_is_listed_until_it_has_lapsed(house):
    one = customer(house)
    for nights, listed in ((22, False), (1, True), (7, True), (1, False)):
        house.sleep(nights)
        assert ("soon" in lists(house)) == listed, (one.valid_until, house.on)


@pytest.mark.rule("OFF-03")
def test_nobody_sees_the_day_of_a_colleague(house):
    customer(house)
    assert lists(house, who="B") == {}


@pytest.mark.rule("FUP-08")
def test_three_statements_however_much_there_is(house):
    for n in range(1, 4):
        one = customer(house, n, at=f"09:{n}0")
        contact(house, one, level="H")
        with CaptureQueriesContext(connection) as caught:
            today.of(house.people["A"], now=house.at("12:00"))
        assert len(caught) <= 4

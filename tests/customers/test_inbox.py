"""What waits for whom, oldest first."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import RuleError
from customers import cards, completing, contact_signing, contacts, defeat, inbox, reminders
from customers.models import Customer, RegisterLine
from staff.models import Notice
from staff.roles import Role
from tests.house import House, phone

pytestmark = pytest.mark.django_db
ALL = cards.Findings(need=True, confidence=True, power=True)


@pytest.fixture
def house():
    house = House()
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    house.sign_in("A", "B")
    return house


def customer(house, n=1):
    return house.customer(house.call(f"09:{n}0", "A", name=f"客户{n}", phone=phone(n)))


def submit(house, one, at="10:00"):
    cards.submit(one, by=house.people["A"], now=house.at(at), findings=ALL)


def contact(house, one, at="11:00"):
    return contacts.record(one, by=house.people["A"], now=house.at(at), manner="phone", reached=True, result="谈")


def names(house, kind, who=None, at="12:00"):
    return [(one.name, one.late) for one in inbox.items(kind, who or house.supervisor, now=house.at(at))]


@pytest.mark.rule("CARD-04", "CARD-05")
def test_submitted_cards_wait_oldest_first_and_are_late_after_nine(house):
    first, second = customer(house, 1), customer(house, 2)
    submit(house, second, "10:00")
    submit(house, first, "10:30")
    assert names(house, "cards") == [("客户2", False), ("客户1", False)]
    house.sleep()
    assert names(house, "cards", at="09:00") == [("客户2", False), ("客户1", False)]
    assert names(house, "cards", at="09:01") == [("客户2", True), ("客户1", True)]


@pytest.mark.rule("FUP-04")
def test_contacts_wait_until_signed_and_are_late_the_next_day(house):
    found = contact(house, customer(house))
    assert names(house, "contacts") == [("客户1", False)]
    house.sleep()
    assert names(house, "contacts") == [("客户1", True)]
    contact_signing.sign(found, by=house.supervisor, now=house.at("12:00"))
    assert names(house, "contacts") == []


@pytest.mark.rule("LOST-04")
def test_a_defeat_waits_for_the_role_whose_step_it_is(house):
    one = customer(house)
    submit(house, one)
    steps = [
        (house.clerk, lambda now: defeat.confirm(one, by=house.clerk, now=now, result="已电话")),
        (house.manager, lambda now: defeat.approve(one, by=house.manager, now=now)),
        (house.clerk, lambda now: defeat.close(one, by=house.clerk, now=now)),
    ]
    defeat.request(one, by=house.people["A"], now=house.at("11:00"), ground="not_buying")
    for whose, step in steps:
        for who in (house.clerk, house.manager):
            assert bool(names(house, "defeats", who)) == (who == whose)
        step(house.at("11:30"))
    assert names(house, "defeats", house.clerk) == []
    assert "defeats" not in inbox.kinds_of(house.supervisor)


@pytest.mark.rule("CARD-05", "FUP-09")
def test_breaches_are_overdue_follow_ups_and_cards_that_missed_their_day(house):
    one, two = customer(house, 1), customer(house, 2)
    submit(house, one)
    assert names(house, "late") == []
    house.sleep()
    assert names(house, "late") == [("客户2", True)]
    submit(house, two)
    house.sleep(2)
    assert names(house, "late") == []
    house.sleep()
    assert names(house, "late") == [("客户1", True), ("客户2", True)]


@pytest.mark.rule("OFF-03")
def test_nobody_decides_for_another_office(house):
    submit(house, customer(house))
    other = House("X")
    assert inbox.items("cards", other.supervisor, now=house.at("12:00")) == []
    assert inbox.counts(other.supervisor, now=house.at("12:00")) == {
        "cards": 0,
        "contacts": 0,
        "lines": 0,
        "late": 0,
    }
    assert inbox.counts(house.people["A"], now=house.at("12:00")) == {}


def test_everything_is_counted_in_one_statement_and_lines_in_another(house):
    for n in (1, 2):
        one = customer(house, n)
        submit(house, one)
        contact(house, one)
    house.manager.has("decide")
    with CaptureQueriesContext(connection) as caught:
        found = inbox.counts(house.manager, now=house.at("12:00"))
    assert found == {"cards": 2, "contacts": 2, "lines": 0, "late": 0, "defeats": 0}
    assert len(caught) == 2


@pytest.mark.rule("REG-08")
def test_a_line_left_open_waits_from_the_next_day_until_it_is_complete(house):
    house.call("10:00", "A", name="无号")
    assert names(house, "lines") == []
    house.sleep()
    assert names(house, "lines") == [("无号", True)]
    line = RegisterLine.objects.get()
    completing.amend(line, by=house.supervisor, now=house.at("11:00"), kind="completion", phone=phone(1))
    assert names(house, "lines") == []


@pytest.mark.rule("DEAL-04")
def test_a_signed_contract_waits_for_the_clerk_until_the_a_card_is_checked(house):
    one = customer(house)
    Customer.objects.filter(pk=one.pk).update(standing="dealt", valid_until=None)
    assert names(house, "dealt", house.clerk) == [("客户1", False)]
    assert "dealt" not in inbox.kinds_of(house.manager)
    cards.close(one, by=house.clerk, now=house.at("12:00"))
    assert names(house, "dealt", house.clerk) == []


@pytest.mark.rule("FUP-09")
def test_the_supervisor_reminds_the_owner_once_a_day(house):
    one = customer(house)
    for stranger in (house.people["B"], House("X").supervisor):
        with pytest.raises(RuleError):
            reminders.ask(one, by=stranger, now=house.at("12:00"))
    reminders.ask(one, by=house.supervisor, now=house.at("12:00"))
    with pytest.raises(RuleError) as refused:
        reminders.ask(one, by=house.manager, now=house.at("13:00"))
    assert (refused.value.rule, Notice.objects.get(key__startswith="asked:").user) == ("FUP-09", house.people["A"])
    house.sleep(40)
    with pytest.raises(RuleError):
        reminders.ask(one, by=house.supervisor, now=house.at("12:00"))

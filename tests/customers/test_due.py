"""When the next follow-up is due, and what next date may be promised."""

from datetime import timedelta

import pytest

from common.errors import RuleError
from customers import cards, contact_signing, contacts, ownership
from customers.cards import Findings
from tests.house import House, phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    house = House()
    house.sign_in("A", "B", "C")
    return house


@pytest.fixture
def customer(house):
    """A's customer of Monday 2 March, level H."""
    told = house.visit("09:30", name="王一", phone=phone(1))
    findings = Findings(need=True, confidence=True, power=True)
    cards.submit(house.customer(told), by=house.people["A"], now=house.at("10:00"), findings=findings)
    return house.customer(told)


def follow_up(house, customer, at="10:00", **more):
    more = {"manner": "phone", "reached": True, "result": "再约", **more}
    contacts.record(customer, by=house.people["A"], now=house.at(at), **more)
    customer.refresh_from_db()
    return customer.next_due


@pytest.mark.rule("FUP-01")
def test_level_h_is_due_two_days_after_registration(house, customer):
    assert customer.next_due == house.on + timedelta(days=2)


@pytest.mark.rule("FUP-02")
def test_follow_up_moves_the_due_day_by_the_rhythm_of_the_new_level(house, customer):
    house.sleep()
    assert follow_up(house, customer, level="A") == house.on + timedelta(days=7)


@pytest.mark.rule("FUP-02")
def test_next_date_may_be_the_last_of_the_rhythm_or_earlier(house, customer):
    assert follow_up(house, customer, "10:00", next_on=house.on + timedelta(days=2)) == house.on + timedelta(days=2)
    assert follow_up(house, customer, "11:00", next_on=house.on) == house.on


@pytest.mark.rule("FUP-02")
@pytest.mark.parametrize("days", [-1, 3])
def test_next_date_beyond_the_rhythm_or_in_the_past_is_refused(house, customer, days):
    with pytest.raises(RuleError) as refused:
        follow_up(house, customer, next_on=house.on + timedelta(days=days))
    assert refused.value.rule == "FUP-02"
    assert customer.follow_ups.count() == 0


@pytest.mark.rule("FUP-01")
def test_level_d_has_no_rhythm_but_keeps_a_promise(house, customer):
    assert follow_up(house, customer, "10:00", level="D") is None
    far = house.on + timedelta(days=300)
    assert follow_up(house, customer, "11:00", next_on=far) == far


@pytest.mark.rule("FUP-03")
def test_unreached_attempt_is_kept_and_leaves_the_customer_due(house, customer):
    due = customer.next_due
    house.sleep()
    assert follow_up(house, customer, reached=False, result="无人接听") == due
    assert customer.follow_ups.count() == 1


@pytest.mark.rule("OWN-10")
def test_rejected_follow_up_does_not_move_the_due_day(house, customer):
    due = customer.next_due
    house.sleep()
    follow_up(house, customer)
    contact_signing.reject(customer.follow_ups.get(), by=house.supervisor, now=house.at("18:00"), reason="没有通话记录")
    customer.refresh_from_db()
    assert customer.next_due == due


@pytest.mark.rule("OWN-06a")
def test_returning_visit_moves_the_due_day(house, customer):
    house.leave(house.visit("12:00", phone=phone(2)), "12:10")
    house.sleep()
    house.sign_in("A")
    house.visit("09:30", phone=phone(1))
    customer.refresh_from_db()
    assert customer.next_due == house.on + timedelta(days=2)


def test_new_owner_s_rhythm_begins_with_the_transfer(house, customer):
    house.sleep()
    ownership.transfer(customer, to=house.people["B"], by=house.supervisor, now=house.at("10:00"), reason="调岗")
    customer.refresh_from_db()
    assert customer.next_due == house.on + timedelta(days=2)

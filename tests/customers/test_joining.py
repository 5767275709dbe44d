"""A supervisor joins somebody to a customer, with a reason."""

from __future__ import annotations

import pytest

from common.errors import RuleError
from customers.joining import join
from customers.models import Person
from customers.search import by_phone, matching
from staff.models import Notice
from tests.house import House, phone


@pytest.fixture
def house(db) -> House:
    house = House("AB")
    house.sign_in("A", "B")
    return house


@pytest.fixture
def customer(house):
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    house.leave(told, "09:30")
    return house.customer(told)


def joined(house, customer, *, by=None, **said):
    said = {"name": "孙弟", "phone": phone(8), "reason": "共同出资", **said}
    return join(customer, by=by or house.supervisor, now=house.at("10:00"), **said)


@pytest.mark.rule("OWN-01")
def test_a_joined_person_is_kept_with_the_reason_and_found_by_name_and_number(house, customer):
    person = joined(house, customer)
    assert (person.relation, person.reason, person.name) == ("other", "共同出资", "孙弟")
    assert by_phone(house.office, phone(8)) == customer
    assert matching(type(customer).objects.all(), "孙弟", office=house.office).get() == customer
    assert person.history.get().history_user == house.supervisor


@pytest.mark.rule("OWN-01")
def test_a_joined_person_who_comes_is_the_owners_returning_customer(house, customer):
    joined(house, customer)
    told = house.visit("11:00", phone=phone(8))
    assert (told.decision, house.owner(told)) == ("returning", "A")


@pytest.mark.rule("OWN-01")
def test_another_customers_number_goes_with_its_person_and_that_owner_is_told(house, customer):
    other = house.call("09:40", "B", name="孙弟", phone=phone(8)).customer
    joined(house, customer)
    assert by_phone(house.office, phone(8)) == customer
    notice = Notice.objects.get(user=house.people["B"])
    assert (str(other.number) in notice.text, phone(8) in notice.text, "孙弟" in notice.text) == (True, False, False)


@pytest.mark.rule("OWN-01")
@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"reason": " "}, "OWN-01"),
        ({"name": "", "phone": ""}, "OWN-01"),
        ({"phone": phone(1)}, "OWN-06b"),
        ({"phone": "123"}, "REG-06"),
    ],
)
def test_joining_is_refused_in_words(house, customer, said, rule):
    with pytest.raises(RuleError) as refusal:
        joined(house, customer, **said)
    assert refusal.value.rule == rule
    assert Person.objects.count() == 1


@pytest.mark.rule("OWN-01")
def test_only_the_supervisor_of_the_office_joins(house, customer):
    stranger = House("X").supervisor
    for by in (house.people["A"], house.clerk, stranger):
        with pytest.raises(RuleError):
            joined(house, customer, by=by)
    assert Person.objects.count() == 1

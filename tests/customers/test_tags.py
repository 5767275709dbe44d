"""Tags: the office's list, put on customers, filtered by."""

from __future__ import annotations

import pytest

from common.errors import RuleError
from customers import tags
from customers.models import CustomerTag, Tag
from staff.roles import Role
from tests.house import phone


@pytest.fixture
def customer(house):
    return house.customer(house.visit("09:10", name="孙小平", phone=phone(1)))


def make(house, name="投资客", *, by=None):
    return tags.make(house.office, name=name, by=by or house.supervisor, now=house.at("09:00"))


def put(house, customer, *wanted, by=None, at="10:00"):
    found = tags.put(customer, wanted, by=by or house.people["A"], now=house.at(at))
    return [(one.tag.name, one.by.name) for one in found]


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(RuleError) as refused:
        act(*args, **kwargs)
    return refused.value.rule


@pytest.mark.rule("REG-12")
def test_the_supervisor_and_the_manager_keep_the_list(house, neighbour):
    make(house)
    make(house, "学区房", by=house.hire("manager", Role.MARKETING_MANAGER))
    for who in (house.people["A"], house.clerk, neighbour.supervisor):
        assert refusal(make, house, "换房", by=who) == "REG-12"
        assert refusal(tags.retire, Tag.objects.first(), by=who, now=house.at("10:00")) == "REG-12"
    assert [tag.name for tag in tags.offered(house.office)] == ["学区房", "投资客"]


@pytest.mark.rule("REG-12")
@pytest.mark.parametrize("name", ["VIP", "vip", " Vip ", "", "  "])
def test_a_word_is_one_tag(house, name):
    make(house, "VIP")
    assert refusal(make, house, name) == "REG-12"


def test_offices_have_words_of_their_own(house, neighbour):
    make(house, "VIP")
    make(neighbour, "VIP")
    assert Tag.objects.count() == 2


@pytest.mark.rule("REG-12")
def test_an_office_has_a_list_that_can_be_read(house):
    for n in range(tags.MOST):
        make(house, f"标签{n}")
    assert refusal(make, house, "再一个") == "REG-12"


@pytest.mark.rule("REG-12")
def test_owner_and_supervisor_tag_a_customer(house, neighbour, customer):
    one, other = make(house), make(house, "学区房")
    assert put(house, customer, one) == [("投资客", "A")]
    assert put(house, customer, one, other, by=house.supervisor) == [("学区房", "supervisor"), ("投资客", "A")]
    assert put(house, customer, other) == [("学区房", "supervisor")]
    for who in (house.people["B"], house.clerk, neighbour.supervisor):
        assert refusal(put, house, customer, one, by=who) == "REG-12"
    log = CustomerTag.history.order_by("history_id").values_list("tag__name", "history_type", "history_user__name")
    assert list(log) == [("投资客", "+", "A"), ("学区房", "+", "supervisor"), ("投资客", "-", "A")]


@pytest.mark.rule("REG-12")
def test_a_retired_tag_stays_where_it_is_and_goes_on_nobody(house, customer):
    one = make(house)
    put(house, customer, one)
    other = house.customer(house.visit("09:20", phone=phone(2)))
    tags.retire(one, by=house.supervisor, now=house.at("10:10"))
    one.refresh_from_db()
    assert put(house, customer, one) == [("投资客", "A")]
    assert refusal(put, house, other, one, by=house.supervisor) == "REG-12"
    tags.restore(one, by=house.supervisor)
    assert put(house, other, one, by=house.supervisor) == [("投资客", "supervisor")]


@pytest.mark.rule("OFF-01")
def test_the_tag_of_another_office_is_refused(house, neighbour, customer):
    assert refusal(put, house, customer, make(neighbour)) == "REG-12"


def test_a_new_word_stays_on_the_customers(house, customer):
    one, other = make(house), make(house, "学区房")
    put(house, customer, one)
    tags.rename(one, name="投资 客户", by=house.supervisor)
    assert [row.tag.name for row in tags.on(customer)] == ["投资 客户"]
    assert refusal(tags.rename, other, name="投资 客户", by=house.supervisor) == "REG-12"
    tags.rename(one, name="投资 客户", by=house.supervisor)

"""Finding customers by number, phone, last four, name and pinyin, each within its own scope."""

from __future__ import annotations

import pytest

from customers import search
from customers.models import Customer
from tests.house import House, phone

pytestmark = pytest.mark.django_db

PEOPLE = {1: "王思琪", 2: "曾国强", 3: "欧阳娜娜", 4: "𠮷野", 5: "John O’Neil", 6: ""}


@pytest.fixture
def house() -> House:
    """Six customers and one of another office with the same name and number."""
    house, other = House("AB"), House("D")
    for n, name in PEOPLE.items():
        house.call(f"10:0{n}", "A", phone=phone(n), name=name)
    other.call("10:00", "D", phone=phone(1), name=PEOPLE[1])
    return house


def found(house: House, text: str) -> list[int]:
    """The numbers of those found in the office."""
    rows = Customer.objects.filter(office=house.office)
    return sorted(search.matching(rows, text, office=house.office).values_list("number", flat=True))


@pytest.mark.rule("PRIV-02")
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (phone(2), [2]),
        ("+86 " + phone(2), [2]),
        ("154-0000-0002", [2]),
        ("１５４００００００００２"[:11], []),
        ("0002", [2]),
        ("王", [1]),
        ("王思", [1]),
        ("王思琪", [1]),
        ("王思琪琪", []),
        ("思琪", []),
        ("wang", [1]),
        ("wangsi", [1]),
        ("wsq", [1]),
        ("zeng", [2]),
        ("zgq", [2]),
        ("ouyang", [3]),
        ("oynn", [3]),
        ("𠮷", [4]),
        ("john", [5]),
        ("neil", [5]),
        ("3", [3]),
        ("#3", [3]),
        ("# 3", []),
        ("99", []),
        ("999999999", []),
        ("1234567890123", []),
        ("'; DROP TABLE customers", []),
        ("%", []),
        ("\x00", []),
        ("💥", []),
    ],
)
def test_a_customer_is_found_by_what_people_type(house, text, numbers):
    assert found(house, text) == numbers


@pytest.mark.parametrize("text", ["", "   ", "\u3000"])
def test_nothing_typed_finds_everybody(house, text):
    assert found(house, text) == [1, 2, 3, 4, 5, 6]


def test_a_very_long_text_finds_nobody(house):
    assert found(house, "王" * 100_000) == []


@pytest.mark.rule("OFF-03")
def test_the_scope_of_the_asker_decides_who_is_seen(house):
    Customer.objects.filter(owner=house.people["A"]).update(valid_until="2999-01-01")
    for user, numbers in ((house.people["A"], [1]), (house.people["B"], []), (House("X").supervisor, [])):
        rows = search.matching(Customer.objects.visible_to(user), phone(1), office=house.office)
        assert list(rows.values_list("number", flat=True)) == numbers


@pytest.mark.rule("OWN-06b")
def test_by_phone_finds_within_the_office_alone(house):
    assert search.by_phone(house.office, phone(1)).office == house.office
    assert search.by_phone(house.office, phone(77)) is None
    assert search.by_phone(House("E").office, phone(1)) is None

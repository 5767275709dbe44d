"""A customer's record made, found again, joined and reopened by register lines."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from customers import joining, registration
from customers.models import Customer, Person, SearchToken
from customers.search import by_phone
from staff.models import Notice
from tests.house import House, phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """A, B and C signed in."""
    house = House("ABC")
    house.sign_in("A", "B", "C")
    return house


def people(customer: Customer) -> list[tuple[str, str, str]]:
    """(relation, name, phone) of everybody of a customer."""
    rows = Person.objects.filter(customer=customer).select_related("customer__key")
    return [(one.relation, one.name, one.phone) for one in rows]


@pytest.mark.rule("REG-03")
def test_a_new_customer_has_its_first_person_and_the_number_of_its_line(house):
    told = house.call("10:00", "A", phone=phone(1), name=" 王\u3000示例 ", consent=True)
    customer = house.customer(told)
    assert people(customer) == [("self", "王 示例", phone(1))]
    assert (customer.number, customer.consent, customer.kind, customer.registered_at) == (
        1,
        True,
        "family",
        house.at("10:00"),
    )


@pytest.mark.rule("REG-08")
def test_a_customer_without_name_and_number_is_registered_all_the_same(house):
    customer = house.customer(house.call("10:00", "A"))
    assert (people(customer), customer.tokens.count()) == ([("self", "", "")], 0)


@pytest.mark.rule("OWN-06b")
def test_a_returning_customer_under_a_known_number_is_not_written_down_twice(house):
    told = house.call("10:00", "A", phone=phone(1), name="王示例")
    house.call("11:00", "B", phone=phone(1), name="王太太")
    assert people(house.customer(told)) == [("self", "王示例", phone(1))]


@pytest.mark.rule("OWN-01")
def test_a_relative_is_kept_with_the_relation(house):
    told = house.call("10:00", "A", phone=phone(1), name="王示例")
    house.call("11:00", "B", phone=phone(2), name="李示例", relative=house.customer(told), relation="spouse")
    assert people(house.customer(told)) == [("self", "王示例", phone(1)), ("spouse", "李示例", phone(2))]


@pytest.mark.rule("OWN-02")
def test_a_shareholder_makes_the_customer_a_company(house):
    told = house.call("10:00", "A", phone=phone(1))
    house.call("11:00", "B", phone=phone(2), relative=house.customer(told), relation="shareholder")
    assert house.customer(told).kind == "company"


@pytest.mark.rule("OWN-01")
def test_the_number_of_a_past_record_goes_with_its_person_to_the_family(house):
    lead = house.web("09:00", phone=phone(2))
    told = house.call("10:00", "A", phone=phone(1))
    joined = house.call("11:00", "B", phone=phone(2), relative=house.customer(told), relation="spouse")
    assert (joined.decision, joined.customer) == ("family", told.customer)
    assert by_phone(house.office, phone(2)) == told.customer
    assert lead.customer.tokens.filter(kind="phone").count() == 0


@pytest.mark.rule("OWN-14")
@pytest.mark.parametrize(
    ("said", "basis"),
    [
        ({}, "first_visit"),
        ({"named": "C"}, "named"),
        ({"kind": "call", "answered_by": "B"}, "first_call"),
        ({"to": "B", "reason": "好"}, "first_visit"),
        ({"taken_by": "B"}, "first_visit"),
    ],
)
def test_an_episode_says_on_what_basis_it_began(house, said, basis):
    told = house.arrive("10:00", phone=phone(1), **said)
    episode = house.customer(told).episodes.get()
    assert (episode.basis, registration.basis_of(told.line), episode.line) == (basis, basis, told.line)


@pytest.mark.rule("OWN-07")
def test_a_lapsed_customer_who_writes_is_an_unassigned_lead_under_a_new_number(house):
    house.call("10:00", "A", phone=phone(1))
    house.sleep(31)
    told = house.web("10:00", phone=phone(1))
    customer = house.customer(told)
    assert (told.decision, customer.standing, customer.owner, customer.number, customer.valid_until) == (
        "lapsed",
        "unassigned",
        None,
        2,
        None,
    )
    assert customer.episodes.get().ended == "lapsed"


# Joined by the supervisor


@pytest.mark.rule("OWN-01")
def test_the_supervisor_joins_others_with_a_reason(house):
    told, other = house.call("10:00", "A", phone=phone(1)), house.call("10:01", "B", phone=phone(2))
    person = joining.join(
        house.customer(told),
        name="王兄",
        phone=phone(2),
        reason="兄弟合买",
        by=house.supervisor,
        now=house.at("11:00"),
    )
    assert (person.relation, person.reason) == ("other", "兄弟合买")
    assert by_phone(house.office, phone(2)) == told.customer
    assert Notice.objects.filter(user=house.people["B"]).count() == 1
    assert other.customer.people.count() == 1


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
def test_joining_needs_a_reason_and_somebody_new(house, said, rule):
    told = house.call("10:00", "A", phone=phone(1))
    with pytest.raises(RuleError) as refused:
        joining.join(
            house.customer(told),
            by=house.supervisor,
            now=house.at("11:00"),
            **{"name": "王兄", "phone": phone(2), "reason": "合买", **said},
        )
    assert refused.value.rule == rule
    assert Person.objects.count() == 1


@pytest.mark.rule("OWN-01")
def test_only_the_supervisor_of_the_office_joins(house):
    customer = house.customer(house.call("10:00", "A", phone=phone(1)))
    for by in (house.people["A"], house.clerk, House("X").supervisor):
        with pytest.raises(RuleError) as refused:
            joining.join(customer, name="王兄", phone="", reason="合买", by=by, now=house.at("11:00"))
        assert refused.value.rule == "OFF-03"


@pytest.mark.rule("OFF-01")
def test_a_number_of_a_customer_exists_once_per_office(house):
    first, second = house.call("10:00", "A").customer, house.call("10:01", "A").customer
    second.number = first.number
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_tokens_of_a_second_person_are_added_to_those_of_the_first(house):
    told = house.call("10:00", "A", phone=phone(1), name="王示例")
    before = SearchToken.objects.count()
    house.call("11:00", "B", phone=phone(2), name="王示例", relative=house.customer(told), relation="child")
    kinds = list(SearchToken.objects.order_by("pk").values_list("kind", flat=True))[before:]
    assert sorted(kinds) == ["last4", "phone"]

"""Units sold once, in stages, at prices that somebody may approve."""

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from customers import cards
from customers.models import Card
from sales import deals, discounts
from sales.models import Deal, DealState, Unit
from staff.models import Notice
from staff.roles import Role
from tests.house import House, phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    house = House()
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    discounts.set_up(house.office)
    house.sign_in("A", "B", "C")
    deals.add_units(
        house.office, [{"code": "1-1-101", "list_price": "1000000"}, {"code": "1-1-102", "list_price": "2"}]
    )
    return house


@pytest.fixture
def customer(house):
    """A's customer of Monday."""
    return house.customer(house.visit("09:30", name="王一", phone=phone(1)))


def unit(code="1-1-101"):
    return Unit.objects.get(code=code)


def subscribe(house, customer, at="10:00", code="1-1-101", **more):
    return deals.subscribe(customer, unit(code), by=house.people["A"], now=house.at(at), **more)


@pytest.mark.rule("DEAL-01")
def test_unit_is_never_sold_twice(house, customer):
    subscribe(house, customer)
    other = house.customer(house.visit("10:30", phone=phone(2)))
    with pytest.raises(RuleError) as refused:
        deals.subscribe(other, unit(), by=house.people["B"], now=house.at("11:00"))
    assert refused.value.rule == "DEAL-01"
    again = Deal.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


@pytest.mark.rule("DEAL-02")
def test_deal_goes_through_its_stages_and_the_unit_with_it(house, customer):
    deal = subscribe(house, customer)
    states = [unit().state]
    deals.contract(deal, by=house.supervisor, now=house.at("11:00"))
    states.append(unit().state)
    deals.pay(deal, by=house.clerk, now=house.at("12:00"))
    deal = deals.deliver(deal, by=house.manager, now=house.at("13:00"))
    assert [*states, unit().state, deal.state] == ["subscribed", "contracted", "delivered", "delivered"]


@pytest.mark.rule("DEAL-02")
def test_each_stage_keeps_who_wrote_it_down(house, customer):
    deal = subscribe(house, customer)
    deals.contract(deal, by=house.supervisor, now=house.at("11:00"))
    deals.pay(deal, by=house.clerk, now=house.at("12:00"))
    deals.deliver(deal, by=house.manager, now=house.at("13:00"))
    deal.refresh_from_db()
    people = (deal.subscribed_by, deal.confirmed_by, deal.paid_by, deal.delivered_by, deal.cancelled_by)
    assert people == (house.people["A"], house.supervisor, house.clerk, house.manager, None)
    other = subscribe(house, customer, code="1-1-102")
    assert deals.cancel(other, by=house.people["A"], now=house.at("14:00"), reason="换房").cancelled_by.name == "A"


@pytest.mark.rule("DEAL-02")
def test_payment_and_handing_over_are_noted_by_the_desk_of_the_office_alone(house, customer):
    deal = subscribe(house, customer)
    deals.contract(deal, by=house.supervisor, now=house.at("11:00"))
    for stranger in (house.people["A"], house.hire("fin", Role.FINANCE), House("X").clerk):
        for step in (deals.pay, deals.deliver):
            with pytest.raises(RuleError) as refused:
                step(deal, by=stranger, now=house.at("12:00"))
            assert refused.value.rule == "DEAL-02"
    assert Deal.objects.get().state == "contracted"


@pytest.mark.rule("DEAL-04")
def test_a_signed_contract_goes_to_the_clerks_and_their_check_closes_the_a_card(house, customer):
    owner, second = house.people["A"], house.hire("clerk2", Role.CLERK)
    deal = subscribe(house, customer)
    with pytest.raises(RuleError):
        cards.close(customer, by=house.clerk, now=house.at("10:30"))
    deals.contract(deal, by=house.supervisor, now=house.at("11:00"))
    told = Notice.objects.filter(key=f"signed:{deal.pk}")
    assert {(one.user, one.link) for one in told} == {
        (who, f"/customers/{customer.pk}/care/") for who in (house.clerk, second)
    }
    cards.save_draft(customer, by=owner, now=house.at("11:10"), content="当天补写", findings={})
    for stranger in (owner, House("X").clerk):
        with pytest.raises(RuleError):
            cards.close(customer, by=stranger, now=house.at("11:20"))
    for by in (house.clerk, second):
        cards.close(customer, by=by, now=house.at("11:30"))
    card = Card.objects.get()
    assert (card.closed_by, card.closed_at) == (house.clerk, house.at("11:30"))
    with pytest.raises(RuleError) as refused:
        cards.save_draft(customer, by=owner, now=house.at("11:40"), content="改写", findings={})
    assert (refused.value.rule, "clerk" in str(refused.value)) == ("DEAL-04", True)
    deals.cancel(deal, by=house.supervisor, now=house.at("12:00"), reason="退房")
    cards.save_draft(customer, by=owner, now=house.at("12:10"), content="再写", findings={})
    assert Card.objects.get().closed_by is None


@pytest.mark.rule("OWN-06a")
def test_customer_with_a_deal_does_not_lapse(house, customer):
    deal = subscribe(house, customer)
    customer.refresh_from_db()
    later = house.on + timedelta(days=400)
    assert (customer.state(later), customer.valid_until) == ("active", None)
    deals.contract(deal, by=house.supervisor, now=house.at("11:00"))
    customer.refresh_from_db()
    assert (customer.state(later), customer.holder(later)) == ("dealt", house.people["A"].pk)


@pytest.mark.rule("DEAL-02")
def test_cancellation_frees_the_unit_and_gives_the_owner_a_new_thirty_days(house, customer):
    deal = subscribe(house, customer)
    deals.contract(deal, by=house.supervisor, now=house.at("11:00"))
    house.sleep(100)
    deals.cancel(deal, by=house.supervisor, now=house.at("10:00"), reason="贷款未批")
    customer.refresh_from_db()
    assert (unit().state, customer.state(house.on), customer.valid_until) == (
        "for_sale",
        "active",
        house.on + timedelta(days=30),
    )


@pytest.mark.rule("DEAL-02")
def test_cancelling_one_of_two_keeps_the_other(house, customer):
    first = subscribe(house, customer)
    second = subscribe(house, customer, code="1-1-102")
    deals.contract(first, by=house.supervisor, now=house.at("11:00"))
    deals.cancel(first, by=house.supervisor, now=house.at("12:00"), reason="换房")
    customer.refresh_from_db()
    assert (customer.standing, customer.state(house.on)) == ("subscribed", "active")
    deals.contract(second, by=house.supervisor, now=house.at("13:00"))
    customer.refresh_from_db()
    assert customer.standing == "dealt"


@pytest.mark.rule("DEAL-02")
def test_cancellation_needs_a_reason_and_after_contract_a_supervisor(house, customer):
    deal = subscribe(house, customer)
    with pytest.raises(RuleError):
        deals.cancel(deal, by=house.people["A"], now=house.at("10:30"), reason="")
    deals.contract(deal, by=house.supervisor, now=house.at("11:00"))
    with pytest.raises(RuleError):
        deals.cancel(deal, by=house.people["A"], now=house.at("11:30"), reason="反悔")
    assert Deal.objects.get().state == "contracted"


@pytest.mark.rule("DEAL-02")
def test_rep_cannot_confirm_a_contract(house, customer):
    deal = subscribe(house, customer)
    with pytest.raises(RuleError):
        deals.contract(deal, by=house.people["A"], now=house.at("11:00"))


@pytest.mark.rule("DEAL-03")
@pytest.mark.parametrize(
    ("price", "by", "allowed"),
    [
        ("990000.00", "supervisor", True),
        ("989999.99", "supervisor", False),
        ("980000.00", "manager", True),
        ("979999.99", "manager", False),
        ("1000000.01", "supervisor", True),
    ],
)
def test_discount_needs_the_authority_of_whoever_approves(house, customer, price, by, allowed):
    deal = subscribe(house, customer, price=Decimal(price))
    approver = getattr(house, by)
    if allowed:
        assert deals.contract(deal, by=approver, now=house.at("11:00")).state == "contracted"
    else:
        with pytest.raises(RuleError) as refused:
            deals.contract(deal, by=approver, now=house.at("11:00"))
        assert refused.value.rule == "DEAL-03"
        assert Deal.objects.get().state == "subscribed"


@pytest.mark.rule("DEAL-02")
@pytest.mark.parametrize("price", ["0", "-1", "1.234", "1e12", "NaN", "Infinity", "abc", ""])
def test_misshapen_price_is_refused_in_words(price):
    with pytest.raises(RuleError):
        deals.money(price)


def test_price_is_kept_to_the_cent():
    assert deals.money("99999999999.99") == Decimal("99999999999.99")


def test_units_are_added_all_or_none(house):
    with pytest.raises(RuleError):
        deals.add_units(house.office, [{"code": "2-1-101", "list_price": 5}, {"code": "1-1-101", "list_price": 5}])
    with pytest.raises(RuleError):
        deals.add_units(house.office, [{"code": "x", "list_price": 5}, {"code": "x", "list_price": 5}])
    assert Unit.objects.count() == 2


def test_lapsed_customer_cannot_subscribe(house, customer):
    house.sleep(31)
    with pytest.raises(RuleError):
        subscribe(house, customer)


def test_unit_of_another_office_cannot_be_subscribed(house, customer):
    neighbour = House("X")
    deals.add_units(neighbour.office, [{"code": "9", "list_price": 1}])
    with pytest.raises(RuleError):
        subscribe(house, customer, code="9")


def test_every_pair_of_stages_follows_the_table(house, customer):
    deal = subscribe(house, customer)
    for now, then in product(DealState.values, repeat=2):
        deal.state = now
        if then in deals.TRANSITIONS[now]:
            deals.STATES.move(deal, then)
            assert deal.state == then
        else:
            with pytest.raises(RuleError):
                deals.STATES.move(deal, then)
            assert deal.state == now

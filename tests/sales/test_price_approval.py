"""A price under the list price asks the authority that covers it, from the supervisor up (DEAL-03)."""

from decimal import Decimal

import pytest

from common.errors import RuleError
from sales import deals, discounts, price_approval
from sales.models import Deal, DiscountAuthority, Unit
from staff import approvals
from staff.models import Notice, User
from staff.roles import Role
from tests.house import House, phone

pytestmark = [pytest.mark.django_db, pytest.mark.rule("DEAL-03")]
LADDER = [Role.SUPERVISOR, Role.MARKETING_MANAGER, Role.BRANCH_MANAGER, Role.HQ, Role.CHAIRMAN]


@pytest.fixture
def house() -> House:
    house = House("AB")
    house.rungs = {Role.SUPERVISOR: house.supervisor}
    house.rungs |= {role: house.hire(str(role.value), role) for role in LADDER[1:]}
    discounts.set_up(house.office)
    deals.add_units(house.office, [{"code": "1-1-101", "list_price": "1000000"}])
    return house


def subscribed(house: House, price: str, by: User | None = None) -> Deal:
    buyer = house.customer(house.call("09:30", "A", phone=phone(1)))
    unit, by = Unit.objects.get(), by or house.people["A"]
    return deals.subscribe(buyer, unit, by=by, now=house.at("10:00"), price=Decimal(price))


def approve(house: House, deal: Deal, role: Role, decision: str = "approve", at: str = "11:00"):
    waiting = price_approval.latest(deal)
    return price_approval.decide(waiting, by=house.rungs[role], decision=decision, reason="谈过", now=house.at(at))


@pytest.mark.parametrize(
    ("price", "rungs"),
    [
        ("1000000", 0),
        ("1000000.01", 0),
        ("999999.99", 1),
        ("990000", 1),
        ("989999.99", 2),
        ("950000", 3),
        ("949999.99", 4),
        ("900000", 4),
        ("1", 5),
    ],
)
def test_the_rungs_up_to_the_one_that_covers_the_price_are_asked(house, price, rungs):
    asked = price_approval.latest(subscribed(house, price))
    assert (asked.steps if asked else []) == LADDER[:rungs]


def test_once_the_climb_is_approved_the_supervisor_confirms_the_contract(house):
    deal = subscribed(house, "960000")
    for role in LADDER[:3]:
        with pytest.raises(RuleError):
            deals.contract(deal, by=house.supervisor, now=house.at("10:30"))
        approve(house, deal, role)
    assert deals.contract(deal, by=house.supervisor, now=house.at("12:00")).state == "contracted"


@pytest.mark.parametrize("decision", ["refuse", "return"])
def test_a_refused_price_confirms_nothing_and_may_be_asked_for_again(house, decision):
    deal = subscribed(house, "960000")
    approve(house, deal, Role.SUPERVISOR)
    approve(house, deal, Role.MARKETING_MANAGER, decision)
    with pytest.raises(RuleError):
        deals.contract(deal, by=house.supervisor, now=house.at("12:00"))
    again = price_approval.ask(deal, by=house.people["A"], now=house.at("13:00"))
    assert (again.state, again.step, len(approvals.history_of(again.subject))) == ("pending", 0, 4)


def test_whoever_covers_the_price_may_confirm_at_once_and_the_request_falls(house):
    deal = subscribed(house, "985000")
    deals.contract(deal, by=house.rungs[Role.MARKETING_MANAGER], now=house.at("11:00"))
    assert price_approval.latest(deal).state == "withdrawn"


def test_a_cancelled_deal_asks_nobody_any_more(house):
    deal = subscribed(house, "960000")
    waiting = price_approval.latest(deal)
    deals.cancel(deal, by=house.people["A"], now=house.at("11:00"), reason="不买了")
    with pytest.raises(RuleError):
        price_approval.decide(waiting, by=house.supervisor, decision="approve", reason="", now=house.at("12:00"))
    assert price_approval.latest(deal).state == "withdrawn"


def test_a_supervisor_who_asked_does_not_decide(house):
    buyer = house.customer(house.call("09:30", "A", phone=phone(1)))
    deal = deals.subscribe(
        buyer, Unit.objects.get(), by=house.supervisor, now=house.at("10:00"), price=Decimal("995000")
    )
    with pytest.raises(RuleError):
        approve(house, deal, Role.SUPERVISOR)
    assert approve(house, deal, Role.MARKETING_MANAGER).state == "approved"


def test_with_a_faulty_table_the_deal_stands_and_asking_says_what_is_wrong(house):
    DiscountAuthority.objects.filter(role=Role.HQ).delete()
    deal = subscribed(house, "960000")
    assert price_approval.latest(deal) is None
    with pytest.raises(RuleError) as refused:
        price_approval.ask(deal, by=house.people["A"], now=house.at("11:00"))
    assert refused.value.rule == "BULK-05"
    DiscountAuthority.objects.create(office=house.office, role=Role.HQ, percent=Decimal(10))
    assert price_approval.ask(deal, by=house.people["A"], now=house.at("11:00")).state == "pending"


def test_only_the_rep_and_supervisors_of_the_office_ask(house):
    deal = subscribed(house, "960000")
    deals_rep = house.people["A"]
    stranger = House("X")
    for by in (house.people["B"], house.clerk, stranger.supervisor, stranger.people["X"]):
        with pytest.raises(RuleError):
            price_approval.ask(deal, by=by, now=house.at("11:00"))
    with pytest.raises(RuleError):
        price_approval.ask(deal, by=deals_rep, now=house.at("11:00"))


@pytest.mark.rule("BULK-11")
def test_notices_and_titles_hold_no_figure(house):
    deal = subscribed(house, "967123.45")
    approve(house, deal, Role.SUPERVISOR)
    told = [f"{one.text} {one.link}" for one in Notice.objects.all()]
    asked = price_approval.latest(deal)
    assert [text for text in [*told, asked.title, asked.url, str(asked)] if "967" in text or "3.2" in text] == []
    assert len(told) == 2


@pytest.mark.rule("PRIV-02", "PRIV-05")
def test_reasons_are_kept_under_the_customers_key_and_go_with_it(house):
    deal = subscribed(house, "960000")
    approve(house, deal, Role.SUPERVISOR)
    asked = price_approval.latest(deal)
    entry = asked.entries.get(position=1)
    assert "谈过" not in f"{entry.reason} {entry.snapshot}"
    assert price_approval.reasons(asked)(entry) == "谈过"
    deal.customer.key.delete()
    assert price_approval.reasons(asked)(entry) == ""


@pytest.mark.parametrize("decision", ["refuse", "return"])
def test_refusing_a_price_needs_a_reason(house, decision):
    waiting = price_approval.latest(subscribed(house, "960000"))
    with pytest.raises(RuleError):
        price_approval.decide(waiting, by=house.supervisor, decision=decision, reason=" ", now=house.at("11:00"))


@pytest.mark.parametrize("price", ["999999.99", "990000"])
def test_whoever_subscribed_under_the_list_price_does_not_confirm_it_on_their_own_authority(house, price):
    deal = subscribed(house, price, by=house.supervisor)
    with pytest.raises(RuleError) as refused:
        deals.contract(deal, by=house.supervisor, now=house.at("11:00"))
    assert refused.value.rule == "DEAL-03"
    assert Deal.objects.get().state == "subscribed"
    assert deals.contract(deal, by=house.rungs[Role.MARKETING_MANAGER], now=house.at("11:01")).state == "contracted"


def test_at_the_list_price_the_subscriber_confirms_as_before(house):
    deal = subscribed(house, "1000000", by=house.supervisor)
    assert deals.contract(deal, by=house.supervisor, now=house.at("11:00")).state == "contracted"


def test_once_somebody_else_approved_the_price_the_subscriber_confirms_the_contract(house):
    deal = subscribed(house, "995000", by=house.supervisor)
    approve(house, deal, Role.MARKETING_MANAGER)
    assert deals.contract(deal, by=house.supervisor, now=house.at("12:00")).state == "contracted"


def test_the_subscriber_does_not_decide_either_when_the_rep_asked_for_the_price(house):
    authority = DiscountAuthority.objects.get(role=Role.HQ)
    DiscountAuthority.objects.filter(pk=authority.pk).delete()
    deal = subscribed(house, "995000", by=house.supervisor)
    authority.save(force_insert=True)
    price_approval.ask(deal, by=house.people["A"], now=house.at("10:30"))
    with pytest.raises(RuleError) as refused:
        approve(house, deal, Role.SUPERVISOR)
    assert refused.value.rule == "DEAL-03"


def test_whoever_asked_takes_the_request_back_and_may_ask_again(house):
    deal = subscribed(house, "960000")
    waiting = price_approval.latest(deal)
    with pytest.raises(RuleError):
        price_approval.withdraw(waiting, by=house.people["B"], now=house.at("10:30"))
    price_approval.withdraw(waiting, by=house.people["A"], now=house.at("10:30"))
    assert (price_approval.latest(deal).state, price_approval.is_approved(deal)) == ("withdrawn", False)
    with pytest.raises(RuleError):
        approve(house, deal, Role.SUPERVISOR)
    again = price_approval.ask(deal, by=house.people["A"], now=house.at("10:40"))
    assert (again.state, again.step) == ("pending", 0)

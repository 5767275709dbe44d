"""Giving a customer up: who may, on which ground, in which steps."""

from importlib import import_module
from itertools import product

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from common.errors import RuleError
from customers import cards, contacts, defeat, ownership
from customers.cards import Findings
from customers.models import DefeatRequest, DefeatState
from staff import approvals, delegations
from staff.roles import Role
from tests.house import House, phone

pytestmark = pytest.mark.django_db
BY_LEVEL = {
    "H": Findings(need=True, confidence=True, power=True),
    "A": Findings(need=True, power=True),
    "B": Findings(need=True, confidence=True),
    "C": Findings(confidence=True, power=True),
    "D": Findings(need=True),
}


@pytest.fixture
def house():
    house = House()
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    house.sign_in("A", "B", "C")
    return house


def customer_at(house, level="H", n=1):
    customer = house.customer(house.visit("09:30", name="王一", phone=phone(n)))
    cards.submit(customer, by=house.people["A"], now=house.at("10:00"), findings=BY_LEVEL[level])
    return customer


def request(house, customer, at="11:00", ground="elsewhere", **more):
    return defeat.request(customer, by=house.people["A"], now=house.at(at), ground=ground, **more)


@pytest.mark.rule("LOST-01")
def test_no_submitted_card_no_request(house):
    customer = house.customer(house.visit("09:30", phone=phone(1)))
    with pytest.raises(RuleError) as refused:
        request(house, customer)
    assert refused.value.rule == "LOST-01"


@pytest.mark.rule("LOST-03")
def test_level_c_cannot_be_lost_until_judged_anew(house):
    customer = customer_at(house, "C")
    with pytest.raises(RuleError) as refused:
        request(house, customer)
    assert refused.value.rule == "LOST-03"
    contacts.record(
        customer,
        by=house.people["A"],
        now=house.at("11:30"),
        manner="phone",
        reached=True,
        result="已买别处",
        level="A",
    )
    assert request(house, customer, "12:00").warned is True


@pytest.mark.rule("LOST-03")
@pytest.mark.parametrize(("level", "warned"), [("H", False), ("A", True), ("B", True), ("D", True)])
def test_request_from_a_b_d_carries_a_warning(house, level, warned):
    assert request(house, customer_at(house, level)).warned is warned


@pytest.mark.rule("LOST-02")
@pytest.mark.parametrize(("nights", "open_"), [(180, False), (181, True)])
@pytest.mark.parametrize("level", ["H", "C"])
def test_half_year_ground_opens_after_180_days_from_every_level(house, level, nights, open_):
    customer = customer_at(house, level)
    for _n in range(nights // 30):
        house.sleep(30)
        contacts.record(
            customer, by=house.people["A"], now=house.at("10:00"), manner="phone", reached=True, result="拒绝"
        )
    house.sleep(nights % 30)
    if open_:
        assert request(house, customer, ground="unreachable").days_held == nights
    else:
        with pytest.raises(RuleError) as refused:
            request(house, customer, ground="unreachable")
        assert refused.value.rule == "LOST-02"


@pytest.mark.rule("LOST-04")
def test_request_goes_through_clerk_manager_clerk_to_the_defeat_register(house):
    customer = customer_at(house)
    request(house, customer, lost_to="隔壁项目", analysis="价格")
    defeat.confirm(customer, by=house.clerk, now=house.at("12:00"), result="客户确认已购")
    defeat.approve(customer, by=house.manager, now=house.at("13:00"))
    asked = defeat.close(customer, by=house.clerk, now=house.at("14:00"))
    customer.refresh_from_db()
    assert (asked.state, customer.state(house.on), customer.owner) == ("closed", "defeated", None)
    assert list(customer.episodes.values_list("ended", "until")) == [("defeated", house.at("13:00"))]


@pytest.mark.rule("LOST-04")
def test_each_step_has_its_role(house):
    customer = customer_at(house)
    with pytest.raises(RuleError):
        defeat.request(customer, by=house.people["B"], now=house.at("11:00"), ground="elsewhere")
    request(house, customer)
    for wrong in (house.people["A"], house.supervisor, house.manager):
        with pytest.raises(RuleError):
            defeat.confirm(customer, by=wrong, now=house.at("12:00"))
    defeat.confirm(customer, by=house.clerk, now=house.at("12:00"))
    for wrong in (house.people["A"], house.supervisor, house.clerk):
        with pytest.raises(RuleError):
            defeat.approve(customer, by=wrong, now=house.at("13:00"))
    assert DefeatRequest.objects.get().state == "confirmed"


@pytest.mark.rule("LOST-04")
def test_steps_cannot_be_skipped(house):
    customer = customer_at(house)
    request(house, customer)
    with pytest.raises(RuleError):
        defeat.approve(customer, by=house.manager, now=house.at("13:00"))
    with pytest.raises(RuleError):
        defeat.close(customer, by=house.clerk, now=house.at("13:00"))


@pytest.mark.rule("LOST-04")
def test_refused_customer_stays_with_the_rep_and_can_be_requested_again(house):
    customer = customer_at(house)
    request(house, customer)
    defeat.confirm(customer, by=house.clerk, now=house.at("12:00"))
    with pytest.raises(RuleError):
        defeat.refuse(customer, by=house.manager, now=house.at("13:00"), reason="")
    defeat.refuse(customer, by=house.manager, now=house.at("13:00"), reason="再约一次")
    customer.refresh_from_db()
    assert customer.holder(house.on) == house.people["A"].pk
    assert request(house, customer, "14:00").state == "requested"


@pytest.mark.rule("LOST-04")
def test_second_request_is_refused_by_the_rule_and_by_the_database(house):
    customer = customer_at(house)
    first = request(house, customer)
    with pytest.raises(RuleError):
        request(house, customer, "12:00")
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


@pytest.mark.rule("LOST-01")
def test_transfer_lets_the_request_fall(house):
    customer = customer_at(house)
    request(house, customer)
    ownership.transfer(customer, to=house.people["B"], by=house.supervisor, now=house.at("12:00"), reason="换人再试")
    assert DefeatRequest.objects.get().state == "fallen"


@pytest.mark.rule("LOST-04")
def test_lapse_before_the_decision_leaves_nothing_to_give_up(house):
    customer = customer_at(house)
    request(house, customer)
    defeat.confirm(customer, by=house.clerk, now=house.at("12:00"))
    house.sleep(31)
    with pytest.raises(RuleError):
        defeat.approve(customer, by=house.manager, now=house.at("00:00"))


@pytest.mark.rule("LOST-04")
def test_each_decision_is_a_step_of_an_approval_that_names_no_customer(house):
    customer = customer_at(house)
    asked = request(house, customer, lost_to="隔壁项目", analysis="王一嫌贵")
    defeat.confirm(customer, by=house.clerk, now=house.at("12:00"), result="王一确认已购")
    defeat.refuse(customer, by=house.manager, now=house.at("13:00"), reason="王一还会来")
    entries = list(approvals.history_of(asked.subject))
    assert [(one.decision, one.by, one.role) for one in entries] == [
        ("open", house.people["A"], ""),
        ("approve", house.clerk, Role.CLERK),
        ("refuse", house.manager, Role.MARKETING_MANAGER),
    ]
    told = {"ground": "elsewhere", "level": "H", "days_held": 0, "warned": False}
    assert [(one.reason, one.snapshot) for one in entries] == [("", told), ("", {}), ("", {})]
    assert approvals.latest(asked.subject).state == "refused"


@pytest.mark.rule("LOST-04")
def test_a_request_that_falls_waits_for_nobody_any_more(house):
    customer = customer_at(house)
    asked = request(house, customer)
    ownership.transfer(customer, to=house.people["B"], by=house.supervisor, now=house.at("12:00"), reason="换人再试")
    assert approvals.latest(asked.subject).state == "withdrawn"


@pytest.mark.rule("LOST-04")
def test_where_there_is_no_clerk_the_supervisor_calls_and_where_there_is_one_does_not(house):
    customer = customer_at(house)
    request(house, customer)
    delegations.delegate(
        house.clerk,
        None,
        role=Role.CLERK,
        first=house.on,
        last=house.on,
        reason="病假",
        now=house.at("09:00"),
    )
    assert defeat.confirm(customer, by=house.supervisor, now=house.at("12:00")).confirmed_by == house.supervisor


@pytest.mark.rule("LOST-04")
@pytest.mark.parametrize(("decision", "reason", "state"), [("approve", "", "approved"), ("refuse", "再约", "refused")])
def test_the_list_of_all_that_waits_confirms_and_decides(house, decision, reason, state):
    customer = customer_at(house)
    asked = request(house, customer)
    waiting = approvals.latest(asked.subject)
    for wrong in ({"decision": "refuse", "reason": "x"}, {"decision": "approve", "reason": " "}):
        with pytest.raises(RuleError):
            defeat.decide(waiting, by=house.clerk, now=house.at("12:00"), **wrong)
    defeat.decide(waiting, by=house.clerk, decision="approve", reason="已购", now=house.at("12:00"))
    with pytest.raises(RuleError):
        defeat.decide(waiting, by=house.manager, decision="approve", reason="", now=house.at("12:30"))
    waiting = approvals.latest(asked.subject)
    with pytest.raises(RuleError):
        defeat.decide(waiting, by=house.manager, decision="return", reason="x", now=house.at("13:00"))
    defeat.decide(waiting, by=house.manager, decision=decision, reason=reason, now=house.at("13:00"))
    asked.refresh_from_db()
    assert (asked.state, asked.confirmation) == (state, "已购")


@pytest.mark.rule("LOST-04")
def test_defeats_from_before_the_approvals_get_theirs_and_go_on(house):
    module = import_module("customers.migrations.0012_open_defeats_wait_for_approval")
    for n in (1, 2):
        customer = house.customer(house.visit("09:30", phone=phone(n)))
        values = {"customer": customer, "number": customer.number, "rep": customer.owner, "ground": "elsewhere"}
        confirmed = {"confirmed_by": house.clerk, "confirmed_at": house.at("11:30"), "state": "confirmed"}
        asked = DefeatRequest(**values, days_held=0, requested_at=house.at("11:00"), **(confirmed if n == 2 else {}))
        asked.save()
    for _twice in range(2):
        module.ask(apps, None)
    first, second = DefeatRequest.objects.order_by("pk")
    defeat.confirm(first.customer, by=house.clerk, now=house.at("12:00"))
    for asked in (first, second):
        assert defeat.approve(asked.customer, by=house.manager, now=house.at("13:00")).state == "approved"
        assert [row.decision for row in approvals.history_of(asked.subject)] == ["open", "approve", "approve"]


@pytest.mark.rule("OWN-06b")
def test_defeated_customer_who_comes_again_is_new(house):
    customer = customer_at(house)
    request(house, customer)
    defeat.confirm(customer, by=house.clerk, now=house.at("12:00"))
    defeat.approve(customer, by=house.manager, now=house.at("13:00"))
    house.leave(house.visit("13:30", phone=phone(7)), "13:40")
    with pytest.raises(RuleError):
        house.visit("14:00", phone=phone(1))
    house.sleep()
    house.sign_in("B")
    told = house.visit("10:00", phone=phone(1))
    assert (told.decision, house.owner(told)) == ("new", "B")


def test_every_pair_of_states_follows_the_table(house):
    asked = request(house, customer_at(house))
    for now, then in product(DefeatState.values, repeat=2):
        asked.state = now
        if then in defeat.TRANSITIONS[now]:
            defeat.STATES.move(asked, then)
            assert asked.state == then
        else:
            with pytest.raises(RuleError):
                defeat.STATES.move(asked, then)
            assert asked.state == now

"""Check-in from the desk's question to a numbered line, an owner and a receiver."""

from __future__ import annotations

from dataclasses import astuple
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from common.errors import RuleError
from customers import contact_signing, contacts, ownership
from customers.models import Customer, CustomerGrant, Episode, OfficeRegister, RegisterLine
from customers.models.grants import helped_by
from reception import answer, checkin
from reception.arrival import Arrival
from reception.models import Breach, Reception, RotationEvent
from staff.models import Notice
from staff.roles import Role
from tests.house import House, phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """A, B and C signed in, P on probation."""
    house = House("ABC", probationary="P")
    house.sign_in("A", "B", "C", "P")
    return house


def refusal(house: House, at: str = "10:00", **said: object) -> str:
    """The rule that refuses an arrival; nothing is left of it, not even a number."""
    before = footprint(house)
    with pytest.raises(RuleError) as refused:
        house.arrive(at, **said)
    assert str(refused.value)
    assert footprint(house) == before
    return refused.value.rule


def footprint(house: House) -> tuple:
    """How much the records of an office hold, and its board."""
    models = (RegisterLine, Customer, Reception, RotationEvent, Episode, Breach, CustomerGrant, Notice)
    register = OfficeRegister.objects.filter(office=house.office).values("last_number", "head").first()
    return (*(model.objects.count() for model in models), register, house.board("09:30"))


# The worked example, through the database


@pytest.mark.rule("REC-07")
@pytest.mark.rule("REC-08")
@pytest.mark.rule("REC-10")
def test_the_worked_example_of_the_rulebook():
    house = House("ABC")
    for code, at in (("A", "08:50"), ("B", "08:55"), ("C", "09:00")):
        house.sign_in(code, at=at)
    first = house.visit("09:05", phone=phone(1))
    second = house.visit("09:10", phone=phone(2))
    house.away("C", "09:20")
    house.leave(first, "09:22")
    house.leave(second, "09:23")
    third = house.visit("09:25", phone=phone(3))
    house.back("C", "09:30")
    assert house.order() == [("B", 2), ("C", 2), ("A", 3)]
    again = house.visit("09:40", phone=phone(2))
    assert (again.decision, house.seat("B").round) == ("returning", 2)
    fourth = house.visit("09:45", phone=phone(4))
    assert house.order() == [("B", 2), ("A", 3), ("C", 3)]
    house.leave(again, "10:00")
    assert house.queue()[0] == "B"
    assert [house.receiver(told) for told in (first, second, third, again, fourth)] == list("ABABC")
    assert house.numbers() == [1, 2, 3, 4, 5]


# New visitors, numbers, repeats


@pytest.mark.rule("OWN-03")
@pytest.mark.rule("REC-07")
def test_a_first_visit_belongs_to_the_head_who_receives(house):
    told = house.visit("10:00", phone=phone(1), name="王示例")
    assert (told.decision, house.receiver(told), house.owner(told)) == ("new", "A", "A")
    assert (told.line.first, told.line.opens, told.line.receiver, told.line.owner) == (
        True,
        True,
        house.people["A"],
        house.people["A"],
    )
    assert house.customer(told).episodes.get().basis == "first_visit"


@pytest.mark.rule("REG-01")
def test_visits_calls_and_leads_share_one_series_of_numbers(house):
    told = [house.visit("10:00"), house.call("10:01", "B"), house.web("10:02"), house.visit("10:03")]
    assert [one.line.number for one in told] == [1, 2, 3, 4]
    assert [one.line.kind for one in told] == ["visit", "call", "web", "visit"]


@pytest.mark.rule("REG-01")
@pytest.mark.parametrize(
    "said",
    [
        {"phone": "1381234"},
        {"phone": "01088886666"},
        {"name": "长" * 61},
        {"party": 0},
        {"party": 100},
        {"helpers": -1},
        {"overload": "B"},
        {"taken_by": "Z"},
        {"to": "A"},
        {"kind": "call"},
    ],
)
def test_a_refused_registration_uses_up_no_number(house, said):
    house.people["Z"] = House("Z").people["Z"]
    house.visit("09:30")
    assert refusal(house, **said)
    assert house.visit("10:05").line.number == 2


@pytest.mark.rule("REG-01")
def test_the_numbers_of_two_offices_are_their_own(house):
    other = House("D")
    other.sign_in("D")
    house.visit("10:00")
    house.visit("10:01")
    assert other.visit("10:02").line.number == 1


@pytest.mark.rule("REG-01")
@pytest.mark.rule("REC-19")
def test_the_same_request_again_gives_the_first_answer(house):
    request = uuid4()
    first = house.visit("10:00", phone=phone(1), request_id=request)
    again = house.visit("10:00:01", phone=phone(1), request_id=request)
    assert (again.line, again.reception, again.reason, again.repeated) == (
        first.line,
        first.reception,
        first.reason,
        True,
    )
    assert (house.numbers(), house.queue()) == ([1], "BC")


@pytest.mark.rule("REC-15")
def test_the_same_looking_request_again_gives_the_first_answer(house):
    request = uuid4()
    first = house.visit("10:00", look=True, request_id=request)
    again = house.visit("10:00:01", look=True, request_id=request)
    assert (again.reception, again.repeated, Reception.objects.count()) == (first.reception, True, 1)


def test_the_same_request_in_another_office_is_its_own(house):
    other = House("D")
    other.sign_in("D")
    request = uuid4()
    house.visit("10:00", request_id=request)
    assert other.visit("10:00", request_id=request).repeated is False


@pytest.mark.parametrize("party", [1, 99])
def test_the_smallest_and_the_largest_party_are_let_in(house, party):
    assert house.visit("10:00", party=party).line.party == party


# Returning, lapsed, known by phone


@pytest.mark.rule("REC-10")
@pytest.mark.rule("OWN-06b")
@pytest.mark.parametrize("typed", [phone(1), "+86 154-0000-0001", "0086154 0000 0001", "１５４０００００００１"])
def test_a_returning_customer_goes_to_the_owner_whatever_the_order(house, typed):
    house.leave(house.visit("10:00", phone=phone(1)), "10:10")
    told = house.visit("11:00", phone=typed)
    assert (told.decision, house.receiver(told), told.line.first, told.line.opens) == ("returning", "A", False, False)
    assert house.order() == [("B", 1), ("C", 1), ("A", 2)]
    assert (house.seat("A").taken, house.seat("A").returning) == (1, 1)


@pytest.mark.rule("REC-10")
def test_a_returning_customer_uses_the_turn_by_the_offices_policy():
    house = House(returning_uses_turn=True)
    house.sign_in("A", "B", "C")
    house.leave(house.visit("10:00", phone=phone(1)), "10:10")
    house.visit("11:00", phone=phone(1))
    assert house.order() == [("B", 1), ("C", 1), ("A", 3)]


@pytest.mark.rule("REC-10")
@pytest.mark.parametrize("said", [{"relation": "spouse"}, {"named": "B"}])
def test_the_policy_on_returning_customers_touches_no_others(said):
    house = House(returning_uses_turn=True)
    house.sign_in("A", "B", "C")
    first = house.visit("10:00", phone=phone(1))
    house.leave(first, "10:10")
    if "relation" in said:
        said = {**said, "relative": house.customer(first)}
    house.visit("11:00", phone=phone(2), **said)
    assert house.order() == [("B", 1), ("C", 1), ("A", 2)]


@pytest.mark.rule("OWN-06b")
def test_a_name_alone_is_no_proof(house):
    house.leave(house.visit("10:00", phone=phone(1), name="王示例"), "10:10")
    assert house.visit("11:00", name="王示例").decision == "new"


@pytest.mark.rule("OWN-06b")
def test_a_customer_is_found_by_any_number_of_any_of_its_people(house):
    first = house.visit("10:00", phone=phone(1))
    house.leave(first, "10:10")
    wife = house.visit("10:20", phone=phone(2), relative=house.customer(first), relation="spouse")
    house.leave(wife, "10:30")
    told = house.visit("10:40", phone=phone(2))
    assert (told.decision, told.customer) == ("returning", first.customer)


@pytest.mark.rule("OWN-06b")
def test_a_known_customer_with_a_new_number_is_found_by_both(house):
    first = house.visit("10:00", phone=phone(1))
    house.leave(first, "10:10")
    house.leave(house.visit("10:20", customer=house.customer(first), phone=phone(2)), "10:30")
    assert house.call("10:40", "B", phone=phone(2)).customer == first.customer
    assert house.call("10:41", "B", phone=phone(1)).customer == first.customer


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/New_York"])
@pytest.mark.parametrize(
    ("night", "at", "decision"), [(30, "23:59:59", "returning"), (31, "00:00:00", "lapsed"), (31, "00:00:01", "lapsed")]
)
def test_a_registration_holds_to_the_last_second_of_the_thirtieth_day(zone, night, at, decision):
    house = House("AB", zone=zone)
    house.sign_in("A", "B")
    house.leave(house.visit("10:00", phone=phone(1)), "10:10")
    house.sleep(night)
    house.sign_in("B", at="00:00:00" if at < "12" else "09:00")
    told = house.visit(at, phone=phone(1))
    assert told.decision == decision
    assert house.owner(told) == ("A" if decision == "returning" else "B")


@pytest.mark.rule("OWN-07")
def test_a_lapsed_customer_gets_a_new_number_and_a_new_owner_and_keeps_the_past(house):
    first = house.visit("10:00", phone=phone(1))
    house.sleep(31)
    house.sign_in("B", "A")
    told = house.visit("10:00", phone=phone(1))
    assert (told.decision, told.line.number, house.owner(told), told.customer) == ("lapsed", 2, "B", first.customer)
    customer = house.customer(told)
    assert (customer.number, told.line.first, told.line.opens) == (2, False, True)
    assert [(house.codes[one.owner_id], one.ended) for one in customer.episodes.all()] == [("A", "lapsed"), ("B", "")]
    assert customer.episodes.first().until == house.at("00:00", house.on)


@pytest.mark.rule("OWN-07")
def test_a_lapsed_customer_who_names_a_rep_goes_to_the_head(house):
    house.visit("10:00", phone=phone(1))
    house.sleep(31)
    house.sign_in("B", "A")
    told = house.visit("10:00", phone=phone(1), named="A")
    assert (told.decision, house.receiver(told), house.owner(told)) == ("lapsed", "B", "B")


@pytest.mark.rule("OWN-06b")
def test_a_defeated_customer_who_comes_again_is_registered_as_new(house):
    first = house.visit("10:00", phone=phone(1))
    house.leave(first, "10:10")
    customer = house.customer(first)
    ownership.end_episode(customer, office=house.office, now=house.at("11:00"), ended="defeated")
    customer.standing, customer.owner = "defeated", None
    customer.save(update_fields=["standing", "owner"])
    told = house.visit("12:00", phone=phone(1))
    assert (told.decision, house.owner(told), house.customer(told).number) == ("new", "B", 2)


@pytest.mark.rule("REC-07")
def test_a_customer_who_is_being_received_cannot_arrive_again(house):
    house.visit("10:00", phone=phone(1))
    with translation.override("en"), pytest.raises(RuleError) as refused:
        house.visit("10:05", phone=phone(1))
    assert str(refused.value) == "This customer is being received by A: end that reception first"
    assert house.numbers() == [1]


@pytest.mark.rule("REC-07")
@pytest.mark.parametrize(("at", "closed"), [("23:59:59", False), ("00:00:00", True)])
def test_midnight_ends_a_reception_that_nobody_ended(house, at, closed):
    first = house.visit("10:00", phone=phone(1))
    if not closed:
        assert refusal(house, at, phone=phone(1)) == "REC-07"
        return
    house.sleep()
    house.sign_in("A", at="00:00:00")
    assert house.visit(at, phone=phone(1)).decision == "returning"
    reception = Reception.objects.get(pk=first.reception.pk)
    assert (reception.closed_at_midnight, reception.ended_at) == (True, house.at("00:00"))


# Calls and web leads


@pytest.mark.rule("OWN-04")
def test_a_first_call_belongs_to_whoever_answered(house):
    told = house.call("10:00", "C", phone=phone(1), named="B")
    assert (told.decision, house.owner(told), told.reception) == ("new", "C", None)
    assert (told.line.receiver, house.customer(told).episodes.get().basis) == (house.people["C"], "first_call")
    assert house.order() == [("A", 1), ("B", 1), ("C", 1)]


@pytest.mark.rule("OWN-04")
def test_a_call_without_an_answerer_is_refused(house):
    assert refusal(house, kind="call", phone=phone(1)) == "OWN-04"


@pytest.mark.rule("OWN-04")
def test_a_call_answered_by_the_desk_belongs_to_nobody_who_sells(house):
    assert refusal(house, kind="call", answered_by=house.clerk) == "OFF-02"


@pytest.mark.rule("OWN-06a")
def test_a_returning_call_counts_as_a_follow_up(house):
    first = house.call("10:00", "C", phone=phone(1))
    house.sleep(10)
    told = house.call("10:00", "A", phone=phone(1))
    assert (told.decision, house.owner(told), told.line.receiver) == ("returning", "C", house.people["A"])
    assert house.customer(first).valid_until == house.on + timedelta(days=30)


@pytest.mark.rule("OWN-05")
@pytest.mark.rule("OWN-06c")
def test_a_web_lead_is_nobodys_and_is_registered_by_the_visit(house):
    lead = house.web("10:00", phone=phone(1))
    assert (lead.decision, lead.line.owner, house.customer(lead).standing) == ("new", None, "unassigned")
    told = house.visit("11:00", phone=phone(1))
    assert (told.decision, house.owner(told), told.customer, told.line.first) == ("new", "A", lead.customer, False)
    assert house.customer(told).number == 2


@pytest.mark.rule("OWN-06c")
def test_a_web_lead_who_calls_belongs_to_whoever_answered(house):
    house.web("10:00", phone=phone(1))
    told = house.call("11:00", "B", phone=phone(1))
    assert (told.decision, house.owner(told)) == ("new", "B")


@pytest.mark.rule("OWN-06c")
def test_a_second_web_lead_of_the_same_person_opens_nothing(house):
    house.web("10:00", phone=phone(1))
    told = house.web("11:00", phone=phone(1))
    assert (told.decision, told.line.opens, house.customer(told).standing) == ("returning", False, "unassigned")


@pytest.mark.rule("OWN-06a")
def test_a_web_lead_of_an_active_customer_is_no_follow_up(house):
    first = house.call("10:00", "A", phone=phone(1))
    house.sleep(10)
    told = house.web("10:00", phone=phone(1))
    assert (told.decision, house.owner(told)) == ("returning", "A")
    assert house.customer(first).valid_until == house.on + timedelta(days=20)


# Family, company, referral, named


@pytest.mark.rule("OWN-01")
@pytest.mark.parametrize("relation", ["spouse", "parent", "child"])
def test_a_relative_is_the_same_customer(house, relation):
    first = house.visit("10:00", phone=phone(1))
    house.leave(first, "10:10")
    told = house.visit("10:30", phone=phone(2), relative=house.customer(first), relation=relation)
    assert (told.decision, house.receiver(told), told.customer, told.line.opens) == (
        "family",
        "A",
        first.customer,
        False,
    )
    assert [person.relation for person in house.customer(first).people.all()] == ["self", relation]
    assert house.order() == [("B", 1), ("C", 1), ("A", 2)]


@pytest.mark.rule("OWN-01")
def test_another_relative_is_not_the_same_customer(house):
    first = house.visit("10:00", phone=phone(1))
    told = house.visit("10:30", phone=phone(2), relative=house.customer(first), relation="other")
    assert (told.decision, house.receiver(told), house.customer(told).people.count()) == ("new", "B", 1)
    assert told.customer != first.customer


@pytest.mark.rule("OWN-02")
def test_a_shareholder_is_the_same_company(house):
    first = house.visit("10:00", phone=phone(1))
    house.leave(first, "10:10")
    told = house.visit("10:30", phone=phone(2), relative=house.customer(first), relation="shareholder")
    assert (told.decision, house.owner(told), house.customer(told).kind) == ("shareholder", "A", "company")


@pytest.mark.rule("OWN-01")
def test_a_relative_of_a_lapsed_customer_is_that_customer_registered_anew(house):
    first = house.visit("10:00", phone=phone(1))
    house.sleep(31)
    house.sign_in("B", "A")
    told = house.visit("10:30", phone=phone(2), relative=house.customer(first), relation="spouse")
    assert (told.decision, told.customer, house.owner(told)) == ("lapsed", first.customer, "B")
    assert house.customer(told).people.count() == 2


@pytest.mark.rule("OWN-08")
def test_a_customer_brought_by_an_old_one_belongs_to_the_rep_named(house):
    old = house.visit("10:00", phone=phone(1))
    house.leave(old, "10:10")
    told = house.visit("10:30", phone=phone(2), referrer=house.customer(old), named="A")
    assert (told.decision, house.receiver(told), house.owner(told)) == ("referred", "A", "A")
    assert house.customer(told).episodes.get().basis == "referral"
    assert house.order() == [("B", 1), ("C", 1), ("A", 2)]


@pytest.mark.rule("OWN-08")
def test_a_referral_without_a_named_rep_is_new(house):
    old = house.visit("10:00", phone=phone(1))
    house.leave(old, "10:10")
    told = house.visit("10:30", phone=phone(2), referrer=house.customer(old))
    assert (told.decision, house.owner(told)) == ("new", "B")


@pytest.mark.rule("OWN-08")
def test_a_referral_that_names_another_rep_is_a_named_request(house):
    old = house.visit("10:00", phone=phone(1))
    house.leave(old, "10:10")
    told = house.visit("10:30", phone=phone(2), referrer=house.customer(old), named="C")
    assert (told.decision, house.owner(told)) == ("named", "C")


@pytest.mark.rule("OWN-09")
def test_a_first_visitor_who_names_a_rep_goes_to_that_rep(house):
    told = house.visit("10:00", phone=phone(1), named="C")
    assert (told.decision, house.receiver(told), house.owner(told)) == ("named", "C", "C")
    assert house.order() == [("A", 1), ("B", 1), ("C", 1)]
    assert house.customer(told).episodes.get().basis == "named"


@pytest.mark.rule("OWN-09")
@pytest.mark.rule("OWN-15")
def test_a_named_rep_who_is_absent_owns_and_the_head_helps(house):
    house.away("C", "09:30")
    told = house.visit("10:00", phone=phone(1), named="C")
    assert (house.receiver(told), house.owner(told), told.reception.as_helper) == ("A", "C", True)
    assert house.order() == [("A", 1), ("B", 1), ("C", 1)]


@pytest.mark.rule("OWN-15")
@pytest.mark.rule("REC-13")
def test_the_head_helps_when_the_owner_is_absent_and_the_owner_is_told(house):
    house.leave(house.visit("10:00", phone=phone(1)), "10:10")
    house.away("A", "10:20")
    told = house.visit("10:30", phone=phone(1))
    helper, owner = house.people["B"], house.people["A"]
    assert (house.receiver(told), house.owner(told), told.reception.as_helper) == ("B", "A", True)
    assert [grant.user for grant in CustomerGrant.objects.all()] == [helper]
    assert Notice.objects.filter(user=owner).count() == 1
    assert list(helped_by(helper, house.at("23:59:59"))) == [{"content_object_id": told.customer.pk}]
    assert list(helped_by(helper, house.at("00:00", house.on + timedelta(days=1)))) == []


# Looking, overload, assignment, out of turn


@pytest.mark.rule("REC-15")
def test_a_looking_visitor_has_no_line_no_number_and_no_customer(house):
    told = house.visit("10:00", look=True, phone=phone(1), party=3)
    assert (told.decision, told.line, told.customer, house.receiver(told)) == ("looking", None, None, "A")
    assert (house.numbers(), Customer.objects.count(), house.seat("A").given_back) == ([], 0, 1)
    house.leave(told, "10:05")
    assert house.queue() == "ABC"


@pytest.mark.rule("REC-11")
def test_overload_gives_the_visitor_to_anyone_probationary_staff_included(house):
    for minute in range(3):
        house.visit(f"10:0{minute}")
    assert refusal(house) == "REC-11"
    told = house.visit("10:05", overload="P", phone=phone(1), reason="三组同时到访")
    assert (told.decision, house.receiver(told), house.owner(told)) == ("new", "P", "P")
    assert RotationEvent.objects.last().reason == "三组同时到访"
    assert house.order() == [("A", 2), ("B", 2), ("C", 2)]


@pytest.mark.rule("REC-11")
def test_an_owner_who_is_away_is_called_back_by_overload(house):
    house.leave(house.visit("10:00", phone=phone(1)), "10:10")
    house.visit("10:20")
    house.visit("10:21")
    house.away("A", "10:22")
    assert refusal(house, "10:30", phone=phone(1)) == "OWN-15"
    told = house.visit("10:31", phone=phone(1), overload="A")
    assert (told.decision, house.receiver(told), told.reception.as_helper) == ("returning", "A", False)
    assert (house.seat("A").state, house.seat("A").taken) == ("receiving", 1)


@pytest.mark.rule("REC-14")
def test_a_direct_assignment_makes_the_assigned_rep_the_owner(house):
    told = house.visit("10:00", to="C", reason="客户讲粤语", phone=phone(1))
    assert (told.decision, house.receiver(told), house.owner(told)) == ("assigned", "C", "C")
    assert house.order() == [("A", 1), ("B", 1), ("C", 2)]
    assert house.customer(told).episodes.get().basis == "first_visit"
    assert Breach.objects.count() == 0


@pytest.mark.rule("REC-14")
@pytest.mark.parametrize("said", [{"reason": ""}, {"reason": "  "}, {"reason": "好", "supervisor": None}])
def test_a_direct_assignment_needs_a_supervisor_and_a_reason(house, said):
    assert refusal(house, to="C", **said) == "REC-14"


@pytest.mark.rule("REC-14")
def test_a_direct_assignment_by_the_desk_or_by_another_offices_supervisor_is_refused(house):
    assert refusal(house, to="C", reason="好", supervisor=house.clerk) == "OFF-03"
    assert refusal(house, to="C", reason="好", supervisor=House("X").supervisor) == "OFF-03"


@pytest.mark.rule("REC-14")
def test_the_supervisors_word_for_the_owner_is_an_ordinary_reception(house):
    house.leave(house.visit("10:00", phone=phone(1)), "10:10")
    told = house.visit("10:30", phone=phone(1), to="A", reason="熟客")
    assert (told.decision, house.receiver(told), house.order()) == ("returning", "A", [("B", 1), ("C", 1), ("A", 2)])


@pytest.mark.rule("REC-16")
def test_a_visitor_taken_out_of_turn_is_flagged_and_not_lost(house):
    told = house.visit("10:00", taken_by="C", phone=phone(1))
    breach = Breach.objects.get()
    assert (breach.who, breach.line, breach.kind) == (house.people["C"], told.line, "order")
    assert (house.owner(told), house.order()) == ("C", [("A", 1), ("B", 1), ("C", 2)])
    assert Notice.objects.filter(user=house.supervisor).count() == 1


@pytest.mark.rule("REC-16")
@pytest.mark.parametrize("said", [{"taken_by": "A"}, {"taken_by": "C", "named": "C"}])
def test_taking_a_visitor_of_ones_own_or_as_head_is_no_breach(house, said):
    house.visit("10:00", phone=phone(1), **said)
    assert Breach.objects.count() == 0


@pytest.mark.rule("REC-16")
def test_a_colleagues_customer_taken_out_of_turn_stays_the_colleagues(house):
    house.leave(house.visit("10:00", phone=phone(1)), "10:10")
    told = house.visit("10:30", phone=phone(1), taken_by="C")
    assert (told.decision, house.receiver(told), house.owner(told)) == ("returning", "C", "A")
    assert (Breach.objects.count(), house.seat("C").round) == (1, 2)


@pytest.mark.rule("REC-12")
def test_helpers_of_a_large_party_may_see_the_customer(house):
    told = house.visit("10:00", party=8, helpers=3, phone=phone(1))
    assert house.queue() == ""
    assert {house.codes[grant.user_id] for grant in CustomerGrant.objects.all()} == {"B", "C", "P"}
    assert [house.seat(code).taken for code in "ABC"] == [1, 0, 0]
    house.leave(told, "10:30")
    assert (house.queue(), CustomerGrant.objects.count()) == ("BCA", 0)


# Whose word counts


@pytest.mark.rule("REG-07")
def test_the_same_decision_is_reached_whoever_types(house):
    house.leave(house.visit("10:00", phone=phone(1)), "10:10")
    colleague = house.people["C"]
    seen = []
    for by in (house.clerk, house.supervisor, house.people["A"], colleague):
        verdict, customer = checkin.verdict_on(house.office, Arrival("visit", phone=phone(1)), now=house.at("11:00"))
        told = house.visit("11:00", by=by, phone=phone(1))
        house.leave(told, "11:00")
        seen.append((astuple(verdict), customer.pk, told.decision, told.line.owner_id, told.reason))
    assert len(set(seen)) == 1


@pytest.mark.rule("REG-06")
@pytest.mark.parametrize(
    ("said", "decision", "receiver"),
    [
        ({"phone": phone(9)}, "new", "B"),
        ({"phone": phone(1)}, "returning", "A"),
        ({"phone": phone(2)}, "lapsed", "B"),
        ({"phone": phone(9), "relation": "spouse"}, "family", "A"),
        ({"phone": phone(9), "relation": "shareholder"}, "shareholder", "A"),
        ({"phone": phone(9), "named": "C"}, "named", "C"),
        ({"look": True}, "looking", "B"),
    ],
)
def test_what_the_desk_is_told_at_once_is_what_then_happens(house, said, decision, receiver):
    house.on -= timedelta(days=40)
    house.call("09:00", "C", phone=phone(2))
    house.on += timedelta(days=40)
    first = house.visit("09:30", phone=phone(1))
    house.leave(first, "09:40")
    said = {**said, **({"relative": house.customer(first)} if "relation" in said else {})}
    named = {"named": house.people[said["named"]]} if "named" in said else {}
    before = footprint(house)
    told = answer.to(house.office, Arrival("visit", **{**said, **named}), by=house.clerk, now=house.at("10:00"))
    assert (told.decision, house.codes[told.receiver], told.refusal) == (decision, receiver, "")
    assert told.owner == {"returning": "A", "family": "A", "shareholder": "A", "named": "C"}.get(decision, "")
    assert told.former == ("C" if decision == "lapsed" else "")
    assert footprint(house) == before
    done = house.visit("10:00", **said)
    assert (done.decision, house.receiver(done)) == (decision, receiver)


@pytest.mark.rule("REG-06")
def test_the_desk_is_told_that_nobody_waits_and_by_whom_a_customer_is_received(house):
    for n in range(3):
        house.visit(f"09:3{n}", phone=phone(n))
    told = answer.to(house.office, Arrival("visit", phone=phone(9)), by=house.clerk, now=house.at("10:00"))
    assert (told.decision, told.receiver, told.rule) == ("new", None, "REC-11")
    again = answer.to(house.office, Arrival("visit", phone=phone(1)), by=house.clerk, now=house.at("10:00"))
    assert (again.decision, again.owner, again.received_by) == ("returning", "B", "B")


@pytest.mark.rule("REG-06")
def test_before_opening_the_desk_is_told_by_the_order_that_would_be_fixed():
    house = House(strategy="number")
    house.sign_in("C", "B", at="08:30")
    told = answer.to(house.office, Arrival("visit", phone=phone(9)), by=house.clerk, now=house.at("08:45"))
    assert house.codes[told.receiver] == house.receiver(house.visit("08:45")) == "B"


@pytest.mark.rule("REG-07")
def test_the_line_keeps_the_decision_with_its_reason_in_words(house):
    with translation.override("en"):
        told = house.visit("10:00", phone=phone(1))
    line = RegisterLine.objects.get(pk=told.line.pk)
    assert line.reason == told.reason
    assert line.reason == "No valid registration: registered as new. Head of the queue is A (round 1, place 1)."


@pytest.mark.rule("OFF-01")
@pytest.mark.parametrize("field", ["customer", "relative"])
def test_a_customer_of_another_office_is_refused(house, field):
    other = House("D")
    other.sign_in("D")
    theirs = other.visit("10:00", phone=phone(1))
    other.leave(theirs, "10:10")
    said = {field: other.customer(theirs), "relation": "spouse" if field == "relative" else ""}
    assert refusal(house, **said) == "OFF-01"
    assert refusal(house, referrer=other.customer(theirs), named="A") == "OFF-01"


@pytest.mark.rule("OFF-01")
def test_a_phone_number_known_in_another_office_is_new_here(house):
    other = House("D")
    other.sign_in("D")
    other.visit("10:00", phone=phone(1))
    assert house.visit("10:00", phone=phone(1)).decision == "new"


@pytest.mark.rule("OFF-01")
@pytest.mark.parametrize("field", ["named", "taken_by", "overload"])
def test_a_rep_of_another_office_is_refused(house, field):
    assert refusal(house, **{field: House("D").people["D"]}) == "OFF-02"


@pytest.mark.rule("OFF-02")
def test_one_who_does_not_sell_is_refused_as_receiver(house):
    assert refusal(house, named=house.clerk) == "OFF-02"
    assert refusal(house, named=house.hire("planner", Role.PLANNER)) == "OFF-02"


@pytest.mark.rule("REG-03")
def test_a_line_holds_what_the_desk_said(house):
    told = house.visit(
        "10:00",
        phone=phone(1),
        name="王示例",
        party=3,
        companions="妻、子",
        needs="三室",
        appointment=True,
        source="agent",
    )
    line = RegisterLine.objects.select_related("customer__key").get(pk=told.line.pk)
    assert (line.kind, line.at, line.party, line.appointment, line.source, line.recorded_by) == (
        "visit",
        house.at("10:00"),
        3,
        True,
        "agent",
        house.clerk,
    )
    assert {key: value for key, value in checkin.registers.details_of(line).items() if key != "r"} == {
        "name": "王示例",
        "phone": phone(1),
        "companions": "妻、子",
        "needs": "三室",
    }


@pytest.mark.parametrize(("kind", "source"), [("visit", "walk_in"), ("call", "call_in"), ("web", "web")])
def test_the_usual_source_is_filled_in(house, kind, source):
    said = {"answered_by": "A"} if kind == "call" else {}
    assert house.arrive("10:00", kind=kind, **said).line.source == source


@pytest.mark.rule("OWN-10")
def test_a_visit_after_a_follow_up_was_rejected_meets_the_lapsed_state(house):
    told = house.visit("10:00", phone=phone(1))
    house.leave(told, "10:10")
    house.sleep(20)
    faked = contacts.record(
        house.customer(told), by=house.people["A"], now=house.at("10:00"), manner="phone", reached=True, result="好"
    )
    house.sleep(15)
    contact_signing.reject(faked, by=house.supervisor, now=house.at("09:00"), reason="没有通话记录")
    house.sign_in("B", at="09:10")
    assert house.visit("10:00", phone=phone(1)).decision == "lapsed"

"""Whoever goes becomes nobody's owner at the desk, on the telephone, by a web lead or by an import (HAND-02, OFF-04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from common.errors import RuleError
from customers import bringing, leaving, ownership
from customers.models import Customer, Episode, OfficeRegister
from reception import leaving as announcing
from reception import roster
from reception.models import RotationEvent
from staff.models import Posting, User
from staff.roles import Role
from tests.house import House, phone
from tests.test_concurrency import together

pytestmark = pytest.mark.django_db
ROUNDS = 8


@pytest.fixture
def house():
    """An office at noon, two at the board, whose manager lets people go."""
    made = House("AB")
    with time_machine.travel(made.at("10:00"), tick=False):
        made.manager = made.hire("mm", Role.MARKETING_MANAGER)
        assert made.manager.posting is not None
        for person in made.people.values():
            assert person.posting is not None
        yield made


def close(house: House, code: str) -> str:
    leaving.close_account(User.objects.get(pk=house.people[code].pk), by=house.manager, now=house.at("10:00"))
    return "gone"


def end_later(house: House, code: str) -> str:
    last = house.on + timedelta(days=20)
    who = User.objects.get(pk=house.people[code].pk)
    leaving.end_posting(who, last_day=last, by=house.manager, now=house.at("10:00"))
    return "gone"


def left_behind() -> int:
    """Customers whose owner has gone or goes."""
    gone = Posting.objects.filter(until__isnull=False).values("user")
    return Customer.objects.filter(owner__in=gone).count()


@pytest.mark.rule("HAND-02", "OFF-04", "REC-07")
@pytest.mark.parametrize("go", [close, end_later])
def test_a_visitor_goes_to_the_next_when_the_head_has_gone(house, go):
    house.sign_in("A", "B")
    go(house, "A")
    told = house.visit("10:00", name="王先生", phone=phone(1))
    assert (told.customer.owner, told.line.number) == (house.people["B"], 1)
    struck = RotationEvent.objects.get(kind="unfit")
    assert (struck.who, struck.reason) == (house.people["A"], "leaving")
    assert house.queue() == ""


@pytest.mark.rule("HAND-02", "REC-11")
def test_nobody_is_left_when_all_have_gone(house):
    house.sign_in("A")
    close(house, "A")
    with pytest.raises(RuleError) as refused:
        house.visit("10:00", name="王先生", phone=phone(1))
    assert (refused.value.rule, Customer.objects.count(), house.numbers()) == ("REC-11", 0, [])


@pytest.mark.rule("HAND-02", "OFF-04")
@pytest.mark.parametrize("said", ["overload", "to", "taken_by"])
def test_nobody_is_chosen_who_has_gone(house, said):
    house.sign_in("A", "B")
    close(house, "A")
    if said == "overload":
        house.away("B", "09:10")
    with pytest.raises(RuleError) as refused:
        house.visit("10:00", name="王先生", phone=phone(1), reason="主管安排", **{said: "A"})
    assert refused.value.rule in ("REC-11", "REC-14", "OFF-04")
    assert Customer.objects.count() == 0


@pytest.mark.rule("HAND-02", "OWN-09")
def test_whoever_is_asked_for_by_name_and_has_gone_becomes_no_owner(house):
    house.sign_in("B")
    close(house, "A")
    with pytest.raises(RuleError) as refused:
        house.visit("10:00", name="王先生", phone=phone(1), named="A")
    assert (refused.value.rule, Customer.objects.count()) == ("OFF-04", 0)


@pytest.mark.rule("HAND-02", "OWN-04")
@pytest.mark.parametrize("go", [close, end_later])
def test_a_call_makes_nobody_owner_who_has_gone(house, go):
    go(house, "A")
    with pytest.raises(RuleError) as refused:
        house.call("10:00", "A", phone=phone(1))
    assert (refused.value.rule, Customer.objects.count(), house.numbers()) == ("OFF-04", 0, [])


@pytest.mark.rule("OFF-04")
def test_a_call_makes_nobody_owner_who_is_known_to_leave(house):
    announcing.announce(house.office, house.people["A"], by=house.manager, now=house.at("10:00"))
    with pytest.raises(RuleError) as refused:
        house.call("10:00", "A", phone=phone(1))
    assert refused.value.rule == "OFF-04"


@pytest.mark.rule("OFF-04", "REC-01")
def test_whoever_goes_does_not_sign_in(house):
    end_later(house, "A")
    with pytest.raises(RuleError) as refused:
        house.sign_in("A")
    assert refused.value.rule == "OFF-04"


def brought(house: House, code: str, days: int) -> bringing.Brought:
    at = house.at("10:00") - timedelta(days=days)
    return bringing.Brought(uuid4(), "call", at, "王先生", phone(1), {}, "旧册", "call_in", owner=house.people[code])


@pytest.mark.rule("HAND-02", "REG-10")
def test_an_import_gives_whoever_has_gone_no_customer_of_today(house):
    close(house, "A")
    said = {"by": house.manager, "now": house.at("10:00")}
    with pytest.raises(RuleError) as refused:
        bringing.bring_in(house.office, [brought(house, "A", 3)], **said)
    assert (refused.value.rule, Customer.objects.count()) == ("HAND-02", 0)
    assert len(bringing.bring_in(house.office, [brought(house, "A", 200)], **said)) == 1
    assert left_behind() == Customer.objects.filter(owner=house.people["A"], valid_until__lt=house.on).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("HAND-02", "OFF-04")
@pytest.mark.parametrize("way", ["visit", "call", "named"])
def test_whoever_goes_in_the_same_instant_becomes_no_owner(house, way):
    house.sign_in("B")
    for n in range(ROUNDS):
        code = chr(ord("C") + n)
        person = house.people[code] = house.hire(code, Role.REP, 10 + n)
        assert person.posting is not None
        roster.sign_in(house.office, person, now=house.at("09:00"))
        ways: dict[str, Callable[..., Any]] = {
            "visit": lambda: house.visit("10:00", name="王", phone=phone(n), taken_by=code, reason="在场"),  # noqa: B023
            "call": lambda: house.call("10:00", code, phone=phone(n)),  # noqa: B023
            "named": lambda: house.visit("10:00", name="王", phone=phone(n), named=code),  # noqa: B023
        }
        told = together(lambda: close(house, code), lambda: ways[way]() and "in")  # noqa: B023
        assert sorted(told) in (["HAND-02", "in"], ["OFF-04", "gone"], ["REC-14", "gone"])
        assert left_behind() == 0


def careless(customer: Customer, to: User, house: House) -> None:
    """The broken twin of a registration: whoever was there when it began is taken for somebody who is here."""
    ownership.end_episode(customer, office=house.office, now=house.at("10:00"), ended="lapsed")
    ownership.open_episode(customer, owner=to, basis="first_call", office=house.office, now=house.at("10:00"))
    customer.save()


def test_a_registration_that_does_not_look_again_leaves_customers_behind_and_is_caught(house):
    customer = house.customer(house.call("09:30", "B", phone=phone(1)))
    close(house, "A")
    careless(customer, house.people["A"], house)
    assert left_behind() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("OWN-07", "OWN-14")
def test_a_customer_of_the_pool_who_comes_while_given_out_has_one_owner(house):
    for n in range(ROUNDS):
        with time_machine.travel(house.at("10:00") - timedelta(days=60), tick=False):
            house.sleep(-60)
            lapsed = house.customer(house.call("09:30", "A", phone=phone(n)))
            house.sleep(60)
        told = together(
            lambda: (
                ownership.assign(lapsed, to=house.people["A"], by=house.supervisor, now=house.at("10:00")) and "given"  # noqa: B023
            ),
            lambda: house.call("10:00", "B", phone=phone(n)).decision,  # noqa: B023
        )
        assert sorted(told) in (["given", "returning"], ["OWN-07", "lapsed"])
        assert Episode.objects.filter(customer=lapsed, until=None).count() == 1
    assert OfficeRegister.objects.get(office=house.office).last_number == 2 * ROUNDS

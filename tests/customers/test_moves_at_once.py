"""A customer given to somebody whose posting ends, and a dispute ruled on twice, at the same instant: one of two wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from customers import disputes, handover, leaving, ownership
from customers.models import Customer, Dispute, Episode, HandoverShare, Ruling
from staff.models import Posting, User
from staff.roles import Role
from tests.house import NOON, House, phone
from tests.test_concurrency import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


@pytest.fixture(autouse=True)
def noon():
    """The clock of the office."""
    with time_machine.travel(NOON, tick=False):
        yield


class Goers:
    """An office whose manager lets a new rep go in each round, while somebody gives them a customer."""

    def __init__(self) -> None:
        self.house = House("A")
        self.manager = self.house.hire("mm", Role.MARKETING_MANAGER)
        self.now = self.house.at("12:00")
        for one in (self.manager, self.house.supervisor):
            assert one.posting is not None

    def round(self, n: int) -> tuple[User, Customer]:
        """Somebody new, as two requests each read them, and a customer of A's."""
        customer = self.house.customer(self.house.call("09:30", "A", phone=phone(n)))
        return self.house.hire(f"新人{n}", Role.REP), customer

    def close(self, person: User) -> str:
        leaving.close_account(User.objects.get(pk=person.pk), by=self.manager, now=self.now)
        return "gone"

    def end(self, person: User) -> str:
        leaving.end_posting(User.objects.get(pk=person.pk), last_day=self.house.on, by=self.manager, now=self.now)
        return "gone"

    def transfer(self, customer: Customer, to: User) -> str:
        ownership.transfer(customer, to=to, by=self.house.supervisor, now=self.now, reason="片区调整")
        return "given"

    def rule(self, dispute: Dispute, to: User) -> str:
        disputes.rule(dispute, by=self.house.supervisor, now=self.now, text="归新人", to=to)
        return "given"


def careless(customer: Customer, to: User) -> str:
    """The broken twin of a transfer: who was looked at before is taken for somebody who is here."""
    assert to.posting is not None
    Customer.objects.filter(pk=customer.pk).update(owner=to)
    return "given"


def left_behind() -> int:
    """Customers whose owner has gone."""
    gone = Posting.objects.filter(until__isnull=False).values("user")
    return Customer.objects.filter(owner__in=gone).count()


@pytest.mark.rule("HAND-02", "OFF-04")
@pytest.mark.parametrize("way", ["close", "end"])
def test_whoever_goes_is_given_no_customer_in_the_same_instant(way):
    goers = Goers()
    for n in range(ROUNDS):
        person, customer = goers.round(n)
        assert person.posting is not None
        go: Callable[[User], Any] = getattr(goers, way)
        told = together(lambda: go(person), lambda: goers.transfer(customer, person))  # noqa: B023
        assert sorted(told) in (["OFF-04", "gone"], ["HAND-02", "given"])
    assert left_behind() == 0


@pytest.mark.rule("HAND-02", "OFF-04")
def test_a_ruling_gives_nothing_to_whoever_goes_in_the_same_instant():
    goers = Goers()
    for n in range(ROUNDS):
        person, customer = goers.round(n)
        opened = disputes.open_dispute(customer, by=goers.house.supervisor, now=goers.now, claim="谁先接待")
        told = together(lambda: goers.close(person), lambda: goers.rule(opened, person))  # noqa: B023
        assert sorted(told) in (["OFF-04", "gone"], ["HAND-02", "given"])
    assert left_behind() == 0


def test_a_transfer_without_the_lock_leaves_customers_behind_and_is_caught():
    goers = Goers()
    person, customer = goers.round(1)
    assert person.posting is not None
    goers.close(person)
    careless(customer, person)
    assert left_behind() == 1


@pytest.mark.rule("OFF-04")
def test_nobody_who_goes_later_is_given_customers_either():
    goers = Goers()
    person, customer = goers.round(1)
    goers.end(person)
    assert together(lambda: goers.transfer(customer, person)) == ["OFF-04"]


@pytest.mark.rule("HAND-01", "HAND-02")
def test_a_receiver_who_goes_and_confirms_in_the_same_instant_does_one_of_both():
    goers = Goers()
    for n in range(ROUNDS):
        person, _customer = goers.round(n)
        giver = goers.house.hire(f"离开{n}", Role.REP)
        Customer.objects.filter(pk=_customer.pk).update(owner=giver)
        Episode.objects.filter(customer=_customer).update(owner=giver)
        said = {"by": goers.house.supervisor, "now": goers.now, "reason": "离职"}
        plan = handover.start(goers.house.office, giver, to=[person], **said)

        def confirm(plan=plan, person=person) -> str:
            handover.receive(plan, by=person, now=goers.now)
            return "given"

        told = together(lambda: goers.close(person), confirm)  # noqa: B023
        assert sorted(told) in (["OFF-04", "gone"], ["OFF-02", "gone"], ["HAND-02", "given"])
        waiting = HandoverShare.objects.filter(handover=plan, received_at__isnull=False).exists()
        assert waiting is ("given" in told)


@pytest.mark.rule("OWN-12")
def test_two_who_rule_at_once_leave_one_ruling():
    house = House("ABC")
    second = house.hire("第二主管", Role.SUPERVISOR)
    for n in range(ROUNDS):
        customer = house.customer(house.call("09:30", "A", phone=phone(n)))
        opened = disputes.open_dispute(customer, by=house.people["B"], now=house.at("11:00"), claim="先接待")

        def rule(by: User, to: str, opened=opened) -> str:
            one = Dispute.objects.select_related("customer", "office").get(pk=opened.pk)
            disputes.rule(one, by=by, now=house.at("12:00"), text=f"归{to}", to=house.people[to])
            return to

        told = together(lambda: rule(house.supervisor, "B"), lambda: rule(second, "C"))
        won = next(one for one in told if one in "BC")
        assert sorted(told) == sorted([won, "OWN-12"])
        ruling, after = Ruling.objects.get(dispute=opened), Customer.objects.get(pk=customer.pk)
        assert (ruling.text, after.owner) == (f"归{won}", house.people[won])
        assert Episode.objects.filter(customer=customer, until=None).count() == 1

"""Contacts recorded, signed and rejected, and what they do to the end of ownership."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import RuleError
from customers import contact_signing, contacts, lapses, ownership
from customers.models import Customer, FollowUp
from customers.validity import holds_until
from tests.house import House, phone

pytestmark = pytest.mark.django_db
EFFECTIVE = {"manner": "phone", "reached": True, "result": "约周末再看"}


@pytest.fixture
def house() -> House:
    """A, B and C signed in."""
    return House("ABC", on=date(2026, 3, 1))


@pytest.fixture
def customer(house) -> Customer:
    """A's customer since 1 March."""
    return house.customer(house.call("10:00", "A", phone=phone(1)))


def record(house: House, customer: Customer, at: str = "10:00", by: str = "A", **said: Any) -> FollowUp:
    """Somebody records a contact of today, an effective one unless said otherwise."""
    return contacts.record(customer, by=house.people[by], now=house.at(at), **{**EFFECTIVE, **said})


def reject(house: House, follow_up: FollowUp, at: str = "18:00", **said: Any) -> FollowUp:
    """The supervisor rejects a contact."""
    return contact_signing.reject(follow_up, by=house.supervisor, now=house.at(at), **said)


def end(customer: Customer) -> date:
    """The last day on which the registration holds."""
    customer.refresh_from_db()
    assert customer.episodes.get(until__isnull=True).valid_until == customer.valid_until
    return customer.valid_until


@pytest.mark.rule("OWN-06")
@pytest.mark.rule("OWN-10")
@pytest.mark.parametrize("night", [0, 1, 29, 30])
def test_an_effective_contact_moves_the_end_to_thirty_days_after_its_day(house, customer, night):
    house.sleep(night)
    record(house, customer, at="23:59:59")
    assert end(customer) == house.on + timedelta(days=30)


@pytest.mark.rule("OWN-06a")
@pytest.mark.parametrize("at", ["00:00:00", "00:00:01"])
def test_a_contact_with_a_lapsed_customer_is_refused(house, customer, at):
    house.sleep(31)
    with pytest.raises(RuleError) as refused:
        record(house, customer, at=at)
    assert refused.value.rule == "OWN-06a"
    assert (end(customer), FollowUp.objects.count()) == (date(2026, 3, 31), 0)


@pytest.mark.rule("OWN-10")
@pytest.mark.parametrize(
    "said", [{"reached": False}, {"result": ""}, {"result": "  "}, {"reached": False, "result": ""}]
)
def test_an_unreached_attempt_and_one_without_a_result_are_kept_and_move_nothing(house, customer, said):
    house.sleep(5)
    assert record(house, customer, **said).effective is False
    assert (end(customer), FollowUp.objects.count()) == (date(2026, 3, 31), 1)


@pytest.mark.rule("OWN-10")
@pytest.mark.parametrize(
    "manner", ["phone", "home_visit", "office_visit", "message", "wechat", "greeting", "gift", "gathering"]
)
def test_every_manner_counts(house, customer, manner):
    house.sleep(5)
    assert record(house, customer, manner=manner).effective is True


@pytest.mark.rule("OWN-10")
def test_one_awaiting_signature_counts_and_a_signed_one_as_well(house, customer):
    house.sleep(10)
    follow_up = record(house, customer)
    assert (follow_up.signature, end(customer)) == ("pending", date(2026, 4, 10))
    signed = contact_signing.sign(follow_up, by=house.supervisor, now=house.at("18:00"))
    assert (signed.signature, signed.decided_by, end(customer)) == ("signed", house.supervisor, date(2026, 4, 10))


@pytest.mark.rule("OWN-10")
def test_a_rejected_one_never_counted(house, customer):
    house.sleep(10)
    follow_up = record(house, customer)
    rejected = reject(house, follow_up, reason="没有通话记录")
    assert (rejected.effective, rejected.decided_reason, end(customer)) == (False, "没有通话记录", date(2026, 3, 31))


@pytest.mark.rule("OWN-10")
def test_rejecting_one_of_two_keeps_what_the_other_gives(house, customer):
    house.sleep(10)
    first = record(house, customer)
    house.sleep(5)
    second = record(house, customer)
    reject(house, second)
    assert end(customer) == date(2026, 4, 10)
    reject(house, first)
    assert end(customer) == date(2026, 3, 31)


@pytest.mark.rule("OWN-10")
def test_rejecting_one_in_between_leaves_the_later_ones_too_late(house, customer):
    house.sleep(20)
    bridge = record(house, customer)
    house.sleep(20)
    record(house, customer)
    assert end(customer) == date(2026, 5, 10)
    reject(house, bridge)
    assert end(customer) == date(2026, 3, 31)
    assert customer.state(house.on) == "lapsed"


@pytest.mark.rule("OWN-10")
def test_a_rejection_after_the_lapse_was_written_moves_the_lapse(house, customer):
    house.sleep(10)
    follow_up = record(house, customer)
    house.sleep(40)
    assert lapses.write_lapses(house.office, now=house.at("06:00")) == 1
    assert customer.episodes.get().until == house.at("00:00", date(2026, 4, 11))
    reject(house, follow_up)
    episode = customer.episodes.get()
    assert (episode.until, episode.valid_until) == (house.at("00:00", date(2026, 4, 1)), date(2026, 3, 31))


@pytest.mark.rule("OWN-10")
def test_a_rejection_does_not_touch_a_later_episode(house, customer):
    house.sleep(10)
    follow_up = record(house, customer)
    ownership.transfer(customer, to=house.people["B"], by=house.supervisor, now=house.at("12:00"), reason="调岗")
    reject(house, follow_up)
    assert end(customer) == date(2026, 4, 10)
    first = customer.episodes.first()
    assert (first.ended, first.until) == ("handover", house.at("12:00"))


@pytest.mark.rule("OWN-10")
def test_a_rejection_of_before_the_lapse_leaves_the_registration_anew_alone(house, customer):
    house.sleep(10)
    follow_up = record(house, customer)
    house.sleep(40)
    lapses.write_lapses(house.office, now=house.at("06:00"))
    house.call("10:00", "A", phone=phone(1))
    anew = end(customer)
    reject(house, follow_up)
    assert anew == end(customer) == house.on + timedelta(days=30)
    assert customer.episodes.first().valid_until == date(2026, 3, 31)


@pytest.mark.rule("OWN-10")
def test_a_rejection_after_a_subscription_sets_no_clock_going(house, customer):
    house.sleep(10)
    follow_up = record(house, customer)
    with transaction.atomic():
        ownership.reserve(ownership.relock(customer))
    reject(house, follow_up)
    customer.refresh_from_db()
    assert (customer.standing, customer.valid_until) == ("subscribed", None)
    assert customer.episodes.get().valid_until == date(2026, 3, 31)


@pytest.mark.rule("OWN-06a")
def test_a_contact_that_is_written_down_late_counts_from_its_own_day(house, customer):
    at = house.at("15:00", house.on + timedelta(days=3))
    house.sleep(10)
    assert record(house, customer, **{}).extends_to == date(2026, 4, 10)
    late = contacts.record(customer, by=house.people["A"], now=house.at("11:00"), at=at, **EFFECTIVE)
    assert (late.day, late.extends_to, end(customer)) == (date(2026, 3, 4), date(2026, 4, 3), date(2026, 4, 10))


@pytest.mark.rule("FUP-03")
def test_a_contact_in_the_future_or_before_the_ownership_is_refused(house, customer):
    house.sleep(1)
    for at, rule in ((house.at("10:00:01"), "FUP-03"), (house.at("09:59:59", date(2026, 3, 1)), "OWN-06")):
        with pytest.raises(RuleError) as refused:
            contacts.record(customer, by=house.people["A"], now=house.at("10:00:00"), at=at, **EFFECTIVE)
        assert refused.value.rule == rule


@pytest.mark.rule("FUP-02")
def test_the_next_contact_is_no_earlier_than_this_one(house, customer):
    assert record(house, customer, next_on=house.on).next_on == house.on
    with pytest.raises(RuleError):
        record(house, customer, next_on=house.on - timedelta(days=1))


@pytest.mark.rule("OFF-03")
def test_only_the_owner_records(house, customer):
    for by in (house.people["B"], house.supervisor, House("X").people["X"]):
        with pytest.raises(RuleError) as refused:
            contacts.record(customer, by=by, now=house.at("11:00"), **EFFECTIVE)
        assert refused.value.rule == "OFF-03"


@pytest.mark.rule("FUP-04")
def test_a_contact_is_signed_or_rejected_once_by_the_supervisor_of_the_office(house, customer):
    follow_up = record(house, customer)
    for by in (house.people["A"], house.people["B"], house.clerk, House("X").supervisor):
        with pytest.raises(RuleError) as refused:
            contact_signing.sign(follow_up, by=by, now=house.at("18:00"))
        assert refused.value.rule == "OFF-03"
    contact_signing.sign(follow_up, by=house.supervisor, now=house.at("18:00"))
    for rule in (contact_signing.sign, contact_signing.reject):
        with pytest.raises(RuleError) as refused:
            rule(follow_up, by=house.supervisor, now=house.at("18:01"))
        assert refused.value.rule == "FUP-04"


@pytest.mark.rule("FUP-04")
def test_a_line_of_the_register_needs_no_signature_and_cannot_be_rejected(house, customer):
    house.call("11:00", "B", customer=customer)
    with pytest.raises(RuleError) as refused:
        reject(house, FollowUp.objects.get())
    assert refused.value.rule == "FUP-04"


@pytest.mark.rule("OWN-06")
def test_a_change_of_the_policy_counts_for_what_is_recorded_from_then_on(house, customer):
    house.sleep(5)
    record(house, customer)
    house.office.policy.valid_days = 10
    house.office.policy.save()
    customer = Customer.objects.select_related("key").get(pk=customer.pk)
    house.sleep(20)
    record(house, customer)
    assert end(customer) == date(2026, 4, 5)
    house.sleep(10)
    late = record(house, customer)
    assert (late.extends_to, end(customer)) == (date(2026, 4, 15), date(2026, 4, 15))


@pytest.mark.rule("OWN-10")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.booleans()), max_size=8))
def test_the_end_is_always_what_the_records_alone_give(house, steps):
    """Contacts and rejections in any order: what the rows mirror equals what is worked out from them."""
    house.on = date(2026, 3, 1)
    customer = house.customer(house.call("10:00", "A"))
    episode = customer.episodes.get()
    for nights, reached, rejecting in steps:
        house.sleep(nights)
        try:
            follow_up = record(house, customer, reached=reached)
        except RuleError:
            assert customer.state(house.on) == "lapsed"
            continue
        if rejecting:
            reject(house, follow_up)
        customer.refresh_from_db()
        kept = [(one.day, one.extends_to) for one in customer.follow_ups.all() if one.effective]
        assert end(customer) == holds_until(episode.first_until, kept)


# What the database promises


@pytest.mark.rule("FUP-04")
@pytest.mark.parametrize("signature", ["signed", "rejected"])
def test_a_signature_has_author_and_time(house, customer, signature):
    follow_up = record(house, customer)
    follow_up.signature = signature
    with pytest.raises(IntegrityError), transaction.atomic():
        follow_up.save()


@pytest.mark.rule("OWN-06a")
def test_a_line_counts_once(house, customer):
    house.call("11:00", "B", customer=customer)
    counted = FollowUp.objects.get()
    counted.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        counted.save(force_insert=True)

"""Consent: written down where it is said, taken back at once, everything kept."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from common.errors import RuleError
from customers import consent, messages
from customers.models import Channel, Consent, Customer, Purpose
from reception import helping
from staff.models import Message
from staff.roles import Role
from tests.house import phone

BOTH = [Purpose.MESSAGES, Purpose.RECORD]


def customer(house, **said):
    told = house.visit("09:10", name="孙小平", phone=phone(1), **said)
    return house.customer(told)


def give(house, one, purposes=BOTH, *, by=None, at="10:00", channel="desk"):
    return consent.give(one, purposes, channel=channel, by=by or house.people["A"], now=house.at(at))


def withdraw(house, one, purpose, *, by=None, at="11:00", channel="phone"):
    return consent.withdraw(one, purpose, channel=channel, by=by or house.people["A"], now=house.at(at))


def said_of(one) -> list[tuple]:
    rows = Consent.objects.filter(customer=one).order_by("pk")
    return list(rows.values_list("purpose", "given", "wording", "channel", "by__name"))


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(RuleError) as refused:
        act(*args, **kwargs)
    return refused.value.rule


@pytest.mark.rule("PRIV-01")
def test_what_is_ticked_at_arrival_is_written_down_with_its_wording_and_channel(house):
    one = customer(house, consent=True)
    caller = house.customer(house.call("09:20", "B", phone=phone(2), consent=True))
    lead = house.customer(house.web("09:30", phone=phone(3), consent=True))
    silent = house.customer(house.visit("09:40", phone=phone(4)))
    assert said_of(one) == [("messages", True, "arrival-1", "desk", "clerk")]
    assert said_of(caller) == [("messages", True, "arrival-1", "phone", "clerk")]
    assert said_of(lead) == [("messages", True, "arrival-1", "web", "clerk")]
    assert (said_of(silent), silent.consent) == ([], False)


@pytest.mark.rule("PRIV-01")
def test_a_known_visitor_who_agrees_now_is_written_down_once(house):
    told = house.visit("09:10", phone=phone(1))
    house.leave(told, at="09:40")
    one = house.customer(told)
    for at in ("11:00", "11:30"):
        house.call(at, "A", phone=phone(1), consent=True)
    assert Customer.objects.get(pk=one.pk).consent is True
    assert said_of(one) == [("messages", True, "arrival-1", "phone", "clerk")]


@pytest.mark.rule("PRIV-01")
def test_purposes_wording_channel_time_and_author_are_kept(house):
    one = customer(house)
    give(house, one, channel="written")
    assert said_of(one) == [
        ("messages", True, "page-1", "written", "A"),
        ("record", True, "page-1", "written", "A"),
    ]
    assert {row.at for row in Consent.objects.all()} == {house.at("10:00")}
    assert Customer.objects.get(pk=one.pk).consent is True


@pytest.mark.rule("PRIV-01")
def test_every_wording_that_was_used_can_still_be_read():
    used = {"arrival-1", "web-1", "page-1"}
    assert used <= set(consent.WORDINGS)
    assert set(consent.WORDINGS[consent.PRESENT]) == set(Purpose)
    assert set(consent.AT_ARRIVAL.values()) <= set(Channel)


@pytest.mark.rule("PRIV-01")
def test_nobody_agrees_twice_or_to_nothing(house):
    one = customer(house)
    give(house, one, [Purpose.RECORD])
    assert refusal(give, house, one, [Purpose.RECORD]) == "PRIV-01"
    assert refusal(give, house, one, []) == "PRIV-01"
    assert [row.purpose for row in give(house, one, BOTH)] == ["messages"]


@pytest.mark.rule("PRIV-01")
def test_owner_helper_and_desk_write_it_down_and_nobody_else(house, neighbour):
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    one = house.customer(told)
    for who in (house.people["B"], neighbour.supervisor, neighbour.clerk, house.hire("p", Role.PLANNER)):
        assert refusal(give, house, one, by=who) == "PRIV-01"
    helper = house.people["B"]
    helping.help_with(house.reception(told), helper=helper, by=house.supervisor, now=house.at("09:20"))
    give(house, one, [Purpose.RECORD], by=helper)
    give(house, one, [Purpose.MESSAGES], by=house.clerk)
    assert [row[-1] for row in said_of(one)] == ["B", "clerk"]


@pytest.mark.rule("PRIV-03")
def test_a_withdrawal_stops_what_waits_and_what_comes(house):
    told = house.visit("09:10", phone=phone(1), consent=True)
    house.leave(told, at="09:30")
    one = house.customer(told)
    assert list(Message.objects.values_list("state", flat=True)) == ["waiting"]
    withdraw(house, one, Purpose.MESSAGES, at="09:31")
    assert list(Message.objects.values_list("state", "why")) == [("withheld", "no consent")]
    assert messages.thank(Customer.objects.get(pk=one.pk), cause="again", now=house.at("09:40")) is False
    assert messages.deliver(now=house.at("09:40")) == 0


@pytest.mark.rule("PRIV-03")
def test_who_agrees_anew_is_not_sent_what_was_stopped(house):
    told = house.visit("09:10", phone=phone(1), consent=True)
    house.leave(told, at="09:30")
    one = house.customer(told)
    withdraw(house, one, Purpose.MESSAGES, at="09:31")
    give(house, one, [Purpose.MESSAGES], at="09:32")
    assert messages.deliver(now=house.at("09:33")) == 0
    assert messages.thank(Customer.objects.get(pk=one.pk), cause="again", now=house.at("09:40")) is True


@pytest.mark.rule("PRIV-03")
def test_only_what_was_agreed_to_is_taken_back_and_only_by_the_office(house, neighbour):
    one = customer(house)
    assert refusal(withdraw, house, one, Purpose.MESSAGES) == "PRIV-03"
    give(house, one)
    assert refusal(withdraw, house, one, Purpose.MESSAGES, by=neighbour.supervisor) == "PRIV-03"
    withdraw(house, one, Purpose.MESSAGES, by=house.people["B"])
    assert refusal(withdraw, house, one, Purpose.MESSAGES) == "PRIV-03"
    assert [(word.purpose, word.given) for word in consent.last_words(consent.history(one))] == [
        ("messages", False),
        ("record", True),
    ]


@pytest.mark.rule("PRIV-01")
def test_without_consent_to_a_record_none_is_kept(house):
    one = customer(house, consent=True)
    assert refusal(consent.check_record, one) == "PRIV-01"
    give(house, one, [Purpose.RECORD])
    consent.check_record(one)
    withdraw(house, one, Purpose.RECORD)
    assert refusal(consent.check_record, one) == "PRIV-01"


@pytest.mark.rule("PRIV-01")
def test_what_was_said_cannot_be_changed_afterwards(house):
    one = customer(house, consent=True)
    for change in (lambda rows: rows.update(given=False), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Consent.objects.filter(customer=one))
    assert len(said_of(one)) == 1

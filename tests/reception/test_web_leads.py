"""Web leads: taken in, screened, checked daily, given out; the signature of a webhook."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.errors import RuleError
from customers.models import LineKind, RegisterLine
from reception import channels, web_leads
from reception.arrival import Arrival
from reception.models import Delivery, WebCheck
from staff.models import Notice
from staff.roles import Role
from tests.house import House, phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    house = House("ABC")
    house.officer = house.hire("officer", Role.WEB_OFFICER)
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    house.sign_in("A", "B", "C")
    return house


def lead(house, n: int, at: str = "10:00"):
    return web_leads.take_in(
        house.office, Arrival(kind=LineKind.WEB, phone=phone(n)), by=house.officer, now=house.at(at)
    )


@pytest.mark.rule("WEB-02")
def test_a_new_lead_waits_and_a_known_customers_owner_is_told(house):
    known = house.visit("09:30", phone=phone(1))
    house.leave(known, at="09:50")
    told = lead(house, 1)
    assert (told.decision, told.customer.pk) == ("returning", known.customer.pk)
    assert Notice.objects.get(key=f"web:{told.line.pk}").user == house.people[house.receiver(known)]
    fresh = lead(house, 2)
    assert list(web_leads.waiting(house.office)) == [fresh.customer]
    assert {one.user.name for one in Notice.objects.filter(key=f"web:{fresh.line.pk}")} == {"supervisor", "manager"}
    assert lead(house, 2, at="11:00").customer == fresh.customer
    assert web_leads.waiting(house.office).count() == 1


@pytest.mark.rule("WEB-02")
def test_all_waiting_leads_are_given_out_evenly_by_the_supervisor_alone(house):
    for n in range(1, 6):
        lead(house, n)
    to = [house.people[code] for code in "AB"]
    with pytest.raises(RuleError):
        web_leads.give_out(house.office, to=to, by=house.officer, now=house.at("12:00"))
    assert web_leads.give_out(house.office, to=to, by=house.supervisor, now=house.at("12:00")) == 5
    assert [person.customers.count() for person in to] == [3, 2]
    assert web_leads.give_out(house.office, to=to, by=house.supervisor, now=house.at("12:01")) == 0


@pytest.mark.rule("WEB-01")
def test_the_days_check_is_confirmed_even_when_there_was_none(house):
    assert web_leads.confirm(house.office, by=house.officer, now=house.at("10:00")).found == 0
    lead(house, 1)
    assert web_leads.confirm(house.office, by=house.officer, now=house.at("17:00")).found == 1
    assert WebCheck.objects.count() == 1
    with pytest.raises(RuleError):
        web_leads.confirm(house.office, by=house.people["A"], now=house.at("17:00"))
    with pytest.raises(RuleError):
        web_leads.confirm(House("X").office, by=house.officer, now=house.at("17:00"))


@pytest.mark.rule("WEB-01")
def test_the_officer_is_asked_for_a_missing_check_once_before_closing(house):
    asked = [web_leads.ask_for_check(now=house.at(at)) for at in ("16:59", "17:00", "17:30", "23:59")]
    assert asked == [0, 1, 0, 0]
    assert Notice.objects.get().user == house.officer
    house.sleep()
    web_leads.confirm(house.office, by=house.officer, now=house.at("16:00"))
    assert web_leads.ask_for_check(now=house.at("17:00")) == 0


@pytest.mark.rule("WEB-01")
def test_a_lead_that_the_rules_refuse_is_put_before_those_who_take_leads_in(house):
    house.visit("09:30", phone=phone(1))
    arrival = Arrival(kind=LineKind.WEB, phone=phone(1))
    web_leads.take_in_unseen(house.office, arrival, now=house.at("09:40"))
    assert RegisterLine.objects.filter(kind=LineKind.WEB).count() == 0
    assert {notice.user.name for notice in Notice.objects.filter(key__startswith="web-refused")} == {
        "officer",
        "supervisor",
        "manager",
    }


def hook(house):
    channel, secret = channels.make(house.office, kind="hook", label="官网", by=house.manager, now=house.at("09:00"))
    return channels.find(channel.token, "hook"), bytes.fromhex(secret)


def verify(channel, house, at: str = "10:00", **said):
    channels.verify(channel, **{"timestamp": "0", "signature": "0" * 64, "body": b"{}", **said}, now=house.at(at))


@pytest.mark.rule("WEB-01")
def test_a_signature_holds_for_five_minutes_for_its_body_and_its_time_alone(house):
    channel, secret = hook(house)
    stamp = str(int(house.at("10:00").timestamp()))
    good = channels.sign(secret, stamp, b"{}")
    for at in ("09:55", "10:00", "10:05"):
        verify(channel, house, at, timestamp=stamp, signature=good)
    other, _its = hook(house)
    for wrong in (
        {"at": "10:05:01"},
        {"at": "09:54:59"},
        {"body": b"{ }"},
        {"timestamp": str(int(stamp) + 1)},
        {"timestamp": f" {stamp}"},
        {"timestamp": "9" * 11},
        {"signature": good.upper()},
        {"signature": good[:-1]},
        {"signature": ""},
        {"channel": other},
    ):
        said = {"channel": channel, "timestamp": stamp, "signature": good, **wrong}
        with pytest.raises(RuleError):
            verify(said.pop("channel"), house, said.pop("at", "10:00"), **said)


@pytest.mark.rule("WEB-01")
def test_a_message_is_taken_once_and_the_note_of_it_is_dropped_when_it_is_too_old(house):
    channel, _secret = hook(house)
    now = house.at("10:00")
    assert [channels.take(channel, signature="a" * 64, now=now) for _again in range(3)] == [True, False, False]
    channels.take(channel, signature="b" * 64, now=now + timedelta(minutes=16))
    assert [row.signature[0] for row in Delivery.objects.all()] == ["b"]


def test_only_the_manager_opens_and_closes_ways(house):
    for who in (house.officer, house.supervisor, House("X").supervisor):
        with pytest.raises(RuleError):
            channels.make(house.office, kind="form", label="官网", by=who, now=house.at("09:00"))
    with pytest.raises(RuleError):
        channels.make(house.office, kind="form", label=" ", by=house.manager, now=house.at("09:00"))
    channel, secret = channels.make(house.office, kind="form", label="官网", by=house.manager, now=house.at("09:00"))
    assert (secret, channels.find(channel.token, "form"), channels.find(channel.token, "hook")) == ("", channel, None)
    channels.close(channel, by=house.manager, now=house.at("10:00"))
    assert channels.find(channel.token, "form") is None


def test_the_secret_is_not_kept_in_the_open(house):
    channel, secret = hook(house)
    assert secret not in bytes(channel.secret_wrapped)

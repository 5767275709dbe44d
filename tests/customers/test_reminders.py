"""Reminders: what is due on its morning, overdue, a call on the day of a visit, cards late; each exactly once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import cards, contacts, ownership, reminders
from customers.cards import Findings
from customers.models import Customer
from staff.models import Notice
from tests.house import phone


@pytest.fixture
def customer(house) -> Customer:
    """A's customer of Monday, whose A-card is submitted."""
    found = house.customer(house.call("09:10", "A", phone=phone(1)))
    cards.submit(found, by=house.people["A"], now=house.at("09:30"), findings=Findings(True, True, True))
    cards.sign(found, by=house.supervisor, now=house.at("09:40"))
    cards.file(found, by=house.people["A"], now=house.at("09:50"))
    return found


def told(house, at: str) -> list[tuple[str, str]]:
    """What a run at a time of day puts: (reader, first words of the key). It runs three times, as it may."""
    before = set(Notice.objects.values_list("pk", flat=True))
    counts = [reminders.remind(now=house.at(at)) for _again in range(3)]
    fresh = Notice.objects.exclude(pk__in=before).select_related("user").order_by("user__name", "pk")
    assert counts == [len(fresh), 0, 0]
    return [(notice.user.name, notice.key.split(":")[0]) for notice in fresh]


def due(customer: Customer, days: int, house) -> None:
    customer.refresh_from_db()
    customer.next_due = house.on + timedelta(days=days)
    customer.save(update_fields=["next_due"])


@pytest.mark.rule("FUP-09")
def test_a_due_follow_up_is_told_on_its_morning_once(house, customer):
    due(customer, 1, house)
    assert told(house, "12:00") == []
    house.sleep()
    assert told(house, "06:59") == []
    assert told(house, "07:00") == [("A", "due")]
    assert told(house, "23:59") == []
    assert Notice.objects.get().link == f"/customers/{customer.pk}/"


@pytest.mark.rule("FUP-09")
def test_an_overdue_one_is_told_daily_and_after_two_days_to_the_supervisor(house, customer):
    due(customer, 0, house)
    days = []
    for _day in range(4):
        days.append(told(house, "08:00"))
        house.sleep()
    assert days == [
        [("A", "due")],
        [("A", "overdue")],
        [("A", "overdue"), ("supervisor", "overdue")],
        [("A", "overdue")],
    ]


@pytest.mark.rule("FUP-09")
def test_a_follow_up_done_or_a_customer_lapsed_reminds_nobody(house, customer):
    due(customer, 1, house)
    house.sleep()
    contacts.record(customer, by=house.people["A"], now=house.at("06:00"), manner="phone", reached=True, result="好")
    assert told(house, "08:00") == []
    house.sleep(60)
    assert told(house, "08:00") == []


@pytest.mark.rule("FUP-05")
def test_a_visitor_who_was_not_telephoned_is_asked_for_an_hour_before_closing(house):
    seen = house.visit("10:00", phone=phone(2))
    house.leave(seen, at="10:30")
    owner = house.receiver(seen)
    assert told(house, "16:59") == []
    assert told(house, "17:00") == [(owner, "call")]
    assert told(house, "19:00") == []


@pytest.mark.rule("FUP-05")
def test_only_a_call_after_the_visit_counts(house, customer):
    def call(at: str, manner: str = "phone") -> None:
        said = {"manner": manner, "reached": False, "result": ""}
        contacts.record(customer, by=house.people["A"], now=house.at(at), **said)

    call("09:45")
    house.leave(house.visit("10:00", customer=customer), at="10:30")
    call("11:00", "wechat")
    today = house.on
    assert list(reminders.calls_to_make(house.office, today)) == [customer]
    call("12:00")
    assert list(reminders.calls_to_make(house.office, today)) == []


@pytest.mark.rule("CARD-05")
def test_a_card_not_submitted_on_its_day_is_told_on_the_next_morning(house):
    house.leave(house.visit("10:00", phone=phone(2)), at="10:30")
    lead = house.customer(house.web("10:00", phone=phone(3)))
    house.sleep()
    assert told(house, "07:00") == [("A", "card"), ("supervisor", "card")]
    ownership.assign(lead, to=house.people["B"], by=house.supervisor, now=house.at("11:00"))
    assert told(house, "12:00") == []
    house.sleep()
    assert [one for one in told(house, "07:00") if one[1] == "card"] == [("B", "card"), ("supervisor", "card")]


@pytest.mark.rule("CARD-05")
def test_late_signing_is_told_to_the_supervisor_and_late_filing_to_the_owner(house):
    found = house.customer(house.call("09:10", "A", phone=phone(1)))
    cards.submit(found, by=house.people["A"], now=house.at("10:00"), findings=Findings(True, True, True))
    house.sleep()
    assert told(house, "06:30") == []
    assert told(house, "09:00") == [("supervisor", "sign")]
    cards.sign(found, by=house.supervisor, now=house.at("09:30"))
    house.sleep(2)
    assert "file" not in dict(told(house, "23:59")).values()
    house.sleep()
    assert told(house, "00:00") == [("A", "file")]


def test_an_office_is_reminded_alone_and_the_neighbour_by_its_own_clock(house, neighbour, customer):
    due(customer, 0, house)
    theirs = neighbour.customer(neighbour.call("09:00", "X", phone=phone(8)))
    due(theirs, 0, neighbour)
    assert reminders.remind(now=house.at("08:00"), office=neighbour.office) == 1
    assert Notice.objects.get().user == neighbour.people["X"]


def test_statements_stay_the_same_with_more_customers(house):
    counts = []
    for n in range(3):
        one = house.customer(house.call("10:00", "A", phone=phone(20 + n)))
        due(one, 0, house)
        with CaptureQueriesContext(connection) as caught:
            reminders.remind(now=house.at(f"18:0{n}"))
        counts.append(len(caught))
    assert counts[1] == counts[2]

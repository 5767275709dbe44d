"""Receptions in hand: helpers let in and out, visitors leaving, the close of the day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from customers import contacts
from customers.models import CustomerGrant
from customers.models.grants import helped_by
from reception import closing, helping
from reception.models import Breach, Reception
from staff.models import AccessLog
from tests.house import House, phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """A, B and C signed in."""
    house = House("ABC")
    house.sign_in("A", "B", "C")
    return house


def helping_now(house: House, code: str, at: str) -> int:
    """With how many customers somebody may help."""
    return helped_by(house.people[code], house.at(at)).count()


@pytest.mark.rule("REC-13")
def test_a_helper_may_see_and_edit_until_the_reception_ends(house):
    told = house.visit("10:00", phone=phone(1))
    helper = house.people["C"]
    helping.help_with(house.reception(told), helper=helper, by=house.supervisor, now=house.at("10:10"))
    assert (helping_now(house, "C", "10:11"), house.seat("C").state) == (1, "assisting")
    assert house.owner(told) == "A"
    said = {"manner": "office_visit", "reached": True, "result": "看了样板间"}
    contacts.record(house.customer(told), by=helper, now=house.at("10:20"), **said)
    house.leave(told, "10:30")
    assert (helping_now(house, "C", "10:31"), house.seat("C").state) == (0, "waiting")
    with pytest.raises(RuleError) as refused:
        contacts.record(house.customer(told), by=helper, now=house.at("10:31"), **said)
    assert refused.value.rule == "OFF-03"


@pytest.mark.rule("REC-13")
def test_letting_a_helper_in_is_logged(house):
    told = house.visit("10:00", phone=phone(1))
    helping.help_with(house.reception(told), helper=house.people["B"], by=house.supervisor, now=house.at("10:10"))
    entry = AccessLog.objects.get()
    assert (entry.user, entry.action, entry.subject, entry.at) == (
        house.people["B"],
        "granted",
        f"customer:{told.customer.pk}",
        house.at("10:10"),
    )


@pytest.mark.rule("REC-13")
def test_a_grant_that_nobody_ended_ends_at_midnight(house):
    told = house.visit("10:00", phone=phone(1))
    helping.help_with(house.reception(told), helper=house.people["B"], by=house.supervisor, now=house.at("10:10"))
    assert helping_now(house, "B", "23:59:59") == 1
    assert helped_by(house.people["B"], house.at("00:00", house.on + timedelta(days=1))).count() == 0


@pytest.mark.rule("REC-13")
def test_the_supervisor_joins_without_a_place_in_the_rotation(house):
    told = house.visit("10:00", phone=phone(1))
    helping.help_with(house.reception(told), helper=house.supervisor, by=house.supervisor, now=house.at("10:10"))
    assert helped_by(house.supervisor, house.at("10:11")).count() == 1
    assert house.order() == [("B", 1), ("C", 1), ("A", 2)]


@pytest.mark.rule("REC-13")
def test_only_the_supervisor_of_the_office_names_a_helper(house):
    told = house.visit("10:00", phone=phone(1))
    for by in (house.clerk, house.people["A"], House("X").supervisor):
        with pytest.raises(RuleError) as refused:
            helping.help_with(house.reception(told), helper=house.people["B"], by=by, now=house.at("10:10"))
        assert refused.value.rule == "REC-13"
    assert (house.seat("B").state, CustomerGrant.objects.count()) == ("waiting", 0)


@pytest.mark.rule("REC-13")
@pytest.mark.parametrize("helper", ["C", "supervisor"])
def test_nobody_helps_with_a_visitor_who_has_left_even_from_a_stale_page(house, helper):
    told = house.visit("10:00", phone=phone(1))
    stale = house.reception(told)
    helping.leave(Reception.objects.get(pk=stale.pk), by=house.clerk, now=house.at("10:05"))
    person = house.supervisor if helper == "supervisor" else house.people[helper]
    with pytest.raises(RuleError) as refused:
        helping.help_with(stale, helper=person, by=house.supervisor, now=house.at("10:10"))
    assert (refused.value.rule, CustomerGrant.objects.count()) == ("REC-13", 0)


@pytest.mark.rule("REC-09")
def test_leaving_frees_the_receiver_and_the_helpers(house):
    told = house.visit("10:00", helpers=1)
    assert house.queue() == "C"
    house.leave(told, "10:30")
    assert house.queue() == "BCA"
    assert Reception.objects.get().ended_at == house.at("10:30")


@pytest.mark.rule("REC-07")
def test_leaving_twice_is_refused(house):
    told = house.visit("10:00")
    house.leave(told, "10:30")
    with pytest.raises(RuleError) as refused:
        house.leave(told, "10:31")
    assert refused.value.rule == "REC-07"
    assert Reception.objects.get().ended_at == house.at("10:30")


@pytest.mark.rule("REC-07")
def test_leaving_after_midnight_is_refused_for_the_day_closed_it(house):
    told = house.visit("10:00")
    house.sleep()
    with pytest.raises(RuleError):
        house.leave(told, "00:00:00")


@pytest.mark.rule("REC-17")
def test_receptions_left_open_are_written_down_at_midnight_once(house):
    left = house.visit("10:00", phone=phone(1))
    ended = house.visit("10:01")
    house.leave(ended, "10:30")
    assert closing.close_left_open(now=house.at("23:59:59")) == 0
    house.sleep()
    assert list(closing.left_open(house.office, before=house.on)) == [left.reception]
    assert closing.close_left_open(now=house.at("00:00:00")) == 1
    assert closing.close_left_open(now=house.at("00:00:01")) == 0
    assert [(one.closed_at_midnight, one.ended_at) for one in Reception.objects.order_by("pk")] == [
        (True, house.at("00:00")),
        (False, house.at("10:30", house.on - timedelta(days=1))),
    ]


# What the database promises


def test_a_customer_is_in_one_open_reception_at_most(house):
    told = house.visit("10:00", phone=phone(1))
    other = house.visit("10:01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reception.objects.filter(pk=other.reception.pk).update(customer=told.customer)


@pytest.mark.rule("REC-19")
@pytest.mark.parametrize("field", ["request_id", "task", "line"])
def test_a_request_a_task_and_a_line_belong_to_one_reception(house, field):
    first, second = house.visit("10:00"), house.visit("10:01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reception.objects.filter(pk=second.reception.pk).update(**{field: getattr(first.reception, field)})


def test_a_reception_has_a_customer_with_a_line_or_neither(house):
    told = house.visit("10:00")
    for change in ({"customer": None}, {"line": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reception.objects.filter(pk=told.reception.pk).update(**change)


@pytest.mark.rule("REC-16")
def test_a_line_is_one_breach_at_most(house):
    told = house.visit("10:00", taken_by="C")
    with pytest.raises(IntegrityError), transaction.atomic():
        Breach.objects.create(
            office=house.office, who=house.people["C"], line=told.line, kind="order", at=house.at("10:00")
        )


@pytest.mark.rule("OFF-01")
def test_receptions_and_breaches_are_seen_by_their_own_office_alone(house):
    house.visit("10:00", taken_by="C")
    stranger = House("X").supervisor
    assert (Reception.objects.visible_to(house.clerk).count(), Breach.objects.visible_to(house.clerk).count()) == (1, 1)
    assert (Reception.objects.visible_to(stranger).count(), Breach.objects.visible_to(stranger).count()) == (0, 0)

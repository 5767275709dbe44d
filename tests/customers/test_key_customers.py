"""Key customers: marked with a reason, first in due work, seen by a second person for a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from common.errors import RuleError
from customers import contacts, key_customers, leaving, ownership, record, second_persons, today
from customers.models import Customer, CustomerGrant, KeyMark, SecondEnded, SecondPerson
from reception import helping
from staff.models import AccessLog, Notice
from staff.roles import Role
from tests.house import phone


def visit(house, n=1, at="09:10"):
    told = house.visit(at, name=f"客户{n}", phone=phone(n))
    house.leave(told, at=f"{at[:3]}{int(at[3:]) + 5:02}")
    return house.customer(told)


@pytest.fixture
def customer(house):
    return visit(house)


def again(customer):
    return Customer.objects.select_related("key", "owner", "office__policy").get(pk=customer.pk)


def mark(house, customer, *, by=None, reason="多次成交"):
    return key_customers.mark(customer, reason=reason, by=by or house.supervisor, now=house.at("10:00"))


def name(house, customer, code="B", *, days=30, by=None, at="10:30", reason="一同维护"):
    user = house.people[code] if isinstance(code, str) else code
    said = {"user": user, "last": house.on + timedelta(days=days), "reason": reason}
    return second_persons.name(again(customer), by=by or house.supervisor, now=house.at(at), **said)


def sees(user, customer) -> bool:
    user.__dict__.pop("posting", None)
    return Customer.objects.visible_to(user).filter(pk=customer.pk).exists()


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(RuleError) as refused:
        act(*args, **kwargs)
    return refused.value.rule


@pytest.mark.rule("REG-12")
def test_the_supervisor_marks_with_a_reason_that_is_sealed_and_the_owner_is_told(house, customer):
    made = mark(house, customer)
    assert (again(customer).is_key, made.reason, made.by) == (True, "多次成交", house.supervisor)
    assert "多次成交".encode() not in bytes(KeyMark.objects.get().reason_sealed)
    told = Notice.objects.get(user=house.people["A"], key__startswith="key:")
    assert ("1" in told.text, "多次成交" in told.text) == (True, False)


@pytest.mark.rule("REG-12")
def test_a_mark_needs_the_supervisor_a_reason_and_to_be_the_only_one(house, neighbour, customer):
    for who in (house.people["A"], house.clerk, neighbour.supervisor):
        assert refusal(mark, house, customer, by=who) == "REG-12"
    assert refusal(mark, house, customer, reason=" ") == "REG-12"
    mark(house, customer, by=house.hire("manager", Role.MARKETING_MANAGER))
    assert refusal(mark, house, again(customer)) == "REG-12"
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyMark.objects.create(customer=customer, by=house.supervisor, at=house.at("11:00"), reason_sealed=b"x")


@pytest.mark.rule("REG-12")
def test_lifting_needs_a_reason_and_can_be_followed_by_a_new_mark(house, customer):
    def lift(reason="已退房"):
        return key_customers.lift(again(customer), reason=reason, by=house.supervisor, now=house.at("11:00"))

    assert refusal(lift) == "REG-12"
    mark(house, customer)
    assert refusal(lift, "") == "REG-12"
    assert (lift().lifted_reason, again(customer).is_key) == ("已退房", False)
    mark(house, again(customer))
    assert (again(customer).is_key, KeyMark.objects.count()) == (True, 2)


@pytest.mark.rule("REG-12")
def test_the_second_person_sees_the_customer_until_the_end_of_the_day(house, customer, clock):
    mark(house, customer)
    second = house.people["B"]
    assert sees(second, customer) is False
    name(house, customer, days=3)
    assert sees(second, customer) is True
    assert AccessLog.objects.filter(user=second, action="granted", subject=f"customer:{customer.pk}").count() == 1
    assert Notice.objects.filter(key__startswith="second:").count() == 2
    assert not Notice.objects.filter(text__contains="一同维护").exists()
    clock.move_to(house.at("23:59:59", house.on + timedelta(days=3)))
    assert sees(second, customer) is True
    clock.move_to(house.at("00:00", house.on + timedelta(days=4)))
    assert sees(second, customer) is False


@pytest.mark.rule("REG-12")
def test_the_second_person_reads_and_writes_nothing(house, customer):
    mark(house, customer)
    name(house, customer)
    second = house.people["B"]
    found = record.of(customer.pk, user=second, now=house.at("11:00"))
    assert (found.customer, found.helping) == (customer, False)
    said = {"manner": "phone", "reached": True, "result": "谈"}
    assert refusal(contacts.record, again(customer), by=second, now=house.at("11:00"), **said) == "OFF-03"


@pytest.mark.rule("REG-12", "REC-13")
def test_a_reception_that_ends_leaves_the_second_person(house, customer):
    mark(house, customer)
    name(house, customer, "C")
    told = house.visit("14:00", phone=phone(1))
    helping.help_with(house.reception(told), helper=house.people["C"], by=house.supervisor, now=house.at("14:01"))
    assert record.of(customer.pk, user=house.people["C"], now=house.at("14:02")).helping is True
    house.leave(told, at="14:30")
    found = record.of(customer.pk, user=house.people["C"], now=house.at("14:31"))
    assert (found.helping, CustomerGrant.objects.count()) == (False, 1)


@pytest.mark.rule("REG-12")
def test_who_may_be_named_by_whom_until_when(house, neighbour, customer):
    assert refusal(name, house, customer) == "REG-12"
    mark(house, customer)
    for who in (house.people["A"], house.clerk, neighbour.supervisor):
        assert refusal(name, house, customer, by=who) == "REG-12"
    assert refusal(name, house, customer, "A") == "REG-12"
    for who in (neighbour.people["X"], house.clerk, house.hire("planner", Role.PLANNER)):
        assert refusal(name, house, customer, who) == "OFF-02"
    assert [refusal(name, house, customer, days=days) for days in (-1, 367)] == ["REG-12", "REG-12"]
    assert refusal(name, house, customer, reason=" ") == "REG-12"
    name(house, customer, days=0)
    name(house, customer, days=366)


@pytest.mark.rule("REG-12")
def test_naming_another_releases_the_first(house, customer):
    mark(house, customer)
    name(house, customer, "B")
    name(house, customer, "C")
    assert [sees(house.people[code], customer) for code in "BC"] == [False, True]
    rows = SecondPerson.objects.order_by("pk").values_list("user__name", "ended")
    assert list(rows) == [("B", SecondEnded.REPLACED), ("C", "")]
    assert Notice.objects.filter(user=house.people["B"], key__startswith="second-ended").count() == 1


@pytest.mark.rule("REG-12")
def test_lifting_the_mark_releases_the_second_person_at_once(house, customer):
    mark(house, customer)
    name(house, customer)
    key_customers.lift(again(customer), reason="已成交", by=house.supervisor, now=house.at("11:00"))
    assert (sees(house.people["B"], customer), SecondPerson.objects.get().ended) == (False, SecondEnded.LIFTED)


@pytest.mark.rule("REG-12")
def test_the_supervisor_releases_before_the_time(house, customer):
    assert refusal(second_persons.end, customer, by=house.supervisor, now=house.at("11:00")) == "REG-12"
    mark(house, customer)
    name(house, customer)
    assert refusal(second_persons.end, again(customer), by=house.clerk, now=house.at("11:00")) == "REG-12"
    ended = second_persons.end(again(customer), by=house.supervisor, now=house.at("11:00"))
    assert (ended.ended, ended.ended_by, sees(house.people["B"], customer)) == ("by_hand", house.supervisor, False)


@pytest.mark.rule("REG-12")
@pytest.mark.parametrize(
    ("happens", "why"), [("time", "expired"), ("leaves", "left"), ("other work", "left"), ("owns", "owns"), ("", None)]
)
def test_the_job_writes_the_end_down_once(house, customer, happens, why):
    mark(house, customer)
    name(house, customer, days=3)
    second = house.people["B"]
    if happens == "time":
        house.sleep(4)
    elif happens == "leaves":
        second.postings.update(until=house.on - timedelta(days=1))
        assert sees(second, customer) is False
    elif happens == "other work":
        second.postings.update(role=Role.PLANNER)
        assert sees(second, customer) is False
    elif happens == "owns":
        ownership.transfer(again(customer), to=second, reason="调整", by=house.supervisor, now=house.at("11:00"))
    ended = [second_persons.end_over(now=house.at("12:00")) for _again in range(2)]
    assert ended == [1 if why else 0, 0]
    assert SecondPerson.objects.get().ended == (why or "")
    assert CustomerGrant.objects.exists() is (why is None)


def due(house, customer):
    Customer.objects.filter(pk=customer.pk).update(next_due=house.on)


@pytest.mark.rule("REG-12")
def test_key_customers_come_first_within_each_list_of_the_day(house):
    mine = [visit(house, n, at) for n, at in ((1, "09:10"), (2, "09:30"), (3, "09:50"), (4, "10:10"))]
    a = house.people["A"]
    Customer.objects.update(owner=a, next_due=house.on)
    for one in (mine[1], mine[3]):
        mark(house, again(one))
    found = today.of(a, now=house.at("12:00"))
    assert [(item.number, item.key) for item in found.due] == [(2, True), (4, True), (1, False), (3, False)]
    assert [item.number for item in found.calls] == [4, 2, 3, 1]
    Customer.objects.filter(pk=mine[3].pk).update(next_due=house.on - timedelta(days=1))
    found = today.of(a, now=house.at("12:00"))
    assert ([item.number for item in found.overdue], [item.number for item in found.due]) == ([4], [2, 1, 3])


DUE = """SELECT id FROM customers_customer WHERE owner_id = 1 AND standing IN ('active', 'subscribed')
    AND next_due IS NOT NULL AND next_due <= '2026-03-02' ORDER BY is_key DESC, next_due, number LIMIT 50"""


@pytest.mark.rule("REG-12")
def test_the_order_of_due_work_is_served_by_an_index(house):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{DUE}")
        plan = str(cursor.fetchall())
    assert ("customer_due" in plan, "TEMP B-TREE" in plan or "Sort" in plan) == (True, False)


@pytest.mark.rule("REG-12", "HAND-02")
@pytest.mark.parametrize("way", ["account", "posting"])
def test_a_leaver_is_nobodys_second_person_any_more(house, customer, way):
    mark(house, customer)
    name(house, customer)
    manager, person, now = house.hire("mm", Role.MARKETING_MANAGER), house.people["B"], house.at("11:00")
    if way == "account":
        leaving.close_account(person, by=manager, now=now)
    else:
        leaving.end_posting(person, last_day=house.on, by=manager, now=now)
    ended = SecondPerson.objects.get()
    assert (ended.ended, ended.ended_at, ended.ended_by) == (SecondEnded.LEFT, now, manager)
    assert not CustomerGrant.objects.filter(user=person).exists()
    assert second_persons.of(customer) is None

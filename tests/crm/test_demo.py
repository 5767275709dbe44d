"""The demo company: plausible, the same every time, made through the rules, with numbers that nobody holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from crm.demo import homes, people
from customers.models import Customer, Person, RegisterLine
from customers.registers import fault
from reception import day as days
from reception.models import Day, RotationEvent
from sales.models import Deal, DealState, Unit, UnitState
from staff.models import Company, Office, Posting, User
from staff.roles import Role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def make(*arguments: str) -> str:
    """Run the command at ten past eleven in Shanghai; what it says."""
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def story() -> list[Any]:
    """What happened, without the ids of this database."""
    lines = RegisterLine.objects.order_by("office", "number")
    return list(
        lines.values_list("number", "kind", "at", "decision", "reason", "receiver__username", "owner__username")
    )


def test_the_demo_is_the_same_every_time():
    told = []
    for _run in range(2):
        with transaction.atomic():
            make("--days", "2")
            told.append(story())
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert len(told[0]) > 10


def test_a_demo_of_one_day_has_nobody_who_hands_over_what_was_never_offered():
    assert "events" in make("--days", "1")


def test_a_house_that_is_sold_out_sells_nothing_more(monkeypatch):
    monkeypatch.setattr(homes, "PLAN", (("3号楼", ("1",), 3, 1),))
    monkeypatch.setattr(homes, "HELD_FLOORS", ())
    make("--days", "12")
    first = Office.objects.order_by("pk")[0]
    running = Deal.objects.exclude(state=DealState.CANCELLED)
    assert running.filter(office=first).count() == Unit.objects.filter(office=first).count() == 3
    assert running.values("unit").distinct().count() == running.count()
    assert not Unit.objects.filter(office=first, state=UnitState.FOR_SALE).exists()


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A demo of two days, made once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make("--days", "2")
        transaction.set_rollback(True)


@pytest.mark.rule("OFF-01")
@pytest.mark.rule("OFF-02")
def test_the_demo_has_one_branch_two_offices_and_every_role(demo):
    assert (Company.objects.count(), Office.objects.count()) == (1, 2)
    assert set(Posting.objects.values_list("role", flat=True)) == set(Role.values)


def test_the_demo_says_with_which_password_to_sign_in(demo):
    assert people.PASSWORD in demo
    assert all(user.check_password(people.PASSWORD) for user in User.objects.filter(username__in=["desk", "rep1"]))


@pytest.mark.rule("REG-05")
def test_the_registers_of_the_demo_are_intact_and_filled(demo):
    for office in Office.objects.all():
        assert fault(office) is None
        assert RegisterLine.objects.filter(office=office).count() > 10
    assert set(RegisterLine.objects.values_list("kind", flat=True)) == {"visit", "call", "web"}


@pytest.mark.rule("REC-17")
def test_the_boards_of_the_demo_follow_from_its_events(demo):
    for day in Day.objects.select_related("office"):
        last = day.events.order_by("seq").last()
        assert days.board_at(day, last.at) == days.board_of(day)
    assert RotationEvent.objects.filter(kind="arrived").exists()


@pytest.mark.rule("PRIV-02")
def test_the_numbers_of_the_demo_belong_to_nobody_and_its_names_are_plainly_invented(demo):
    persons = Person.objects.select_related("customer__key")
    assert {person.phone[:3] for person in persons if person.phone} == {"154"}
    assert all("示例" in person.name for person in persons if person.name)
    assert all(user.name.startswith("演示") for user in User.objects.all())


def test_the_house_is_open_when_the_demo_is_made(demo):
    office = Office.objects.order_by("pk").first()
    board = days.standing_board(office, now=NOW)
    assert board.head() is not None
    assert {str(seat.state) for seat in board} >= {"waiting", "receiving"}


def test_the_demo_needs_an_empty_database(demo):
    before = story()
    with pytest.raises(CommandError):
        make()
    assert make("--if-empty") == ""
    assert story() == before


def test_no_demo_customer_is_left_without_a_place_in_time(demo):
    today = Office.objects.first().today(NOW)
    assert all(
        customer.state(today) in ("active", "unassigned", "dealt", "defeated", "lapsed")
        for customer in Customer.objects.all()
    )

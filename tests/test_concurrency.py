"""Many at the same instant, from several processes and threads, on the database under test: nothing twice, nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection

from common.errors import RuleError
from customers import ownership
from customers.models import Customer, RegisterLine
from customers.registers import fault
from reception import day as days
from reception import helping
from reception.models import Reception, RotationEvent
from tests.desk_process import at_once
from tests.house import House, phone

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent
MANY = 32
REPS = [chr(ord("a") + n) for n in range(26)] + [chr(ord("A") + n) for n in range(14)]


def database_url() -> str:
    """The address of the database under test, for other processes."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    user, password = quote(settings["USER"]), quote(settings["PASSWORD"])
    return f"postgres://{user}:{password}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


def processes(house: House, phones: list[list[str]]) -> list[dict[str, Any]]:
    """What became of these visitors, one process per list, all let in by the same sign."""
    env = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-m", "tests.desk_process", str(house.office.pk), house.at("10:00").isoformat()]
    pipe = subprocess.PIPE
    desks = [
        subprocess.Popen([*command, *some], cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True) for some in phones
    ]
    assert [desk.stdout.readline() for desk in desks] == ["ready\n"] * len(desks)
    for desk in desks:
        desk.stdin.write("go\n")
        desk.stdin.flush()
    told = [json.loads(row) for desk in desks for row in desk.communicate(timeout=120)[0].splitlines()]
    assert [desk.returncode for desk in desks] == [0] * len(desks)
    return told


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Run these at the same instant in threads; what each gave, or the rule that refused it."""
    barrier, told = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            told.append(job())
        except RuleError as refused:
            told.append(refused.rule)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def assert_sound(house: House, registered: int) -> None:
    """Numbers 1…n without gap, every turn once, the chain whole, the board what the events give."""
    assert house.numbers() == list(range(1, registered + 1))
    assert fault(house.office) is None
    outcomes = [event.outcome for event in RotationEvent.objects.filter(day__office=house.office, kind="arrived")]
    turns = [(one["receiver"], one["round"]) for one in outcomes if one["used_turn"]]
    assert len(turns) == len(set(turns))
    day = house.day()
    assert list(day.events.order_by("seq").values_list("seq", flat=True)) == list(range(1, day.events_count + 1))
    assert days.board_at(day, house.at("23:59")) == days.board_of(day)


@pytest.mark.rule("REC-19")
@pytest.mark.rule("REG-01")
def test_thirty_two_at_once_from_four_processes_get_a_number_and_a_turn_each():
    house = House("".join(REPS))
    house.sign_in(*REPS, at="08:00")
    told = processes(house, [[phone(8 * desk + n) for n in range(8)] for desk in range(4)])
    assert sorted(one["number"] for one in told) == list(range(1, MANY + 1))
    assert len({one["receiver"] for one in told}) == MANY
    assert {house.codes[one["receiver"]] for one in told} == set(REPS[:MANY])
    assert_sound(house, MANY)


@pytest.mark.rule("REC-19")
@pytest.mark.rule("REG-01")
def test_more_visitors_than_people_leave_no_gap_and_no_turn_is_lost():
    house = House("".join(REPS[:20]))
    house.sign_in(*REPS[:20], at="08:00")
    told = processes(house, [[phone(16 * desk + n) for n in range(16)] for desk in range(2)])
    assert [one for one in told if "refused" in one] == [{"refused": "REC-11"}] * (MANY - 20)
    assert sorted(one["number"] for one in told if "number" in one) == list(range(1, 21))
    assert house.queue() == ""
    assert_sound(house, 20)


@pytest.mark.rule("REC-19")
def test_thirty_two_threads_of_one_process_get_a_number_and_a_turn_each():
    house = House("".join(REPS))
    house.sign_in(*REPS, at="08:00")
    told = at_once(house.office.pk, [phone(n) for n in range(MANY)], house.at("10:00"))
    assert sorted(one["number"] for one in told) == list(range(1, MANY + 1))
    assert_sound(house, MANY)


@pytest.mark.rule("OWN-06b")
@pytest.mark.rule("REC-19")
def test_the_same_phone_from_many_desks_is_one_customer():
    house = House("ABCDEFGH")
    house.sign_in(*"ABCDEFGH", at="08:00")
    told = processes(house, [[phone(1)] * 2, [phone(1)] * 2])
    assert sorted(one.get("decision", "refused") for one in told) == ["new", "refused", "refused", "refused"]
    assert [one["refused"] for one in told if "refused" in one] == ["REC-07"] * 3
    assert Customer.objects.count() == 1
    assert_sound(house, 1)


@pytest.mark.rule("OWN-04")
def test_the_same_caller_answered_twice_at_once_is_new_once_and_returning_once():
    house = House("AB")
    told = together(*(lambda code=code: house.call("10:00", code, phone=phone(1)).decision for code in "AB"))
    assert sorted(told) == ["new", "returning"]
    assert (Customer.objects.count(), house.numbers()) == (1, [1, 2])


@pytest.mark.rule("REG-01")
def test_a_double_press_is_registered_once():
    house = House("ABCD")
    house.sign_in(*"ABCD")
    request = uuid4()
    told = together(*[lambda: house.visit("10:00", phone=phone(1), request_id=request)] * 4)
    assert {one.line.number for one in told} == {1}
    assert sorted(one.repeated for one in told) == [False, True, True, True]
    assert_sound(house, 1)


@pytest.mark.rule("OWN-05")
def test_a_lead_given_out_by_two_at_once_goes_to_one():
    house = House("ABCD")
    lead = house.customer(house.web())
    give = [
        lambda to=to: ownership.assign(lead, to=house.people[to], by=house.supervisor, now=house.at("12:00"))
        for to in "ABCD"
    ]
    told = together(*give)
    assert told.count("OWN-07") == 3
    assert lead.episodes.count() == 1


@pytest.mark.rule("REC-07")
def test_a_visitor_who_is_let_out_by_two_at_once_leaves_once():
    house = House("AB")
    house.sign_in("A", "B")
    reception = house.visit("10:00").reception
    told = together(
        *[lambda: helping.leave(Reception.objects.get(pk=reception.pk), by=None, now=house.at("10:30"))] * 4
    )
    assert told.count("REC-07") == 3
    assert RotationEvent.objects.filter(kind="left").count() == 1


@pytest.mark.rule("REC-02")
def test_the_order_of_the_day_is_fixed_once_when_many_come_at_the_first_minute():
    house = House("ABCD")
    house.sign_in(*"ABCD", at="08:00")
    told = together(*(lambda n=n: house.visit("08:30", phone=phone(n)).line.number for n in range(4)))
    assert sorted(told) == [1, 2, 3, 4]
    assert RotationEvent.objects.filter(kind="fixed").count() == 1
    assert_sound(house, 4)


@pytest.mark.rule("OFF-01")
def test_two_offices_at_once_keep_their_own_numbers():
    here, there = House("ABCD"), House("EFGH")
    here.sign_in(*"ABCD")
    there.sign_in(*"EFGH")
    together(
        *(lambda house=house, n=n: house.visit("10:00", phone=phone(n)) for house in (here, there) for n in range(4))
    )
    assert (here.numbers(), there.numbers()) == ([1, 2, 3, 4], [1, 2, 3, 4])
    assert RegisterLine.objects.count() == 8
    assert_sound(here, 4)
    assert_sound(there, 4)

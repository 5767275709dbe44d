"""The benchmarks run and give figures. How high they are is never a matter for a test."""

from __future__ import annotations

import pytest
from django.db import connection

from bench import by_hand, checkins, data, logs
from bench.__main__ import measured
from bench.figures import Figure, table
from bench.stages import Plan
from bench.timing import Job, interleave
from customers import registers
from customers.models import Customer, Episode, RegisterLine, SearchToken
from customers.search import by_phone

TINY = Plan(small=20, large=60, rounds=2, seconds=0.5, events=40, days=1, brought=40)


@pytest.fixture
def house(db):
    """An office with 30 lines, filled in bulk."""
    place = data.found()
    data.fill(place, 20)
    data.fill(place, 30)
    return place


def test_the_office_filled_in_bulk_is_as_the_rules_leave_one(house):
    assert registers.fault(house.office) is None
    assert [line.number for line in RegisterLine.objects.order_by("number")] == list(range(1, 31))
    found = by_phone(house.office, data.phone_of(17))
    assert (found.number, found.people.get().name) == (17, data.name_of(17))
    said = registers.details_of(found.lines.get())
    assert (said["name"], said["phone"]) == (data.name_of(17), data.phone_of(17))
    assert Episode.objects.filter(until=None).count() == Customer.objects.count() == 30
    assert SearchToken.objects.filter(kind="phone").count() == 30


@pytest.mark.django_db(transaction=True)
def test_a_check_in_runs_again_by_hand():
    place = data.found()
    data.fill(place, 5)
    data.open_house(place)
    figures = checkins.figures(place, rounds=2, limit=1)
    assert all(figure.value > 0 for figure in figures)
    lines = RegisterLine.objects.order_by("number")
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert Customer.objects.count() == len(lines)


def test_only_statements_that_do_something_are_caught(db):
    def run():
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT one")
            cursor.execute("SELECT 1")
            cursor.execute("RELEASE SAVEPOINT one")

    assert [one.sql for one in by_hand.caught(run)] == ["SELECT 1"]


def test_the_log_to_replay_is_plain(db):
    assert logs.replay(60).value > 0


def test_what_is_compared_takes_turns():
    order = []
    jobs = [Job(name, lambda name=name: order.append(name)) for name in "ab"]
    interleave(jobs, rounds=3, limit=60)
    assert order == ["a", "b"] * 3
    assert all(len(job.seconds) == 3 and job.median <= job.p95 for job in jobs)


@pytest.mark.parametrize(
    ("figure", "missed"),
    [
        (Figure("a", 12.5, "×", most=10), False),
        (Figure("a", 12.6, "×", most=10), True),
        (Figure("a", 48, "/s", least=60), False),
        (Figure("a", 47, "/s", least=60), True),
        (Figure("a", 1000, "s"), False),
    ],
)
def test_a_goal_is_missed_by_more_than_a_quarter(figure, missed):
    assert figure.missed is missed
    assert ("MISSED" in table("", [figure])) is missed


@pytest.mark.processes
def test_the_whole_run_gives_every_figure():
    found = {figure.what: figure for _title, figures in measured(TINY) for figure in figures}
    assert all(figure.value > 0 for what, figure in found.items() if "nothing changed" not in what)
    for what in ("replay", "demo office of 1 days", "list: whole page", "register list, 50 rows: CPU ÷ floor"):
        assert what in found
    assert any(what.startswith("check-ins over HTTP") for what in found)

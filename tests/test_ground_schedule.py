"""Periodic jobs: slots, claims, retries, and what beat is told."""

import threading
from datetime import UTC, datetime, time, timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from crm import schedule
from crm.celery import app, run_scheduled
from crm.schedule import Daily, Every, Job
from staff.models import ScheduledRun

NOW = datetime(2026, 3, 1, 4, 7, 30, tzinfo=UTC)
MOMENTS = st.integers(1_700_000_000, 1_900_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
CANARY = "13812345678"
TEN_MINUTES = Every(timedelta(minutes=10))
ran: list[datetime] = []


def counting(*, now: datetime) -> int:
    """A job that succeeds."""
    ran.append(now)
    return len(ran)


def breaking(*, now: datetime) -> int:
    """A job that fails with a message nobody may read in a log."""
    ran.append(now)
    raise ValueError(CANARY)


def job(name: str, rule: str, when: Every | Daily = TEN_MINUTES) -> Job:
    return Job(name, when, f"tests.test_ground_schedule.{rule}")


@pytest.fixture(autouse=True)
def table(monkeypatch):
    ran.clear()
    monkeypatch.setattr(schedule, "JOBS", [job("first", "breaking"), job("second", "counting")])


@given(MOMENTS, st.integers(1, 100_000))
def test_a_slot_of_an_interval_holds_its_moment(now, seconds):
    when = Every(timedelta(seconds=seconds))
    assert when.slot(now) <= now < when.next_slot(now)
    assert when.slot(when.slot(now)) == when.slot(now)
    assert when.next_slot(now) - when.slot(now) == when.interval


@given(MOMENTS, st.times().map(lambda at: at.replace(microsecond=0)))
def test_a_daily_slot_holds_its_moment_and_begins_at_the_local_time(now, at):
    when = Daily(at)
    assert when.slot(now) <= now < when.next_slot(now)
    assert when.next_slot(now) - when.slot(now) == timedelta(days=1)
    assert (when.slot(now) + timedelta(hours=8)).time() == at


def test_a_daily_slot_turns_over_to_the_second():
    when = Daily(time(3, 10))
    before = datetime(2026, 2, 28, 19, 9, 59, tzinfo=UTC)
    assert when.slot(before) == datetime(2026, 2, 27, 19, 10, tzinfo=UTC)
    assert when.slot(before + timedelta(seconds=1)) == datetime(2026, 2, 28, 19, 10, tzinfo=UTC)


def test_a_run_writes_down_what_came_of_it(db):
    row = schedule.run("second", now=NOW)
    assert (row.name, row.slot, row.result, row.failure) == ("second", NOW.replace(minute=0, second=0), "1", "")
    assert row.finished_at is not None
    assert ran == [NOW]


def test_the_same_slot_is_served_once(db):
    assert schedule.run("second", now=NOW) is not None
    assert schedule.run("second", now=NOW + timedelta(minutes=2)) is None
    assert schedule.run("second", now=NOW + timedelta(minutes=3)) is not None
    assert len(ran) == 2


def test_a_failure_is_written_by_its_type_alone(db, caplog):
    row = schedule.run("first", now=NOW)
    assert (row.result, row.failure) == ("", "ValueError")
    assert CANARY not in caplog.text
    assert "in breaking" in caplog.text


def test_one_failure_does_not_stop_the_rest(db):
    assert [(row.name, row.failure) for row in schedule.run_due(now=NOW)] == [("first", "ValueError"), ("second", "")]


def test_a_failed_run_is_tried_again_within_its_slot_after_a_while(db):
    schedule.run("first", now=NOW.replace(minute=0))
    assert schedule.run("first", now=NOW.replace(minute=4)) is None
    again = schedule.run("first", now=NOW.replace(minute=6))
    assert again.failure == "ValueError"
    assert len(ran) == 2
    assert ScheduledRun.objects.count() == 1


def test_a_run_whose_process_died_is_taken_up_again(db, monkeypatch):
    monkeypatch.setattr(schedule, "JOBS", [job("second", "counting", Daily(time(0)))])
    slot = schedule.JOBS[0].when.slot(NOW)
    ScheduledRun.objects.create(name="second", slot=slot, started_at=NOW - timedelta(minutes=29))
    assert schedule.run("second", now=NOW) is None
    assert schedule.run("second", now=NOW + timedelta(minutes=1)).result == "1"
    assert schedule.run("second", now=NOW + timedelta(hours=1)) is None


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_run_a_slot_once():
    barrier, outcomes = threading.Barrier(8), []

    def compete() -> None:
        barrier.wait()
        try:
            outcomes.append(schedule.run("second", now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=compete) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8
    assert len([row for row in outcomes if row]) == 1
    assert len(ran) == 1


def test_an_unknown_job_is_an_error(db):
    with pytest.raises(KeyError):
        schedule.run("third", now=NOW)


def test_overdue_names_the_jobs_that_nobody_serves(db):
    assert schedule.overdue(now=NOW) == ["first", "second"]
    schedule.run_due(now=NOW)
    assert schedule.overdue(now=NOW + timedelta(minutes=16)) == []
    assert schedule.overdue(now=NOW + timedelta(minutes=26)) == ["first", "second"]


def test_the_command_runs_what_is_due_and_fails_if_a_job_did(db, monkeypatch):
    out = StringIO()
    with pytest.raises(CommandError, match="failed: first"):
        call_command("run_periodic", stdout=out)
    assert out.getvalue() == "first: ValueError\nsecond: 2\n"
    out = StringIO()
    call_command("run_periodic", stdout=out)
    assert out.getvalue() == "nothing is due\n"


def test_the_command_can_ask_whether_anything_is_overdue(db, monkeypatch):
    with pytest.raises(CommandError, match="overdue: first, second"):
        call_command("run_periodic", check=True)
    assert ran == []
    monkeypatch.setattr(schedule, "JOBS", [])
    out = StringIO()
    call_command("run_periodic", check=True, stdout=out)
    assert out.getvalue() == "every job has been served\n"


def test_the_task_runs_the_job_it_names(db):
    run_scheduled("second")
    assert ScheduledRun.objects.get().name == "second"


def test_beat_asks_for_every_job_every_minute():
    table = schedule.timetable()
    assert set(table) == {"first", "second"}
    assert table["first"] == {
        "task": "crm.run_scheduled",
        "schedule": timedelta(minutes=1),
        "args": ["first"],
        "options": {"expires": 60},
    }
    assert "crm.run_scheduled" in app.tasks


class TestTheRealTable:
    """The jobs that the product has."""

    @pytest.fixture(autouse=True)
    def table(self, monkeypatch):
        monkeypatch.undo()

    def test_every_job_can_be_run_twice_and_leaves_no_failure(self, db):
        first = schedule.run_due(now=NOW)
        assert [row.name for row in first] == [job.name for job in schedule.JOBS]
        second = schedule.run_due(now=NOW + timedelta(days=1))
        assert [row.failure for row in first + second] == [""] * len(first) * 2

    def test_names_are_unique_and_fit_their_column(self):
        names = [job.name for job in schedule.JOBS]
        assert len(set(names)) == len(names)
        assert max(map(len, names)) <= 60

    def test_expired_sessions_and_old_runs_go(self, db):
        Session.objects.create(session_key="old", session_data="", expire_date=NOW - timedelta(seconds=1))
        Session.objects.create(session_key="new", session_data="", expire_date=NOW)
        for age in (89, 91):
            ScheduledRun.objects.create(name="x", slot=NOW - timedelta(days=age), started_at=NOW)
        results = {row.name: row.result for row in schedule.run_due(now=NOW)}
        assert (results["clear_sessions"], results["prune_runs"]) == ("1", "1")
        assert Session.objects.get().session_key == "new"

"""Who learns that a periodic job does not finish: the administrators and the bots, once a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm import alarms, schedule
from staff import bots
from staff.models import Message, Notice, ScheduledRun
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def ran(name: str, minutes_ago: int, failure: str = "") -> None:
    at = NOW - timedelta(minutes=minutes_ago)
    ScheduledRun.objects.create(name=name, slot=at, started_at=at, finished_at=at, failure=failure)


@pytest.fixture
def all_served():
    """Every job was served in its slot, a while ago and now."""
    for job in schedule.JOBS:
        for now in (NOW - schedule.ALARM_AFTER, NOW):
            ScheduledRun.objects.get_or_create(
                name=job.name, slot=job.when.slot(now), defaults={"started_at": now, "finished_at": now}
            )


def test_where_all_is_in_order_nobody_is_told(all_served):
    assert (alarms.failing(now=NOW), alarms.tell(now=NOW)) == ([], 0)


def test_a_failure_that_was_mended_or_is_fresh_is_no_alarm(all_served):
    ran("remind", 100, "ValueError")
    ran("remind", 70)
    ran("deliver_messages", 3, "ValueError")
    assert alarms.failing(now=NOW) == []


def test_a_job_that_goes_on_failing_is_told_once_a_day(all_served):
    office = OfficeFactory()
    admin, manager = (staff_member(role, office) for role in (Role.ADMIN, Role.MARKETING_MANAGER))
    bots.set_up(office, kind="wecom", url="https://93.184.215.14/x", by=manager, now=NOW)
    ScheduledRun.objects.filter(name="remind").delete()
    for minutes in (100, 70, 40, 10):
        ran("remind", minutes, "ValueError")
    assert alarms.failing(now=NOW) == ["remind"]
    assert [alarms.tell(now=NOW) for _again in range(2)] == [2, 0]
    assert (Notice.objects.get().user, Message.objects.get().office) == (admin, office)
    assert "提醒回访" in Message.objects.get().words


def test_a_job_that_nobody_runs_is_told_while_others_are_run(all_served):
    ScheduledRun.objects.filter(name="greetings").delete()
    assert alarms.failing(now=NOW) == ["greetings"]
    ScheduledRun.objects.all().delete()
    assert alarms.failing(now=NOW) == []

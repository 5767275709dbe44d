"""The page of the periodic jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm import jobs, schedule
from staff.models import MessageState, ScheduledRun
from staff.roles import Role
from tests.factories import staff_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(staff_member(Role.ADMIN, language="en"))
    return client


def test_every_job_has_words():
    assert set(jobs.WORDS) == {job.name for job in schedule.JOBS}


def test_a_job_shows_its_last_run_its_next_and_its_failures(admin):
    now = timezone.now()
    schedule.run("remind", now=now)
    ScheduledRun.objects.create(name="prune_runs", slot=now, started_at=now, finished_at=now, failure="ValueError")
    page = admin.get("/jobs/")
    rows = dict(zip((job.name for job in schedule.JOBS), page.context["rows"], strict=True))
    assert (rows["remind"].last.result, rows["remind"].failures, rows["prune_runs"].failures) == ("0", 0, 1)
    assert "in order" in rows["remind"].state
    assert "did not finish" in rows["prune_runs"].state
    assert "overdue" in rows["tell_lapses"].state
    assert timezone.now() < rows["remind"].next_at <= timezone.now() + timedelta(minutes=30)
    assert "ValueError" in page.content.decode()
    assert [count for _state, count in page.context["messages_sent"]] == [0] * len(MessageState)


def test_only_the_administrator_sees_it(admin):
    for role in (Role.MARKETING_MANAGER, Role.REP, Role.HQ):
        client = Client()
        client.force_login(staff_member(role))
        assert client.get("/jobs/").status_code == 403
    assert admin.post("/jobs/").status_code == 405


def test_statements_stay_the_same_with_more_runs(admin):
    counts, now = [], timezone.now()
    for n in range(3):
        ScheduledRun.objects.create(
            name="remind", slot=now - timedelta(hours=n), started_at=now, finished_at=now, failure="KeyError"
        )
        with CaptureQueriesContext(connection) as caught:
            admin.get("/jobs/")
        counts.append(len(caught))
    assert len(set(counts)) == 1

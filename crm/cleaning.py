"""Periodic jobs that keep the system's own tables small."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from staff.models import ScheduledRun

RUNS_KEPT = timedelta(days=90)


def clear_sessions(*, now: datetime) -> int:
    """Delete the sessions that have expired; how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def prune_runs(*, now: datetime) -> int:
    """Delete the records of periodic runs older than 90 days; how many."""
    return ScheduledRun.objects.filter(slot__lt=now - RUNS_KEPT).delete()[0]

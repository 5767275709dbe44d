"""Celery: the broker is a wake-up, the database is the truth. One task runs every periodic job."""

import os

from celery import Celery
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.broker_connection_retry_on_startup = True
app.conf.result_expires = None  # no results are kept, so beat has none to clean up


@app.task(name="crm.run_scheduled", ignore_result=True)
def run_scheduled(name: str) -> None:
    """Run the periodic job ``name`` if its slot is still unclaimed."""
    from crm import schedule

    schedule.run(name, now=timezone.now())


@app.on_after_finalize.connect
def plan(sender: Celery, **kwargs: object) -> None:
    """Give beat its timetable, derived from the one table of jobs."""
    from crm import schedule

    sender.conf.beat_schedule = schedule.timetable()

"""Every periodic job in one table, and the claim that gives each slot of time one effect.

Two beats, two workers, a redelivered message or ``run_periodic`` from cron: whoever inserts the row
``ScheduledRun(name, slot)`` runs the job, the others do nothing. A run that failed, or whose process died, is taken up
again within its slot; that is safe because every job picks its rows by condition.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from staff.models import Office, ScheduledRun

log = logging.getLogger(__name__)

HALF_HOUR = timedelta(minutes=30)
RETRY_FAILED_AFTER = timedelta(minutes=5)
GIVE_UP_ON_AFTER = timedelta(minutes=30)
ALARM_AFTER = timedelta(minutes=15)
Rule = Callable[..., str | int]


@dataclass(frozen=True)
class Every:
    """A slot begins every ``interval``, counted from the epoch."""

    interval: timedelta

    def slot(self, now: datetime) -> datetime:
        """The beginning of the slot that holds ``now``."""
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        return epoch + (now - epoch) // self.interval * self.interval

    def next_slot(self, now: datetime) -> datetime:
        """The beginning of the slot after that of ``now``."""
        return self.slot(now) + self.interval


@dataclass(frozen=True)
class Daily:
    """A slot begins each day at the local time ``at`` of the house."""

    at: time

    def slot(self, now: datetime) -> datetime:
        """The last moment at or before ``now`` that is ``at`` on the local clock."""
        return max(moment for moment in self._around(now) if moment <= now)

    def next_slot(self, now: datetime) -> datetime:
        """The first moment after ``now`` that is ``at`` on the local clock."""
        return min(moment for moment in self._around(now) if moment > now)

    def _around(self, now: datetime) -> list[datetime]:
        zone = ZoneInfo(settings.TIME_ZONE)
        today = now.astimezone(zone).date()
        days = (today + timedelta(days=step) for step in (-1, 0, 1))
        return [datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC) for day in days]


@dataclass(frozen=True)
class Job:
    """A periodic job: its name, its slots, and the dotted path of ``def rule(*, now) -> str | int``.

    ``of_office``: the rule also takes ``office=`` and then does the work of that office alone.
    """

    name: str
    when: Every | Daily
    rule: str
    of_office: bool = False


JOBS = [
    Job("clear_sessions", Daily(time(3, 10)), "crm.cleaning.clear_sessions"),
    Job("prune_runs", Daily(time(3, 20)), "crm.cleaning.prune_runs"),
    Job("tell_lapses", Every(HALF_HOUR), "customers.lapses.tell_lapses", of_office=True),
    Job("incomplete_lines", Every(HALF_HOUR), "customers.completing.put_before_supervisors", of_office=True),
    Job("propose_warnings", Every(HALF_HOUR), "customers.conduct.propose", of_office=True),
    Job("remind", Every(HALF_HOUR), "customers.reminders.remind", of_office=True),
    Job("end_second_persons", Every(HALF_HOUR), "customers.second_persons.end_over", of_office=True),
    Job("ask_for_web_check", Every(HALF_HOUR), "reception.web_leads.ask_for_check", of_office=True),
    Job("tell_disputes", Every(timedelta(minutes=2)), "customers.dispute_notices.tell_respondents", of_office=True),
    Job("hand_over", Every(timedelta(minutes=2)), "customers.handover.carry_out_waiting", of_office=True),
    Job("deliver_messages", Every(timedelta(minutes=2)), "customers.messages.deliver"),
    Job("tell_bots", Every(HALF_HOUR), "customers.digest.tell", of_office=True),
    Job("deliver_to_bots", Every(timedelta(minutes=2)), "staff.bot_sending.deliver"),
    Job("tell_failing", Every(HALF_HOUR), "crm.alarms.tell"),
    Job("greetings", Every(HALF_HOUR), "sales.greeting_notices.remind", of_office=True),
    Job("bring_in", Every(timedelta(minutes=1)), "exchange.importing.work_all"),
    Job("take_out", Every(timedelta(minutes=1)), "exchange.exporting.work_all"),
    Job("clear_exports", Every(HALF_HOUR), "exchange.exporting.clear"),
    Job("clear_imports", Daily(time(3, 30)), "exchange.batches.clear"),
    Job("bulk_flags", Every(HALF_HOUR), "bigaccounts.watching.remind", of_office=True),
    Job("close_receptions", Every(HALF_HOUR), "reception.closing.close_left_open", of_office=True),
    Job("close_months", Every(HALF_HOUR), "reports.archive.close_months", of_office=True),
    Job("remind_months", Every(HALF_HOUR), "reports.receipts.remind", of_office=True),
]


def job_named(name: str) -> Job:
    """The job called ``name``; KeyError when the table has none."""
    return {job.name: job for job in JOBS}[name]


def run(name: str, *, now: datetime) -> ScheduledRun | None:
    """Claim the slot of ``now`` and run the job; None when the slot has been served or is being served.

    A job that raises is written down with the type of its error (never its words: they may hold personal data).
    """
    job = job_named(name)
    claim = claim_slot(job, now=now)
    if claim is None:
        return None
    rule: Rule = import_string(job.rule)
    try:
        claim.result, claim.failure = str(rule(now=now))[:200], ""
    except Exception as error:
        claim.result, claim.failure = "", type(error).__name__[:200]
        log.error("job %s: %s\n%s", name, claim.failure, "".join(traceback.format_tb(error.__traceback__)))
    claim.finished_at = max(timezone.now(), now)
    claim.save(update_fields=["result", "failure", "finished_at"])
    return claim


def claim_slot(job: Job, *, now: datetime) -> ScheduledRun | None:
    """The row of this slot if the caller may run it: a new one, or one whose run failed or died."""
    row, created = ScheduledRun.objects.get_or_create(
        name=job.name, slot=job.when.slot(now), defaults={"started_at": now}
    )
    if created:
        return row
    if not needs_another_try(row, now=now):
        return None
    taken = ScheduledRun.objects.filter(pk=row.pk, started_at=row.started_at).update(started_at=now, finished_at=None)
    row.started_at = now
    return row if taken else None


def needs_another_try(row: ScheduledRun, *, now: datetime) -> bool:
    """Whether a claimed run failed a while ago, or began so long ago that its process must be dead."""
    waited = now - row.started_at
    if row.finished_at is None:
        return waited >= GIVE_UP_ON_AFTER
    return bool(row.failure) and waited >= RETRY_FAILED_AFTER


def run_due(*, now: datetime) -> list[ScheduledRun]:
    """Run every job whose slot at ``now`` is unserved; one failure does not stop the rest."""
    served = [run(job.name, now=now) for job in JOBS]
    return [row for row in served if row is not None]


def run_for_office(office: Office, *, now: datetime) -> None:
    """Do one office's part of every job at ``now``, without claiming slots: for a log run with a clock of its own."""
    for job in JOBS:
        if job.of_office:
            import_string(job.rule)(now=now, office=office)


def overdue(*, now: datetime) -> list[str]:
    """The jobs whose slot began a while ago and was never served: beat, worker or broker must be away."""
    past = now - ALARM_AFTER
    begun = {job.name: job.when.slot(past) for job in JOBS}
    rows = ScheduledRun.objects.filter(name__in=begun, slot__in=begun.values(), finished_at__isnull=False)
    served = set(rows.values_list("name", "slot"))
    return [name for name, slot in begun.items() if (name, slot) not in served]


def timetable() -> dict[str, dict[str, object]]:
    """The table in the form that Celery's beat reads.

    Beat asks for every job every minute, and the claim decides: a slot missed while everything was down is served as
    soon as it is up again. Messages nobody fetched in time expire, for the next one serves as well.
    """
    look = settings.SCHEDULE_LOOK_SECONDS
    return {
        job.name: {
            "task": "crm.run_scheduled",
            "schedule": timedelta(seconds=look),
            "args": [job.name],
            "options": {"expires": look},
        }
        for job in JOBS
    }

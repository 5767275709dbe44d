"""The administrator's page of the periodic jobs: last run, next run, result, failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common.templatetags.ui import badge
from crm import schedule
from staff.access import needs
from staff.models import Message, MessageState, ScheduledRun
from staff.outbox import BOT
from staff.roles import Duty

WEEK = timedelta(days=7)
FAILURES = 20
WORDS: dict[str, Promise] = {
    "clear_sessions": _("Clear sessions that have ended"),
    "prune_runs": _("Clear old entries of this page"),
    "tell_lapses": _("Tell of registrations that run out"),
    "incomplete_lines": _("Put incomplete lines before the supervisor"),
    "propose_warnings": _("Put late cards and overdue follow-ups before the supervisor"),
    "remind": _("Remind of follow-ups, calls and A-cards"),
    "ask_for_web_check": _("Ask for the daily check of web leads"),
    "deliver_messages": _("Deliver messages to customers"),
    "tell_bots": _("Tell the group bots what the day holds"),
    "deliver_to_bots": _("Deliver messages to the group bots"),
    "tell_failing": _("Tell of jobs that did not finish"),
    "greetings": _("Remind of birthdays and festivals"),
    "bring_in": _("Bring uploaded tables in"),
    "take_out": _("Make exports of lists"),
    "clear_exports": _("Destroy exports that expired"),
    "clear_imports": _("Destroy the rows of imports that ended"),
    "end_second_persons": _("Let second persons of key customers go"),
    "tell_disputes": _("Tell the parties of disputes"),
    "hand_over": _("Carry out what is handed over"),
    "bulk_flags": _("Flag bulk cases that stand still"),
    "close_months": _("Close the month and archive its workbook"),
    "remind_months": _("Remind of closed months that nobody took over"),
    "close_receptions": _("Close receptions left open"),
}


@dataclass(frozen=True)
class Row:
    """One job as the page shows it."""

    words: Promise | str
    last: ScheduledRun | None
    next_at: datetime
    failures: int
    state: str


def _state(job: schedule.Job, last: ScheduledRun | None, *, now: datetime) -> str:
    """In colour, dot and word."""
    begun = job.when.slot(now - schedule.ALARM_AFTER)
    if last is not None and last.failure:
        return badge("returned", _("did not finish"))
    if last is None or last.slot < begun:
        return badge("pending", _("overdue"))
    if last.finished_at is None:
        return badge("serving", _("running"))
    return badge("approved", _("in order"))


def rows(now: datetime) -> list[Row]:
    """Every job with its last run, next run, and the failures of a week; two queries."""
    since = Q(slot__gte=now - WEEK) & ~Q(failure="")
    counted = ScheduledRun.objects.values("name").annotate(latest=Max("slot"), failed=Count("pk", filter=since))
    known = {row["name"]: row for row in counted.order_by()}
    slots = Q(pk__in=[])
    for name, row in known.items():
        slots |= Q(name=name, slot=row["latest"])
    last = {run.name: run for run in ScheduledRun.objects.filter(slots)}
    return [
        Row(
            WORDS.get(job.name, job.name),
            last.get(job.name),
            job.when.next_slot(now),
            known[job.name]["failed"] if job.name in known else 0,
            _state(job, last.get(job.name), now=now),
        )
        for job in schedule.JOBS
    ]


def messages_by_state(now: datetime) -> list[tuple[str, int]]:
    """How many messages to customers of the last week are in each state."""
    mine = Message.objects.filter(made_at__gte=now - WEEK).exclude(kind=BOT)
    found = dict(mine.values_list("state").annotate(Count("pk")).order_by())
    return [(label, found.get(state, 0)) for state, label in MessageState.choices]


@require_safe
@needs(Duty.ADMINISTER)
def jobs(request: HttpRequest) -> HttpResponse:
    """The page. A failure shows the type of its error alone: its words may hold personal data."""
    failures = ScheduledRun.objects.exclude(failure="").order_by("-slot")[:FAILURES]
    shown = [(WORDS.get(run.name, run.name), run) for run in failures]
    now = timezone.now()
    context = {"rows": rows(now), "failures": shown, "messages_sent": messages_by_state(now)}
    return render(request, "crm/jobs.html", context)

"""When a periodic job does not finish, the administrators and the bots of the offices are told, once a day for each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm import jobs, schedule
from crm.schedule import ALARM_AFTER
from staff import bots, notices
from staff.models import Office, Posting, ScheduledRun, User
from staff.roles import DUTIES, Duty

LOOK_BACK = timedelta(hours=24)


def failing(*, now: datetime) -> list[str]:
    """The jobs that have not finished well for a while, and those that nobody runs though others are run."""
    bad: dict[str, datetime] = {}
    runs = ScheduledRun.objects.filter(slot__gte=now - LOOK_BACK, finished_at__isnull=False).order_by("slot")
    for name, slot, failure in runs.values_list("name", "slot", "failure"):
        if failure:
            bad.setdefault(name, slot)
        else:
            bad.pop(name, None)
    up = ScheduledRun.objects.filter(finished_at__lte=now - ALARM_AFTER, finished_at__gte=now - 3 * ALARM_AFTER)
    late = set(schedule.overdue(now=now)) if up.exists() else set()
    for_long = {name for name, since in bad.items() if now - since >= ALARM_AFTER}
    return [job.name for job in schedule.JOBS if job.name in for_long | late]


def tell(*, now: datetime) -> int:
    """Tell of each failing job; how many were told."""
    told, today = 0, timezone.localdate(now)
    held = Posting.objects.holding(today).filter(role__in=DUTIES[Duty.ADMINISTER])
    people = list(User.objects.filter(pk__in=held.values("user"), is_active=True))
    offices = list(Office.objects.filter(bot__isnull=False).order_by("pk"))
    for name in failing(now=now):
        key, label = f"job:{name}:{today}", jobs.WORDS.get(name, name)
        text = format_lazy(_("A periodic job did not finish: {job}. Look at the page of jobs"), job=label)
        told += notices.tell_many(people, key=key, text=text, now=now, link="/jobs/")
        with translation.override(settings.LANGUAGE_CODE):
            words = str(format_lazy(_("A periodic job did not finish: {job}. Tell the administrator"), job=label))
            told += sum(bots.put(office, key=key, words=words, now=now) for office in offices)
    return told

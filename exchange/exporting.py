"""Taking a list out: asked for, made in a stream, sealed, fetched by whoever asked, gone after a day (REP-07)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from common import crypto
from common.errors import RuleError
from common.excel import MOST_ROWS, Book, Mark
from staff import notices, places
from staff.delegations import today_of
from staff.leaving import check_may_export
from staff.models import AccessLog, User
from staff.models.log import Look

from .lists.listed import Asked, Listed
from .lists.table import LISTS
from .models import ExportFile, ExportJob, ExportState

AT_ONCE = 5_000
GOOD_FOR = timedelta(hours=24)
GIVE_UP_ON_AFTER = timedelta(minutes=10)
MOST_WAITING = 3


def check_export(name: str, *, by: User) -> Listed:
    """The list called ``name``, if ``by`` may take it out. RuleError otherwise."""
    listed = LISTS.get(name)
    if listed is None or not listed.is_for(by):
        raise RuleError(_("Your role sees no such list: there is nothing to take out"), rule="REP-07")
    check_may_export(by)
    return listed


@transaction.atomic
def ask(name: str, *, query: str, text: str | None, by: User, now: datetime) -> ExportJob:
    """Ask for a list as the filter ``query`` and the search ``text`` show it; it is made by :func:`work`."""
    check_export(name, by=by)
    waiting = ExportJob.objects.filter(by=by, state__in=[ExportState.WAITING, ExportState.RUNNING], expires_at__gt=now)
    if waiting.count() >= MOST_WAITING:
        raise RuleError(_("Several exports of yours are being made: wait for them"), rule="REP-07")
    job = ExportJob(office=by.office, name=name, by=by, made_at=now, expires_at=now + GOOD_FOR)
    job.keep_key(crypto.new_data_key())
    job.asked_sealed = job.sealed({"query": query[:2000], "text": text}, "asked")
    job.total = LISTS[name].count(_asked(job, now=now))
    if job.total > MOST_ROWS - 3:
        raise RuleError(_("An Excel sheet holds 1,048,576 rows: narrow the filter"), rule="REP-07")
    job.save()
    return job


def _asked(job: ExportJob, *, now: datetime) -> Asked:
    """Who asked for what, as it is opened again."""
    asked = job.opened(job.asked_sealed, "asked")
    return Asked(job.by, QueryDict(asked["query"]), asked["text"], today_of(job.by, now), now)


def work(job: ExportJob, *, now: datetime) -> ExportJob:
    """Make the workbook, unless somebody else is at it; refused when the right to the list is gone meanwhile."""
    claimed = _claim(job, now=now)
    if claimed is None:
        return job
    try:
        listed = check_export(claimed.name, by=claimed.by)
        _check_place(claimed)
        data = _made(claimed, listed, now=now)
    except RuleError as refusal:
        return _end(claimed, ExportState.REFUSED, now=now, refusal=str(refusal))
    return _keep(claimed, data, now=now)


def _check_place(job: ExportJob) -> None:
    """The list is that of the place where it was asked for."""
    if job.by.office != job.office:
        raise RuleError(_("You hold another post now: take the list out again"), rule="REP-07")


@transaction.atomic
def _claim(job: ExportJob, *, now: datetime) -> ExportJob | None:
    rows = ExportJob.objects.select_related("office__policy", "by").select_for_update(of=("self",))
    found = rows.get(pk=job.pk)
    stale = found.claimed_at is None or found.claimed_at < now - GIVE_UP_ON_AFTER
    if found.state != ExportState.WAITING and not (found.state == ExportState.RUNNING and stale):
        return None
    found.state, found.claimed_at, found.done = ExportState.RUNNING, now, 0
    found.save(update_fields=["state", "claimed_at", "done"])
    return found


def _made(job: ExportJob, listed: Listed, *, now: datetime) -> bytes:
    """The workbook, its rows read in a stream."""
    book = Book(Mark(places.unit_of(job.by), str(job.by), now, places.zone_of(job.by)))
    book.add(listed.title, listed.columns, _rows(job, listed, now=now), filtered=True)
    return book.content()


def _rows(job: ExportJob, listed: Listed, *, now: datetime) -> Iterator[Any]:
    for chunk in listed.chunks(_asked(job, now=now)):
        yield from chunk
        job.done += len(chunk)
        ExportJob.objects.filter(pk=job.pk).update(done=job.done)


@transaction.atomic
def _keep(job: ExportJob, data: bytes, *, now: datetime) -> ExportJob:
    """Keep the workbook, and write down in each office concerned who took out how much of what (ACC-05)."""
    ExportFile.objects.filter(job=job).delete()
    ExportFile.objects.create(job=job, sealed=job.sealed_file(data))
    job.size, job.sha256, job.total = len(data), hashlib.sha256(data).hexdigest(), job.done
    words = _("%(list)s, %(rows)s rows") % {"list": LISTS[job.name].title, "rows": job.done}
    said: dict[str, Any] = {"subject": f"export:{job.pk}", "reason": words[:200], "at": now}
    for office in places.offices_of(job.by):
        AccessLog.objects.create(office=office, user=job.by, action=Look.EXPORTED, **said)
    return _end(job, ExportState.DONE, now=now)


def _end(job: ExportJob, state: str, *, now: datetime, refusal: str = "") -> ExportJob:
    job.state, job.refusal, job.finished_at = state, refusal[:300], now
    job.save(update_fields=["state", "refusal", "finished_at", "done", "total", "size", "sha256"])
    if job.total > AT_ONCE or refusal:
        notices.tell(job.by, key=f"export:{job.pk}", text=LISTS[job.name].title, now=now, link=f"/exports/{job.pk}/")
    return job


def work_all(*, now: datetime) -> int:
    """Make every export that waits, or whose maker died; how many were looked at."""
    stale = Q(state=ExportState.RUNNING, claimed_at__lt=now - GIVE_UP_ON_AFTER)
    waiting = list(ExportJob.objects.filter(Q(state=ExportState.WAITING) | stale).order_by("pk"))
    for job in waiting:
        work(job, now=now)
    return len(waiting)


def check_fetch(job: ExportJob, *, by: User, now: datetime) -> None:
    """Whether the file can be fetched now: ready, not expired, and the right to the list still there."""
    if job.expires_at <= now:
        raise RuleError(_("This export has expired: take the list out again"), rule="REP-07")
    if job.state != ExportState.DONE:
        raise RuleError(_("This export is not ready yet"), rule="REP-07")
    check_export(job.name, by=by)


def fetch(job: ExportJob, *, by: User, now: datetime) -> bytes:
    """The workbook, for whoever asked for it (REP-07)."""
    check_fetch(job, by=by, now=now)
    return job.opened_file(job.file.sealed)


def clear(*, now: datetime) -> int:
    """Destroy the files and keys of exports that have expired; how many."""
    expired = ExportJob.objects.filter(expires_at__lte=now).exclude(kek="")
    for job in expired:
        with transaction.atomic():
            ExportFile.objects.filter(job=job).delete()
            job.destroy_key()
            job.asked_sealed = b""
            job.save(update_fields=["kek", "wrapped", "asked_sealed"])
    return len(expired)

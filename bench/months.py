"""The figures of a month in a large office, and a workbook of many lines beside openpyxl's own writer (REP-04, REP-07)."""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from openpyxl import Workbook

from common.excel import Book, Column, Mark
from customers.models import Episode, FollowUp, Manner, Signature
from reports import figures

from .data import House
from .figures import Figure
from .timing import Job, interleave, ratio

EACH, BATCH = 10, 5_000
COLUMNS = 15
MEGABYTE = 1 << 20


def follow_up(place: House, *, each: int = EACH) -> int:
    """``each`` contacts with every customer, a few days apart; how many."""
    rows = Episode.objects.filter(customer__office=place.office).order_by("pk")
    batch: list[FollowUp] = []
    made = 0
    for episode in rows.iterator(chunk_size=BATCH):
        for n in range(1, each + 1):
            at = min(episode.since + timedelta(days=3 * n), timezone.now())
            batch.append(_contact(place, episode, at))
        if len(batch) >= BATCH:
            made += len(FollowUp.objects.bulk_create(batch))
            batch.clear()
    made += len(FollowUp.objects.bulk_create(batch))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def _contact(place: House, episode: Episode, at: datetime) -> FollowUp:
    day = place.office.today(at)
    return FollowUp(
        **{"customer_id": episode.customer_id, "episode": episode, "author_id": episode.owner_id, "at": at, "day": day},
        **{"extends_to": episode.valid_until, "manner": Manner.PHONE, "reached": True, "has_result": True},
        **{"next_on": day + timedelta(days=3), "signature": Signature.PENDING},
    )


def of_month(place: House, *, each: int = EACH) -> list[Figure]:
    """How long the figures of last month take."""
    began = time.perf_counter()
    made = follow_up(place, each=each)
    filled = time.perf_counter() - began
    now = timezone.now()
    month = date(now.year, now.month, 1) - timedelta(days=1)
    job = Job("month", lambda: figures.of_month(place.office, month, now=now))
    job.warm(1)
    interleave([job], rounds=3, limit=30)
    customers = made // each
    goal = 3 * max(1, made / 1_000_000)
    what = f"figures of a month, {customers:,} customers, {made:,} follow-ups"
    return [Figure(what, job.median, "s", most=goal, note=f"filled in {filled:.0f} s")]


def lines(many: int) -> Iterator[list[Any]]:
    """Rows such as an export has."""
    at = datetime(2026, 3, 1, 4, tzinfo=timezone.get_default_timezone())
    for n in range(many):
        start = [n, f"测量客户{n}", "154****1234", at.replace(tzinfo=None), at.date(), "来访", "自然到访", n % 97 * 1.5]
        yield [*start, "B", "测量顾问", "约周末再看样板间", "三室两厅", n % 7, "有效", "=备注"]


def ours(many: int) -> None:
    """The house's writer."""
    mark = Mark("测量案场", "测量", timezone.now(), "Asia/Shanghai")
    book = Book(mark)
    book.add("登记", [Column(f"栏{n}") for n in range(COLUMNS)], lines(many))
    with tempfile.TemporaryFile() as target:
        book.save(target)


def floor(many: int) -> None:
    """openpyxl's write-only mode, the same cells."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("登记")
    for row in lines(many):
        sheet.append(row)
    with tempfile.TemporaryFile() as target:
        book.save(target)


def workbook(many: int, *, rounds: int) -> list[Figure]:
    """Our writer's time beside the floor's, and its memory."""
    mine, theirs = Job("ours", lambda: ours(many)), Job("openpyxl", lambda: floor(many))
    interleave([mine, theirs], rounds=rounds, limit=60)
    tracemalloc.start()
    ours(min(many, 20_000))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    note = f"{mine.median:.1f} s against {theirs.median:.1f} s of openpyxl's write-only mode"
    return [
        Figure(f"workbook, {many:,} × {COLUMNS} cells, × floor", ratio(mine, theirs), "×", most=0.4, note=note),
        Figure("memory of writing it", peak / MEGABYTE, "MB", most=150, note="of 20,000 rows; it does not grow"),
    ]

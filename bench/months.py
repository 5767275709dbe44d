"""The figures of a month in a large office, and a workbook of many lines beside openpyxl's own writer (REP-04, REP-07)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone
from openpyxl import Workbook

from common.excel import Book, Column, Mark
from customers.models import Episode, FollowUp, Manner, Signature
from reports import figures
from reports.events import span

from .data import House
from .figures import Figure
from .timing import Job, interleave, ratio

EACH, BATCH = 10, 5_000
COLUMNS = 15
KILO = 1024


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


BY_HAND = (
    "SELECT kind, first, COUNT(*) FROM customers_registerline WHERE office_id = %s AND at >= %s AND at < %s"
    " GROUP BY kind, first",
    "SELECT owner_id, COUNT(*) FROM customers_registerline WHERE office_id = %s AND at >= %s AND at < %s AND opens"
    " GROUP BY owner_id",
    "SELECT f.author_id, COUNT(*), COUNT(DISTINCT f.customer_id) FROM customers_followup f"
    " JOIN customers_customer c ON c.id = f.customer_id WHERE c.office_id = %s AND f.at >= %s AND f.at < %s"
    " AND f.signature <> 'none' GROUP BY f.author_id",
    "SELECT COUNT(*) FROM customers_episode e JOIN customers_customer c ON c.id = e.customer_id"
    " WHERE c.office_id = %s AND e.until >= %s AND e.until < %s",
    "SELECT COUNT(*) FROM customers_defeatrequest d JOIN customers_customer c ON c.id = d.customer_id"
    " WHERE c.office_id = %s AND d.decided_at >= %s AND d.decided_at < %s",
    "SELECT rep_id, COUNT(*), SUM(price) FROM sales_deal WHERE office_id = %s AND contracted_at >= %s"
    " AND contracted_at < %s GROUP BY rep_id",
    "SELECT level, COUNT(*) FROM customers_customer WHERE office_id = %s AND registered_at < %s AND %s IS NOT NULL"
    " GROUP BY level",
)


def by_hand(place: House, month: date) -> None:
    """The least that a month asks: bare counts of arrivals, new, contacts, ends, defeats, deals and levels."""
    over = span(place.office, month, month)
    with connection.cursor() as cursor:
        for statement in BY_HAND:
            cursor.execute(statement, [place.office.pk, over.begins, over.ends])
            cursor.fetchall()


def of_month(place: House, *, each: int = EACH) -> list[Figure]:
    """How long the figures of last month take, and how long its bare counts."""
    began = time.perf_counter()
    made = follow_up(place, each=each)
    filled = time.perf_counter() - began
    now = timezone.now()
    month = date(now.year, now.month, 1) - timedelta(days=1)
    job = Job("month", lambda: figures.of_month(place.office, month, now=now))
    floor = Job("by hand", lambda: by_hand(place, month))
    job.warm(1)
    interleave([job, floor], rounds=5, limit=30)
    goal = 3 * max(1, made / 1_000_000)
    what = f"figures of a month, {made // each:,} customers, {made:,} follow-ups"
    note = f"a year of trend, persons, cohorts, discipline; filled in {filled:.0f} s"
    return [
        Figure(what, job.median, "s", most=goal, note=note),
        Figure(
            "bare counts of that month by hand", floor.median, "s", note=f"{job.median / floor.median:.1f} × in all"
        ),
    ]


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


def write_only(many: int) -> None:
    """openpyxl's write-only mode, the same cells."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("登记")
    for row in lines(many):
        sheet.append(row)
    with tempfile.TemporaryFile() as target:
        book.save(target)


def memory(many: int) -> tuple[float, float]:
    """Megabytes that a process of its own holds before it writes the workbook, and at most until it has."""
    code = (
        "import django, json; django.setup(); from bench import months;"
        f"print(json.dumps([months.held(), months.ours({many}), months.held()]))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    before, _none, after = json.loads(said)
    return before, after


def held() -> float:
    """The most megabytes that this process has held so far. (``getrusage`` counts the parent before the exec too.)"""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / KILO


def workbook(many: int, *, rounds: int) -> list[Figure]:
    """Our writer's time beside the floor's, and its memory."""
    mine, theirs = Job("ours", lambda: ours(many)), Job("openpyxl", lambda: write_only(many))
    interleave([mine, theirs], rounds=rounds, limit=60)
    before, after = memory(many)
    note = f"{mine.median:.1f} s against {theirs.median:.1f} s of openpyxl's write-only mode"
    return [
        Figure(f"workbook, {many:,} × {COLUMNS} cells, × floor", ratio(mine, theirs), "×", most=0.4, note=note),
        Figure(
            "memory of writing it", after, "MB", most=150, note=f"resident, a process of its own; {before:.0f} before"
        ),
    ]

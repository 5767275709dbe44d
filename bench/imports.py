"""An older register brought in, beside its floor: the same rows by bulk_create, unchecked and in the clear (REG-10)."""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from customers.models import Customer, Decision, LineKind, RegisterLine, Source, Standing
from exchange import checking, importing, reading
from exchange.models import BatchState, ImportBatch

from . import data
from .data import House
from .figures import Figure

HEADS = ["编号", "日期", "时间", "类型", "姓名", "电话", "需求", "来源", "业务员", "级别", "备注"]
A_DAY, BATCH, ALL = 40, 500, 10**9
GOAL, MEMORY = 120, 300


def table(place: House, rows: int) -> Iterator[list[str]]:
    """The older register: forty arrivals a day, up to yesterday."""
    first = timezone.localdate() - timedelta(days=rows // A_DAY + 1)
    for n in range(1, rows + 1):
        rep, day = place.reps[n % len(place.reps)], first + timedelta(days=n // A_DAY)
        when = [str(n), day.isoformat(), f"{9 + n % 8:02d}:30", "来访"]
        who = [data.name_of(n), data.phone_of(n), "三室两厅，南向", "路过", rep.name]
        yield [*when, *who, "ABCD"[n % 4], "约周末再看样板间"]


def file_of(place: House, rows: int) -> bytes:
    """The same as a text table."""
    data = io.BytesIO()
    with io.TextIOWrapper(data, encoding="utf-8", newline="") as out:
        csv.writer(out).writerow(HEADS)
        csv.writer(out).writerows(table(place, rows))
        out.flush()
        return data.getvalue()


def bring(place: House, file: bytes) -> ImportBatch:
    """Upload, columns as guessed, check, take in: to the end."""
    now = timezone.now()
    batch = reading.upload(place.office, kind="register", name="old.csv", data=file, by=place.desk, now=now)
    batch = importing.work(batch, now=now, pieces=1)
    batch = checking.begin_check(batch, mapping=batch.mapping, fill_down=False)
    batch = importing.work(batch, now=now, pieces=ALL)
    return importing.work(importing.start(batch, set_aside=False), now=now, pieces=ALL)


def floor(place: House, rows: int) -> None:
    """Customers and lines as they stand in the table, and nothing else."""
    found: list[list[str]] = []
    for row in table(place, rows):
        found.append(row)
        if len(found) == BATCH:
            _plainly(place, found)
            found = []
    _plainly(place, found)


def _plainly(place: House, rows: list[list[str]]) -> None:
    said = [(int(row[0]), date.fromisoformat(row[1]), _moment(row), row) for row in rows]
    people = [
        Customer(
            **{"office": place.office, "number": n, "standing": Standing.ACTIVE, "owner": place.desk},
            **{"since": day, "valid_until": day, "registered_at": at},
        )
        for n, day, at, _row in said
    ]
    Customer.objects.bulk_create(people)
    RegisterLine.objects.bulk_create(
        RegisterLine(
            **{"office": place.office, "number": n, "kind": LineKind.VISIT, "at": at, "customer": customer},
            **{"decision": Decision.NEW, "reason": "", "opens": True, "first": True, "source": Source.WALK_IN},
            **{
                "request_id": uuid4(),
                "details_sealed": json.dumps(row).encode(),
                "commit": "",
                "prev": "",
                "digest": "",
            },
        )
        for customer, (n, _day, at, row) in zip(people, said, strict=True)
    )


def _moment(row: list[str]) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(f"{row[1]}T{row[2]}"))


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of this process."""
    wall, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - own


def figures(rows: int) -> list[Figure]:
    """How long an import takes beside its floor, and how much memory the process had at most."""
    place = data.found()
    file = file_of(place, rows)
    ours, own = spent(lambda: bring(place, file))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.done) == (BatchState.DONE, rows), batch.stopped_by
    neighbour = House(data.neighbour_of(place.office), place.reps, place.desk)
    theirs, plain = spent(lambda: floor(neighbour, rows))
    note = f"{own:.0f} s of CPU in the process; floor {theirs:.1f} s, {plain:.1f} s of CPU"
    return [
        Figure(f"import of {rows:,} rows", ours, "s", most=max(5, GOAL * rows / 100_000), note=note),
        Figure("CPU of the import, × floor", own / plain, "×"),
        Figure("memory of the process", peak, "MB", most=MEMORY),
    ]

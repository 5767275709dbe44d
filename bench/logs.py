"""How fast a log is replayed, and how long the demo office takes."""

from __future__ import annotations

import io
import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import transaction

from crm.replay.log import read
from crm.replay.run import run

from . import data
from .figures import Figure

REPS, VISITS = 8, 40
OPENING = datetime(2026, 3, 1, 1, tzinfo=UTC)


class _Undo(Exception):
    """Takes the demo office away again."""


def events() -> Iterator[dict[str, Any]]:
    """An endless log: sign-ins, visitors new and returning, departures, calls, follow-ups."""
    at = OPENING - timedelta(days=1)
    yield {"do": "office", "name": "重放案场", "at": at}
    yield {"do": "hire", "who": "S", "name": "主管", "role": "supervisor", "at": at}
    for n in range(REPS):
        yield {"do": "hire", "who": f"R{n}", "name": f"顾问{n}", "role": "rep", "number": n + 1, "at": at}
    numbers = itertools.count(1)
    for day in itertools.count():
        at = OPENING + timedelta(days=day)
        for n in range(REPS):
            yield {"do": "sign_in", "who": f"R{n}", "at": at + timedelta(seconds=n)}
        for visit in range(VISITS):
            yield from _visitor(next(numbers), at + timedelta(minutes=5 + 10 * visit))


def _visitor(n: int, at: datetime) -> Iterator[dict[str, Any]]:
    """A first visit that ends, a follow-up, every third time a return, every fifth a call."""
    key, minute = f"c{n}", timedelta(minutes=1)
    person = {"as": key, "name": data.name_of(n * 217), "phone": data.phone_of(90_000_000 + n)}
    yield {"do": "arrive", "kind": "visit", **person, "at": at}
    yield {"do": "leave", "customer": key, "at": at + minute}
    yield {
        "do": "follow_up",
        "customer": key,
        "manner": "phone",
        "reached": True,
        "result": "约周末",
        "at": at + 2 * minute,
    }
    if n % 3 == 0:
        yield {"do": "arrive", "kind": "visit", "customer": key, "at": at + 3 * minute}
        yield {"do": "leave", "customer": key, "at": at + 4 * minute}
    if n % 5 == 0:
        call = {"as": f"t{n}", "name": data.name_of(n * 31), "phone": data.phone_of(95_000_000 + n)}
        yield {"do": "arrive", "kind": "call", "answered_by": "R0", **call, "at": at + 5 * minute}


def replay(many: int) -> Figure:
    """Events a second, nothing kept."""
    rows = [json.dumps(event, default=datetime.isoformat) for event in itertools.islice(events(), many)]
    began, cpu = time.perf_counter(), time.process_time()
    state = run(read(iter(rows)), policy={}, keep=False)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    if state["refusals"]:
        raise RuntimeError(f"the log was not plain: {state['refusals'][:3]}")
    note = f"{many:,} events in {seconds:.1f} s, {many / cpu:.0f} in a second of CPU"
    return Figure("replay", many / seconds, "events/s", least=300, note=note)


def demo(days: int) -> Figure:
    """The demo office, made and taken away again."""
    began, cpu = time.perf_counter(), time.process_time()
    try:
        with transaction.atomic():
            call_command("demo", days=days, stdout=io.StringIO())
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
            raise _Undo
    except _Undo:
        pass
    return Figure(f"demo office of {days} days", seconds, "s", most=60, note=f"{cpu:.1f} s of CPU")

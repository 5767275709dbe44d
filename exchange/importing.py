"""The third step of an import: the good rows taken in; and the work at all steps, piece by piece (REG-10).

Nothing counts before every row is good or the bad ones were set aside. Each piece of work is one transaction that
locks the batch and takes the next rows by their state: two workers take turns, a killed one is followed by the next.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError

from . import batches, columns
from .batches import STATES, S, advance, end, keep, relock, rules_of
from .checking import check
from .models import AT_WORK, BatchState, ImportBatch, RowState
from .reading import read


def work(batch: ImportBatch, *, now: datetime, pieces: int) -> ImportBatch:
    """Do at most ``pieces`` pieces of what the batch waits for; the batch as it is then."""
    steps = {S.READING: read, S.CHECKING: check, S.RUNNING: _take_in}
    for _n in range(pieces):
        step = steps.get(BatchState(batch.state))
        if step is None:
            break
        batch = step(batch, now=now)
    return batch


def work_all(*, now: datetime) -> int:
    """Do what every batch waits for, to its end; how many were worked at."""
    waiting = list(ImportBatch.objects.filter(state__in=AT_WORK).order_by("pk"))
    for batch in waiting:
        work(batch, now=now, pieces=10**6)
    return len(waiting)


def check_start(batch: ImportBatch, *, set_aside: bool) -> None:
    """Nothing is taken in until all rows are good or the bad ones are set aside (REG-10)."""
    if batch.state == S.CHECKED and batch.stopped_by:
        raise RuleError(batch.stopped_by, rule="REG-10")
    if batch.bad and not set_aside:
        raise RuleError(
            _("%(bad)s rows are to be mended: upload the mended file, or set them aside") % {"bad": batch.bad},
            rule="REG-10",
        )
    if not batch.rows.filter(state=RowState.GOOD).exists():
        raise RuleError(_("No row is left to take in"), rule="REG-10")


@transaction.atomic
def start(batch: ImportBatch, *, set_aside: bool) -> ImportBatch:
    """Take the good rows in; also after a stop, from where it stopped."""
    batch = relock(batch)
    check_start(batch, set_aside=set_aside)
    STATES.move(batch, S.RUNNING)
    batch.stopped_by = ""
    batch.save()
    return batch


def _take_in(batch: ImportBatch, *, now: datetime) -> ImportBatch:
    """Take the next rows in, all of them or none; a refusal stops the batch where it is."""
    try:
        return _take_chunk(batch, now=now)
    except RuleError as refusal:
        return _stop(batch, now=now, why=str(refusal))


@transaction.atomic
def _take_chunk(batch: ImportBatch, *, now: datetime) -> ImportBatch:
    batch = relock(batch)
    if batch.state != S.RUNNING:
        return batch
    rows = list(batch.rows.filter(state=RowState.GOOD).order_by("place", "n")[: batches.CHUNK])
    if not rows:
        return end(batch, S.DONE, now=now)
    said = [(row.n, columns.picked(batch.opened(row.cells_sealed, "cells"), batch.mapping)) for row in rows]
    for row, (result, refusal) in zip(rows, rules_of(batch).take_in(batch, said, now=now), strict=True):
        row.state = RowState.BAD if refusal else RowState.DONE
        row.result, row.faults = result, [["", refusal]] if refusal else []
    keep(rows, "state", "result", "faults")
    advance(batch, rows)
    return batch


@transaction.atomic
def _stop(batch: ImportBatch, *, now: datetime, why: str) -> ImportBatch:
    batch = relock(batch)
    if batch.state == S.RUNNING:
        batch.stopped_by = why[:300]
        end(batch, S.STOPPED, now=now)
    return batch

"""An import as a whole: its states, its lock, its counts, its end (REG-10)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from operator import attrgetter

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from common import bulk
from common.states import Machine
from staff import notices

from .kinds.table import KINDS, Kind
from .models import BatchState, ImportBatch, ImportFile, ImportRow, RowState

CHUNK = 500
KEPT = timedelta(days=7)
S = BatchState
TRANSITIONS: dict[str, frozenset[str]] = {
    S.READING: frozenset({S.MAPPING, S.DROPPED}),
    S.MAPPING: frozenset({S.CHECKING, S.DROPPED}),
    S.CHECKING: frozenset({S.CHECKED, S.DROPPED}),
    S.CHECKED: frozenset({S.CHECKING, S.RUNNING, S.DROPPED}),
    S.RUNNING: frozenset({S.DONE, S.STOPPED}),
    S.STOPPED: frozenset({S.RUNNING}),
    S.DONE: frozenset(),
    S.DROPPED: frozenset(),
}
STATES = Machine(TRANSITIONS, gettext_lazy("This import is %(now)s: it cannot be %(to)s now"), rule="REG-10")


def rules_of(batch: ImportBatch) -> Kind:
    """The columns, check and taking in of a batch."""
    return KINDS[batch.kind]


def relock(batch: ImportBatch) -> ImportBatch:
    """The batch as it is now, locked until the transaction ends."""
    return ImportBatch.objects.select_related("office__policy", "by").select_for_update(of=("self",)).get(pk=batch.pk)


def count(batch: ImportBatch) -> None:
    """Count the rows by state and keep the counts."""
    counts = dict(batch.rows.values_list("state").annotate(Count("pk")).order_by())
    batch.bad, batch.known = counts.get(RowState.BAD, 0), counts.get(RowState.KNOWN, 0)
    batch.done = counts.get(RowState.DONE, 0)
    batch.seen = batch.total - counts.get(RowState.WAITING, 0)
    batch.save()


def advance(batch: ImportBatch, rows: list[ImportRow]) -> None:
    """Add rows that were just worked at to the counts: counting all of them at each piece would grow with the table."""
    states = Counter(row.state for row in rows)
    batch.bad += states[RowState.BAD]
    batch.known += states[RowState.KNOWN]
    batch.done += states[RowState.DONE]
    batch.save(update_fields=["seen", "bad", "known", "done"])


def keep(rows: list[ImportRow], *fields: str) -> None:
    """Write ``fields`` of staged rows in one statement."""
    bulk.update(ImportRow, fields, list(map(attrgetter("pk", *fields), rows)))


@transaction.atomic
def give_up(batch: ImportBatch, *, now: datetime, why: str) -> ImportBatch:
    """End an import that cannot go on, with the reason."""
    batch = relock(batch)
    batch.stopped_by = why[:300]
    return end(batch, S.DROPPED, now=now)


@transaction.atomic
def drop(batch: ImportBatch, *, now: datetime) -> ImportBatch:
    """Give an import up before anything was taken in: file and rows are destroyed."""
    return end(relock(batch), S.DROPPED, now=now)


def end(batch: ImportBatch, state: str, *, now: datetime) -> ImportBatch:
    """Write the end down and tell whoever uploaded; a dropped batch loses its rows at once."""
    STATES.move(batch, state)
    batch.finished_at = now
    batch.save()
    if state == S.DROPPED:
        _destroy(batch)
    words = gettext_lazy("Import {file}: {state}")
    text = format_lazy(words, file=batch.file_name, state=BatchState(state).label)
    notices.tell(
        batch.by, key=f"import:{batch.pk}:{state}:{batch.done}", text=text, now=now, link=f"/imports/{batch.pk}/"
    )
    return batch


def _destroy(batch: ImportBatch) -> None:
    """Destroy file, rows and key: what was not taken in is gone."""
    ImportFile.objects.filter(batch=batch).delete()
    batch.rows.all().delete()
    batch.destroy_key()
    batch.columns_sealed = b""
    batch.save(update_fields=["kek", "wrapped", "columns_sealed"])


def clear(*, now: datetime) -> int:
    """Destroy the rows of imports a week after their end; how many imports were cleared."""
    ended = ImportBatch.objects.filter(finished_at__lt=now - KEPT, state__in=[S.DONE, S.STOPPED]).exclude(kek="")
    for batch in ended:
        with transaction.atomic():
            locked = relock(batch)
            if locked.state == S.STOPPED:
                locked.state = S.DONE
                locked.save(update_fields=["state"])
            _destroy(locked)
    return len(ended)


def rows_shown(batch: ImportBatch, state: str) -> QuerySet[ImportRow]:
    """The rows of a batch in one state, in the order of the file."""
    return batch.rows.filter(state=state).order_by("n")

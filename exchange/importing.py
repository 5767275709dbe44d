"""Bringing a table in: read, columns chosen, checked row by row, taken in, each step in pieces that can stop (REG-10).

Nothing counts before every row is good or the bad ones were set aside. Each piece of work is one transaction that
locks the batch and takes the next rows by their state: two workers take turns, a killed one is followed by the next.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import crypto, spreadsheets
from common.errors import RuleError
from common.names import clean
from common.states import Machine
from staff import notices
from staff.models import Office, User

from . import columns
from .kinds.cells import Row
from .kinds.table import KINDS, Kind
from .models import AT_WORK, BatchState, ImportBatch, ImportFile, ImportRow, RowState

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


@transaction.atomic
def upload(office: Office, *, kind: str, name: str, data: bytes, by: User, now: datetime) -> ImportBatch:
    """Keep an uploaded table, sealed, to be read. RuleError for a wrong name or size, or without the duty."""
    if kind not in KINDS or by.office != office or not by.has(KINDS[kind].DUTY):
        raise RuleError(_("Choose what the table holds: your role may not bring this in"), rule="REG-10")
    spreadsheets.form_of(name)
    spreadsheets.check_size(len(data))
    kek, wrapped = crypto.wrap(crypto.new_data_key())
    batch = ImportBatch(office=office, kind=kind, by=by, made_at=now, kek=kek, wrapped=wrapped)
    batch.file_name, batch.file_size = _plain_name(name), len(data)
    batch.sha256 = hashlib.sha256(data).hexdigest()
    batch.save()
    ImportFile.objects.create(batch=batch, sealed=batch.sealed(base64.b64encode(data).decode(), "file"))
    return batch


def _plain_name(name: str) -> str:
    """The last part of a file's name without anything that does not show; its end stays."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(mark for mark in last if mark.isprintable() and mark not in '<>:"|?*')
    return clean(kept[-60:]) or "table"


def relock(batch: ImportBatch) -> ImportBatch:
    """The batch as it is now, locked until the transaction ends."""
    return ImportBatch.objects.select_related("office__policy", "by").select_for_update(of=("self",)).get(pk=batch.pk)


def work(batch: ImportBatch, *, now: datetime, pieces: int) -> ImportBatch:
    """Do at most ``pieces`` pieces of what the batch waits for; the batch as it is then."""
    steps = {S.READING: _read, S.CHECKING: _check, S.RUNNING: _take_in}
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


def _read(batch: ImportBatch, *, now: datetime) -> ImportBatch:
    """Stage the rows of the file, some at a time; those staged before a stop are passed over."""
    try:
        for chunk in _chunks(_rows_of_file(batch)):
            with transaction.atomic():
                batch = relock(batch)
                if batch.state != S.READING:
                    return batch
                _stage(batch, chunk)
    except RuleError as refusal:
        return _drop(batch, now=now, why=str(refusal))
    with transaction.atomic():
        batch = relock(batch)
        if batch.state != S.READING:
            return batch
        batch.total = batch.rows.count()
        if not batch.total:
            return _drop(batch, now=now, why=_("No rows under the heads of the columns: look at the first sheet"))
        STATES.move(batch, S.MAPPING)
        batch.save()
        ImportFile.objects.filter(batch=batch).delete()
    return batch


def _rows_of_file(batch: ImportBatch) -> Iterator[tuple[int, list[str]]]:
    """(row number in the file, cells) of every filled row below the heads; the heads are kept on the way."""
    data = base64.b64decode(batch.opened(batch.file.sealed, "file"))
    rows = spreadsheets.rows(data, spreadsheets.form_of(batch.file_name))
    first = list(islice(rows, columns.HEAD_AMONG))
    at, heads = columns.find_head(first, rules_of(batch).COLUMNS)
    with transaction.atomic():
        batch = relock(batch)
        batch.columns_sealed = batch.sealed([head[:60] for head in heads], "columns")
        batch.mapping = columns.guess(heads, rules_of(batch).COLUMNS)
        batch.save(update_fields=["columns_sealed", "mapping"])
    staged = batch.rows.aggregate(last=Max("n"))["last"] or 0
    for n, cells in _numbered(first, rows):
        if n > max(at + 1, staged) and any(cells):
            yield n, cells


def _numbered(first: list[list[str]], rest: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows with their number in the file, from 1."""
    n = 0
    for n, row in enumerate(first, 1):
        yield n, row
    for m, row in enumerate(rest, n + 1):
        yield m, row


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _stage(batch: ImportBatch, chunk: list[tuple[int, list[str]]]) -> None:
    rows = [ImportRow(batch=batch, n=n, cells_sealed=batch.sealed(cells, "cells")) for n, cells in chunk]
    ImportRow.objects.bulk_create(rows)


def check_mapping(batch: ImportBatch, mapping: dict[str, int]) -> None:
    """Refuse a choice of columns that leaves out a needed one or uses one twice."""
    known = {column.name: column for column in rules_of(batch).COLUMNS}
    if len(set(mapping.values())) != len(mapping) or not set(mapping) <= set(known):
        raise RuleError(_("Each column of the file can stand for one thing only"), rule="REG-10")
    lacking = [str(column.label) for column in known.values() if column.required and column.name not in mapping]
    if lacking:
        raise RuleError(_("Choose the column for: %(names)s") % {"names": "、".join(lacking)}, rule="REG-10")


@transaction.atomic
def begin_check(batch: ImportBatch, *, mapping: dict[str, int], fill_down: bool) -> ImportBatch:
    """Take the choice of columns and check every row by it anew."""
    batch = relock(batch)
    check_mapping(batch, mapping)
    STATES.move(batch, S.CHECKING)
    batch.mapping, batch.fill_down = mapping, fill_down
    batch.seen = batch.bad = batch.known = 0
    batch.stopped_by = ""
    batch.save()
    batch.rows.update(state=RowState.WAITING, faults=[], place=0, mark="")
    return batch


@transaction.atomic
def _check(batch: ImportBatch, *, now: datetime) -> ImportBatch:
    """Check the next rows; after the last, look at the table as a whole."""
    batch = relock(batch)
    if batch.state != S.CHECKING:
        return batch
    rows = list(batch.rows.filter(state=RowState.WAITING).order_by("n")[:CHUNK])
    if not rows:
        return _checked(batch)
    said = _picked(batch, rows)
    for row, told in zip(rows, rules_of(batch).check(batch, said, now=now), strict=True):
        row.place, row.mark, row.faults = told.place, told.mark, told.faults
        row.state = RowState.BAD if told.faults else RowState.KNOWN if told.known else RowState.GOOD
        row.result = told.known[:40]
    ImportRow.objects.bulk_update(rows, ["place", "mark", "faults", "state", "result", "cells_sealed"])
    _count(batch)
    return batch


def _picked(batch: ImportBatch, rows: list[ImportRow]) -> list[Row]:
    """The cells of rows by column name; with ``fill_down`` an empty day takes the one above it."""
    found = [(row.n, columns.picked(batch.opened(row.cells_sealed, "cells"), batch.mapping)) for row in rows]
    if not batch.fill_down or "day" not in batch.mapping:
        return found
    above = _day_above(batch, rows[0].n)
    for row, (_n, said) in zip(rows, found, strict=True):
        if said["day"]:
            above = said["day"]
        elif above:
            cells = batch.opened(row.cells_sealed, "cells")
            cells += [""] * (batch.mapping["day"] + 1 - len(cells))
            cells[batch.mapping["day"]] = said["day"] = above
            row.cells_sealed = batch.sealed(cells, "cells")
    return found


def _day_above(batch: ImportBatch, n: int) -> str:
    """The last day written above row ``n``: rows before it were filled already."""
    row = batch.rows.filter(n__lt=n).order_by("-n").first()
    return columns.picked(batch.opened(row.cells_sealed, "cells"), batch.mapping)["day"] if row else ""


def _checked(batch: ImportBatch) -> ImportBatch:
    """All rows were looked at: those that tell the same as another one are found, then what concerns the whole."""
    _same_arrival(batch)
    if batch.kind == "register" and "number" in batch.mapping:
        _same_number(batch)
    batch.stopped_by = " ".join(rules_of(batch).faults_of_all(batch))[:300]
    STATES.move(batch, S.CHECKED)
    _count(batch)
    return batch


def _same_arrival(batch: ImportBatch) -> None:
    """Of rows with the same mark the first is taken, the others are there already."""
    good = batch.rows.filter(state=RowState.GOOD)
    marks = good.exclude(mark="").values("mark").annotate(first=Min("n"), rows=Count("pk")).filter(rows__gt=1)
    for mark, first in list(marks.values_list("mark", "first")):
        words = _("The same as row %(n)s") % {"n": first}
        good.filter(mark=mark, n__gt=first).update(state=RowState.KNOWN, result=words[:40])


def _same_number(batch: ImportBatch) -> None:
    """Of rows with the same number all but the first are to be mended."""
    good = batch.rows.filter(state=RowState.GOOD)
    places = good.values("place").annotate(first=Min("n"), rows=Count("pk")).filter(rows__gt=1)
    for place, first in list(places.values_list("place", "first")):
        words = _("The number stands in row %(n)s already") % {"n": first}
        good.filter(place=place, n__gt=first).update(state=RowState.BAD, faults=[["number", words]])


def _count(batch: ImportBatch) -> None:
    counts = dict(batch.rows.values_list("state").annotate(Count("pk")).order_by())
    batch.bad, batch.known = counts.get(RowState.BAD, 0), counts.get(RowState.KNOWN, 0)
    batch.done = counts.get(RowState.DONE, 0)
    batch.seen = batch.total - counts.get(RowState.WAITING, 0)
    batch.save()


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
    rows = list(batch.rows.filter(state=RowState.GOOD).order_by("place", "n")[:CHUNK])
    if not rows:
        return _end(batch, S.DONE, now=now)
    said = [(row.n, columns.picked(batch.opened(row.cells_sealed, "cells"), batch.mapping)) for row in rows]
    for row, (result, refusal) in zip(rows, rules_of(batch).take_in(batch, said, now=now), strict=True):
        row.state = RowState.BAD if refusal else RowState.DONE
        row.result, row.faults = result, [["", refusal]] if refusal else []
    ImportRow.objects.bulk_update(rows, ["state", "result", "faults"])
    _count(batch)
    return batch


@transaction.atomic
def _stop(batch: ImportBatch, *, now: datetime, why: str) -> ImportBatch:
    batch = relock(batch)
    if batch.state == S.RUNNING:
        batch.stopped_by = why[:300]
        _end(batch, S.STOPPED, now=now)
    return batch


@transaction.atomic
def _drop(batch: ImportBatch, *, now: datetime, why: str) -> ImportBatch:
    batch = relock(batch)
    batch.stopped_by = why[:300]
    return _end(batch, S.DROPPED, now=now)


@transaction.atomic
def drop(batch: ImportBatch, *, now: datetime) -> ImportBatch:
    """Give an import up before anything was taken in: file and rows are destroyed."""
    return _end(relock(batch), S.DROPPED, now=now)


def _end(batch: ImportBatch, state: str, *, now: datetime) -> ImportBatch:
    """Write the end down and tell whoever uploaded; a dropped batch loses its rows at once."""
    STATES.move(batch, state)
    batch.finished_at = now
    batch.save()
    if state == S.DROPPED:
        _destroy(batch)
    words = gettext_lazy("Import %(file)s: %(state)s")
    text = _Told(words, {"file": batch.file_name, "state": BatchState(state).label})
    notices.tell(
        batch.by, key=f"import:{batch.pk}:{state}:{batch.done}", text=text, now=now, link=f"/imports/{batch.pk}/"
    )
    return batch


class _Told:
    """A lazy sentence with its words, put together in the reader's language."""

    def __init__(self, sentence: Any, words: dict[str, Any]) -> None:
        self.sentence, self.words = sentence, words

    def __str__(self) -> str:
        return str(self.sentence) % {name: str(word) for name, word in self.words.items()}


def _destroy(batch: ImportBatch) -> None:
    """Destroy file, rows and key: what was not taken in is gone."""
    ImportFile.objects.filter(batch=batch).delete()
    batch.rows.all().delete()
    batch.kek, batch.wrapped, batch.columns_sealed = "", b"", b""
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

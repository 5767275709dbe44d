"""The first step of an import: the file kept sealed, its heads understood, its rows staged (REG-10)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from common import bulk, crypto, spreadsheets
from common.errors import RuleError
from common.names import clean
from staff.models import Office, User

from . import batches, columns
from .batches import STATES, S, give_up, relock, rules_of
from .kinds.table import KINDS
from .models import ImportBatch, ImportFile, ImportRow

UNCHECKED = ("state", "place", "mark", "faults", "result")
FRESH = [ImportRow._meta.get_field(name).get_default() for name in UNCHECKED]


@transaction.atomic
def upload(office: Office, *, kind: str, name: str, data: bytes, by: User, now: datetime) -> ImportBatch:
    """Keep an uploaded table, sealed, to be read. RuleError for a wrong name or size, or without the duty."""
    if kind not in KINDS or by.office != office or not by.has(KINDS[kind].DUTY):
        raise RuleError(_("Choose what the table holds: your role may not bring this in"), rule="REG-10")
    spreadsheets.form_of(name)
    spreadsheets.check_size(len(data))
    batch = ImportBatch(office=office, kind=kind, by=by, made_at=now)
    batch.keep_key(crypto.new_data_key())
    batch.file_name, batch.file_size = _plain_name(name), len(data)
    batch.sha256 = hashlib.sha256(data).hexdigest()
    batch.save()
    ImportFile.objects.create(batch=batch, sealed=batch.sealed_file(data))
    return batch


def _plain_name(name: str) -> str:
    """The last part of a file's name without anything that does not show; its end stays."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(mark for mark in last if mark.isprintable() and mark not in '<>:"|?*')
    return clean(kept[-60:]) or "table"


def read(batch: ImportBatch, *, now: datetime) -> ImportBatch:
    """Stage the rows of the file, some at a time; those staged before a stop are passed over."""
    try:
        for chunk in _chunks(_rows_of_file(batch)):
            with transaction.atomic():
                batch = relock(batch)
                if batch.state != S.READING:
                    return batch
                _stage(batch, chunk)
    except RuleError as refusal:
        return give_up(batch, now=now, why=str(refusal))
    with transaction.atomic():
        batch = relock(batch)
        if batch.state != S.READING:
            return batch
        batch.total = batch.rows.count()
        if not batch.total:
            return give_up(batch, now=now, why=_("No rows under the heads of the columns: look at the first sheet"))
        STATES.move(batch, S.MAPPING)
        batch.save()
        ImportFile.objects.filter(batch=batch).delete()
    return batch


def _rows_of_file(batch: ImportBatch) -> Iterator[tuple[int, list[str]]]:
    """(row number in the file, cells) of every filled row below the heads; the heads are kept on the way."""
    file = ImportFile.objects.filter(batch=batch).first()
    if file is None:  # somebody else has read it to its end, or dropped it
        return
    rows = spreadsheets.rows(batch.opened_file(file.sealed), spreadsheets.form_of(batch.file_name))
    first = list(islice(rows, columns.HEAD_AMONG))
    at, heads = columns.find_head(first, rules_of(batch).COLUMNS)
    with transaction.atomic():
        batch = relock(batch)
        if batch.state != S.READING:
            return
        batch.columns_sealed = batch.sealed([head[:60] for head in heads], "columns")
        batch.mapping = columns.guess(heads, rules_of(batch).COLUMNS)
        batch.save(update_fields=["columns_sealed", "mapping"])
    staged = _last_staged(batch)
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
    while chunk := list(islice(rows, batches.CHUNK)):
        yield chunk


def _stage(batch: ImportBatch, chunk: list[tuple[int, list[str]]]) -> None:
    """Keep the rows of a chunk that nobody else has staged meanwhile; the batch is locked."""
    last = _last_staged(batch)
    rows = [(batch.pk, n, batch.sealed(cells, "cells"), *FRESH) for n, cells in chunk if n > last]
    bulk.insert(ImportRow, ("batch_id", "n", "cells_sealed", *UNCHECKED), rows)


def _last_staged(batch: ImportBatch) -> int:
    return batch.rows.aggregate(last=Max("n"))["last"] or 0

"""The rows of an import that are to be mended, as a file that can be mended and uploaded again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from common.excel import Book, Column, Mark
from staff.models import User

from .batches import rows_shown
from .kinds.table import KINDS
from .models import ImportBatch, RowState


def made(batch: ImportBatch, *, by: User, now: datetime) -> bytes:
    """The file: each bad row with its number in the uploaded table and what to do, then its cells."""
    heads = batch.columns
    columns = [Column(_("Row"), 8), Column(_("To mend"), 50, wrap=True), *(Column(head, 16) for head in heads)]
    book = Book(Mark(batch.office.name, str(by), now, batch.office.timezone))
    book.add(_("To mend"), columns, _rows(batch, len(heads)))
    return book.content()


def _rows(batch: ImportBatch, width: int) -> Iterator[list[object]]:
    labels = {column.name: str(column.label) for column in KINDS[batch.kind].COLUMNS}
    for row in rows_shown(batch, RowState.BAD).iterator(chunk_size=500):
        said = "；".join(f"{labels.get(name, '')} {sentence}".strip() for name, sentence in row.faults)
        cells = batch.opened(row.cells_sealed, "cells") or []
        yield [row.n, said, *(cells + [""] * width)[:width]]

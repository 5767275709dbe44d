"""The second step of an import: the columns chosen, every row checked, then the table as a whole (REG-10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from common.errors import RuleError

from . import batches, columns
from .batches import STATES, S, advance, count, keep, relock, rules_of
from .kinds.cells import Row
from .models import BatchKind, ImportBatch, ImportRow, RowState


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
def check(batch: ImportBatch, *, now: datetime) -> ImportBatch:
    """Check the next rows; after the last, look at the table as a whole."""
    batch = relock(batch)
    if batch.state != S.CHECKING:
        return batch
    rows = list(batch.rows.filter(state=RowState.WAITING).order_by("n")[: batches.CHUNK])
    if not rows:
        return _checked(batch)
    said = _picked(batch, rows)
    for row, told in zip(rows, rules_of(batch).check(batch, said, now=now), strict=True):
        row.place, row.mark, row.faults = told.place, told.mark, told.faults
        row.state = RowState.BAD if told.faults else RowState.KNOWN if told.known else RowState.GOOD
        row.result = told.known[:40]
    keep(rows, "place", "mark", "faults", "state", "result", *(["cells_sealed"] if batch.fill_down else []))
    batch.seen += len(rows)
    advance(batch, rows)
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
    if batch.kind == BatchKind.REGISTER and "number" in batch.mapping:
        _same_number(batch)
    batch.stopped_by = " ".join(rules_of(batch).faults_of_all(batch))[:300]
    STATES.move(batch, S.CHECKED)
    count(batch)
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

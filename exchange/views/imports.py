"""Bringing tables in: upload, columns, check, taking in, all on one address per import (REG-10)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import counting, downloads, keyset
from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from exchange import batches, checking, fault_file, importing, reading, template_file
from exchange.forms import MappingForm, UploadForm
from exchange.kinds.table import KINDS, open_to
from exchange.models import BatchKind, BatchState, ImportBatch, RowState
from staff.access import check_export, needs
from staff.roles import Duty

LIST, ONE = "exchange/imports.html", "exchange/import.html"
PAGE = 50
SMALL = 300_000
PIECES = 2
COLOURS = {
    BatchState.MAPPING: "pending",
    BatchState.CHECKED: "pending",
    BatchState.DONE: "approved",
    BatchState.STOPPED: "returned",
    BatchState.DROPPED: "gone",
}
TABS = (RowState.BAD, RowState.KNOWN, RowState.GOOD, RowState.DONE)
FIELDS = ("pk", "kind", "state", "made_at", "file_name", "total", "done", "bad", "by__name", "found")


def state_badge(state: str) -> str:
    """An import's state in colour, dot and word."""
    return badge(COLOURS.get(BatchState(state), "serving"), BatchState(state).label)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.IMPORT_DATA)
def imports(request: HttpRequest) -> HttpResponse:
    """The imports of the office, and the form that begins one."""
    kinds = open_to(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, kinds=kinds)
    if request.method != "POST":
        return render_part(request, LIST, _listed(request, UploadForm(kinds=kinds)), part="imports")
    if form.is_valid():
        with refusals_on(form):
            batch = _upload(request, form)
            return go(request, "import", batch.pk)
    return render_invalid(request, LIST, _listed(request, form), part="imports")


def _upload(request: HttpRequest, form: UploadForm) -> ImportBatch:
    """Keep the file; a small one is read at once."""
    file, now = form.cleaned_data["file"], timezone.now()
    data = file.read()
    said = {"kind": form.cleaned_data["kind"], "name": file.name, "data": data, "by": request.user, "now": now}
    batch = reading.upload(request.user.office, **said)
    return importing.work(batch, now=now, pieces=1) if len(data) <= SMALL else batch


def _listed(request: HttpRequest, form: UploadForm) -> dict[str, Any]:
    scope = ImportBatch.objects.visible_to(request.user)
    rows = scope.annotate(found=counting.CappedCount(scope)).values(*FIELDS)
    page = keyset.page(rows, order=("-id",), cursor=request.GET.get("cursor"), size=PAGE)
    kinds = dict(BatchKind.choices)
    return {
        "form": form,
        "kinds": open_to(request.user),
        "page": page,
        "total": counting.in_words(page.rows[0]["found"]) if page.rows else "0",
        "rows": [{**row, "badge": state_badge(row["state"]), "kind": kinds[row["kind"]]} for row in page.rows],
    }


def _fetch(request: HttpRequest, pk: int) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(request.user).select_related("office__policy", "by")
    return get_object_or_404(rows, pk=pk)


def _context(request: HttpRequest, batch: ImportBatch, form: MappingForm | None = None) -> dict[str, Any]:
    context: dict[str, Any] = {"batch": batch, "badge": state_badge(batch.state), "kind": batch.get_kind_display()}
    if batch.state in (BatchState.MAPPING, BatchState.CHECKED) and batch.kek:
        context["form"] = form or _mapping_form(batch)
        context["samples"] = _samples(batch)
    if batch.kek and batch.seen:
        context |= _rows(request, batch)
    context["percent"] = 100 * _progress(batch) // max(batch.total, 1)
    context["old_form"] = batch.file_name.lower().endswith(".xls")
    context["may_go_on"] = batch.state == BatchState.STOPPED and batch.kek
    return context


def _progress(batch: ImportBatch) -> int:
    return batch.done if batch.state in (BatchState.RUNNING, BatchState.STOPPED, BatchState.DONE) else batch.seen


def _mapping_form(batch: ImportBatch, data: Any = None) -> MappingForm:
    initial = {**batch.mapping, "fill_down": batch.fill_down}
    return MappingForm(data, columns=KINDS[batch.kind].COLUMNS, heads=batch.columns, initial=initial)


def _samples(batch: ImportBatch) -> list[tuple[str, list[str]]]:
    """(head, first three cells) of each column, so that one sees what it holds."""
    rows = [batch.opened(row.cells_sealed, "cells") for row in batch.rows.order_by("n")[:3]]
    return [
        (head or "—", [row[n][:30] if n < len(row) else "" for row in rows]) for n, head in enumerate(batch.columns)
    ]


def _rows(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """The rows in the chosen state, with what was said of them."""
    counts = {RowState.BAD: batch.bad, RowState.KNOWN: batch.known, RowState.DONE: batch.done}
    counts[RowState.GOOD] = batch.seen - sum(counts.values())
    usual = next((state for state in TABS if counts[state]), RowState.GOOD)
    chosen = request.GET.get("rows", "")
    state = RowState(chosen) if chosen in TABS else usual
    rows = batches.rows_shown(batch, state)
    page = keyset.page(rows, order=("n",), cursor=request.GET.get("cursor"), size=PAGE)
    labels = {column.name: str(column.label) for column in KINDS[batch.kind].COLUMNS}
    return {
        "tabs": [(one, RowState(one).label, counts[one], one == state) for one in TABS],
        "page": page,
        "rows": [
            {
                "n": row.n,
                "cells": " · ".join(cell for cell in batch.opened(row.cells_sealed, "cells")[:8] if cell)[:160],
                "faults": [(labels.get(name, ""), sentence) for name, sentence in row.faults],
                "result": row.result if state == RowState.KNOWN else "",
            }
            for row in page.rows
        ],
    }


@require_safe
@needs(Duty.IMPORT_DATA)
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: where it stands, what is to be chosen or mended, what came of it."""
    return render_part(request, ONE, _context(request, _fetch(request, pk)), part="import")


@require_POST
@needs(Duty.IMPORT_DATA)
def import_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the choice of columns and check every row."""
    batch = _fetch(request, pk)
    if not batch.kek:
        return go(request, "import", pk)
    form = _mapping_form(batch, request.POST)
    if form.is_valid():
        with refusals_on(form):
            fill = form.cleaned_data.get("fill_down", False)
            batch = checking.begin_check(batch, mapping=form.mapping(), fill_down=fill)
            importing.work(batch, now=timezone.now(), pieces=PIECES)
            return go(request, "import", pk)
    return render_invalid(request, ONE, _context(request, batch, form), part="import")


@require_POST
@needs(Duty.IMPORT_DATA)
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the good rows in."""
    batch = _fetch(request, pk)
    try:
        batch = importing.start(batch, set_aside=request.POST.get("set_aside") == "yes")
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        importing.work(batch, now=timezone.now(), pieces=PIECES)
    return go(request, "import", pk)


@require_POST
@needs(Duty.IMPORT_DATA)
def import_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Do the next piece of work; the page asks for it while it is looked at, the job does the same when it is not."""
    batch = _fetch(request, pk)
    if batch.state != BatchState.READING:
        batch = importing.work(batch, now=timezone.now(), pieces=PIECES)
    if not request.htmx:
        return go(request, "import", pk)
    return render_part(request, ONE, _context(request, batch), part="import")


@require_POST
@needs(Duty.IMPORT_DATA)
def import_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the import up."""
    try:
        batches.drop(_fetch(request, pk), now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
        return go(request, "import", pk)
    messages.success(request, _("The import was dropped: nothing of it was taken in"))
    return go(request, "imports")


@require_safe
@needs(Duty.IMPORT_DATA)
def import_faults(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows to be mended as a file: the cells as they came, with what to do about them."""
    batch = _fetch(request, pk)
    check_export(request)
    content = fault_file.made(batch, by=request.user, now=timezone.now())
    return downloads.saved(content, f"{batch.file_name.rpartition('.')[0]}-{_('to mend')}.xlsx")


@require_safe
@needs(Duty.IMPORT_DATA)
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty table with the right heads, to be filled in."""
    if kind not in dict(open_to(request.user)):
        return go(request, "imports")
    content = template_file.made(kind, office=request.user.office, by=request.user, now=timezone.now())
    return downloads.saved(content, f"{BatchKind(kind).label}.xlsx")

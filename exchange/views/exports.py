"""Taking lists out: asked for from the list, then one address with progress and file (REP-07)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import downloads, keyset
from common.errors import RuleError
from common.htmx import go, render_part
from common.templatetags.ui import badge
from customers import finding
from exchange import exporting
from exchange.lists.table import DUTIES, LISTS
from exchange.models import ExportJob, ExportState
from staff.access import needs

LIST, ONE = "exchange/exports.html", "exchange/export.html"
COLOURS = {ExportState.DONE: "approved", ExportState.REFUSED: "returned"}
PAGE = 50


def shown(job: ExportJob) -> dict[str, Any]:
    """An export as the pages show it."""
    now = timezone.now()
    expired = job.expires_at <= now
    state = (
        badge("gone", _("expired"))
        if expired
        else badge(COLOURS.get(ExportState(job.state), "serving"), job.get_state_display())
    )
    return {
        "job": job,
        "title": LISTS[job.name].title,
        "badge": state,
        "expired": expired,
        "ready": job.state == ExportState.DONE and not expired,
        "percent": 100 * job.done // max(job.total, 1),
        "at_work": job.at_work and not expired,
    }


@require_safe
@needs(*DUTIES)
def exports(request: HttpRequest) -> HttpResponse:
    """What one took out, newest first."""
    rows = ExportJob.objects.visible_to(request.user)
    page = keyset.page(rows, order=("-id",), cursor=request.GET.get("cursor"), size=PAGE)
    return render_part(request, LIST, {"rows": [shown(job) for job in page.rows], "page": page}, part="exports")


@require_POST
@needs(*DUTIES)
def export_new(request: HttpRequest) -> HttpResponse:
    """Take the list out as it is filtered; a short one is made at once."""
    name, now = request.POST.get("list", ""), timezone.now()
    query = QueryDict(request.POST.get("query", "")[:2000], mutable=True)
    sealed = query.pop("find", [""])[-1]
    try:
        text = finding.text_of(request, sealed) if sealed else ""
        job = exporting.ask(name, query=query.urlencode(), text=text, by=request.user, now=now)
        if job.total <= exporting.AT_ONCE:
            exporting.work(job, now=now)
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
        return go(request, (LISTS[name].page or name) if name in LISTS else "exports")
    return go(request, "export", job.pk)


def _fetch(request: HttpRequest, pk: int) -> ExportJob:
    return get_object_or_404(ExportJob.objects.visible_to(request.user).select_related("office__policy", "by"), pk=pk)


@require_safe
@needs(*DUTIES)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: how far it is, or the file."""
    return render_part(request, ONE, shown(_fetch(request, pk)), part="export")


@require_safe
@needs(*DUTIES)
def export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook."""
    job, now = _fetch(request, pk), timezone.now()
    try:
        data = exporting.fetch(job, by=request.user, now=now)
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
        return go(request, "export", pk)
    name = f"{LISTS[job.name].title}-{timezone.localtime(job.made_at):%Y%m%d-%H%M}.xlsx"
    return downloads.saved(data, name)

"""The public register, a person's own part of it, and what still has to be completed (REG-01, REG-02, REG-08)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.htmx import render_part
from common.templatetags.ui import badge
from customers import completing, line_table, listing, rows
from customers.filters import LineFilter
from customers.models import LineKind
from staff.access import needs
from staff.models import User
from staff.roles import Duty

from .lists import described, page_of, searched

TEMPLATE = "customers/register.html"
SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)


def _tabs(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    """All, visits, calls, web leads: the same list with another kind."""
    rest = request.GET.copy()
    rest.pop("cursor", None)
    found = []
    for kind, label in [("", _("All")), *((kind.value, kind.label) for kind in LineKind)]:
        rest["kind"] = kind
        if not kind:
            rest.pop("kind")
        found.append({"url": f"?{rest.urlencode()}", "label": label, "current": kind == chosen})
    return found


def _list(request: HttpRequest, name: str, title: str, words: str) -> HttpResponse:
    form = LineFilter.read(request.GET, office=request.user.office)
    text, expired = searched(request, form)
    page = page_of(
        request, listing.lines(request.user, form, None if expired else text), rows.LINE_FIELDS, order=("-number",)
    )
    lines = rows.line_rows(page.rows)
    context = {
        "lines": lines,
        "drawn": line_table.drawn(lines),
        "tabs": _tabs(request, form.chosen.get("kind", "")),
        "list_name": name,
        "title": title,
        "words": words,
        "may_print": request.user.has(Duty.SEE_OFFICE),
        **described(request, page, form),
    }
    return render_part(request, TEMPLATE, context, part="list")


@require_safe
@needs(*SEES)
def register(request: HttpRequest) -> HttpResponse:
    """The public register: everybody's lines for those who see the office, their own customers' for sales staff."""
    return _list(request, "register", _("Public register"), _("Every visit and call under its number, newest first"))


@require_safe
@needs(Duty.SEE_OWN)
def my_register(request: HttpRequest) -> HttpResponse:
    """The personal register: a view of the public one under the very same numbers (REG-02)."""
    return _list(
        request, "my_register", _("My register"), _("Your customers under their numbers in the public register")
    )


@require_safe
@needs(*SEES)
def register_incomplete(request: HttpRequest) -> HttpResponse:
    """Lines that still lack a name or a number: one's own of today; for the desk also those of the last days."""
    all_lines = request.user.has(Duty.CORRECT)
    shown = incomplete(request.user, request.user.office.today(timezone.now()))
    context = {"lines": shown, "all_lines": all_lines, "days": completing.LOOK_BACK // timedelta(days=1)}
    return render_part(request, "customers/incomplete.html", context, part="list")


def incomplete(user: User, today: date) -> list[dict[str, Any]]:
    """The lines that still lack something as the list shows them: one's own of today, or the office's last days."""
    office, all_lines = user.office, user.has(Duty.CORRECT)
    assert office is not None
    since = today - completing.LOOK_BACK if all_lines else today
    words = {"name": _("name"), "phone": _("phone number")}
    return [
        {
            "number": line.number,
            "at": rows.moment(line.at),
            "kind": line.get_kind_display(),
            "who": str(line.receiver or line.recorded_by or "—"),
            "missing": _(" and ").join(words[field] for field in missing),
            "state": badge("returned", _("not completed on its day"))
            if office.today(line.at) < today
            else badge("pending", _("until midnight")),
        }
        for line, missing in completing.open_lines(office, since=since, today=today)
        if all_lines or user.pk in (line.recorded_by_id, line.receiver_id, line.owner_id)
    ]

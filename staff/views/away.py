"""Away 请假代理: who decides for whom from when to when, set and ended by those whom it concerns (BULK-05)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common import keyset
from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from staff import delegations
from staff.access import needs
from staff.forms_away import AwayForm
from staff.models import Delegation, User
from staff.roles import Duty

TEMPLATE = "staff/away.html"
ORDER = ("-first", "-id")
PAGE = 30


def _state(row: Delegation, today: date) -> tuple[str, bool]:
    """In colour, dot and word; and whether it can still be ended."""
    if row.ended_at is not None:
        return badge("draft", _("ended early")), False
    if row.last < today:
        return badge("draft", _("over")), False
    return (badge("approved", _("in force")) if row.first <= today else badge("pending", _("to come"))), True


def found(user: User) -> QuerySet[Delegation]:
    """The person's own absences and those they stand in for."""
    return delegations.of(user).select_related("user", "to", "set_by", "ended_by")


def row_of(row: Delegation, today: date) -> dict[str, Any]:
    """An absence in words."""
    return {
        "person": str(row.user),
        "role": row.get_role_display(),
        "to": str(row.to or _("the next rung up")),
        "reason": row.reason,
        "first": row.first,
        "last": row.last,
        "state": _state(row, today)[0],
    }


def _context(request: HttpRequest, form: AwayForm | None = None) -> dict[str, Any]:
    user = request.user
    today = delegations.today_of(user, timezone.now())
    page = keyset.page(found(user), order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    form = form or AwayForm(user=user, on=today, initial={"person": user.pk, "first": today})
    return {"page": page, "rows": [(row, *_state(row, today)) for row in page.rows], "form": form}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.APPROVE)
def away(request: HttpRequest) -> HttpResponse:
    """The person's own absences and those they stand in for; the form to set one."""
    if request.method != "POST":
        return render_part(request, TEMPLATE, _context(request), part="list")
    now = timezone.now()
    form = AwayForm(request.POST, user=request.user, on=delegations.today_of(request.user, now))
    if form.is_valid():
        said = form.cleaned_data
        person, to = said["person"], said.pop("to")
        with refusals_on(form):
            delegations.delegate(request.user, to, role=person.posting.role, now=now, **said)
            messages.success(request, _("Noted: both sides see it"))
            return go(request, "away")
    return render_invalid(request, TEMPLATE, _context(request, form), part="list")


@require_POST
@needs(Duty.APPROVE)
def away_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one early."""
    row = get_object_or_404(delegations.of(request.user), pk=pk)
    try:
        delegations.end(row, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, _("Ended: the person decides alone again"))
    return go(request, "away")

"""The board: rows in order, one's own buttons, what the desk and the supervisor do (REC-01..22)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import RuleError
from common.htmx import back_or_fragment, render_part, wants_part
from common.whole import whole
from reception import helping, past, roster, screen
from reception.forms import sellers
from reception.models import Reception
from staff.access import needs
from staff.models import User
from staff.roles import Duty

TEMPLATE = "reception/board.html"
ACTS = {
    "sign_in": roster.sign_in,
    "sign_out": roster.sign_out,
    "away": roster.go_away,
    "back": roster.come_back,
}
TOLD_AT_MOST = 3


def context_of(request: HttpRequest) -> dict[str, Any]:
    """The board as this person may see and use it."""
    user, now = request.user, timezone.now()
    shown = screen.show(user.office, user, now=now)
    supervises = user.has(Duty.SUPERVISE)
    absent = sellers(user.office, now=now) if supervises else {}
    return {
        "screen": shown,
        "mine": shown.row(user.pk),
        "receives": user.has(Duty.RECEIVE),
        "supervises": supervises,
        "desk": user.has(Duty.SEE_OFFICE),
        "not_here": [person for pk, person in absent.items() if shown.row(pk) is None],
    }


@require_safe
@needs(Duty.SEE_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """The whole page; the desk also sees which receptions were closed at midnight."""
    context = context_of(request)
    if context["desk"]:
        context["left_over"] = screen.left_over(request.user.office, now=timezone.now())
    return render_part(request, TEMPLATE, context, part="rows")


@require_safe
@needs(Duty.SEE_BOARD)
def board_rows(request: HttpRequest) -> HttpResponse:
    """What the page polls. Unchanged boards are answered by ``versions.UnchangedBoard`` and never come here."""
    return render(request, f"{TEMPLATE}#rows", context_of(request))


def person_of(request: HttpRequest, who: int) -> User:
    """A seller of the viewer's office; 404 for anybody else."""
    if who == request.user.pk and request.user.has(Duty.RECEIVE):
        return request.user
    person = sellers(request.user.office, now=timezone.now()).get(who)
    if person is None:
        raise Http404
    return person


@require_POST
@needs(Duty.SEE_BOARD)
def board_act(request: HttpRequest, who: int, act: str) -> HttpResponse:
    """Sign in or out, away, back: for oneself, or by a supervisor."""
    if act not in ACTS:
        raise Http404
    person = person_of(request, who)
    if person.pk != request.user.pk and not request.user.has(Duty.SUPERVISE):
        raise PermissionDenied(_("Only a supervisor does this for somebody else"))
    try:
        ACTS[act](request.user.office, person, by=request.user, now=timezone.now())
    except RuleError as error:
        return refused(request, error)
    return back_or_fragment(request, "board", TEMPLATE, context_of(request), part="rows")


@require_POST
@needs(Duty.SEE_BOARD)
def reception_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The visitor leaves: said by whoever receives, or by the desk."""
    rows = Reception.objects.visible_to(request.user).select_related("office__policy")
    reception = get_object_or_404(rows, pk=pk)
    if reception.receiver_id != request.user.pk and not request.user.has(Duty.SEE_OFFICE):
        raise PermissionDenied(_("Only whoever receives, or the desk, says that a visitor has left"))
    try:
        helping.leave(reception, by=request.user, now=timezone.now())
    except RuleError as error:
        return refused(request, error)
    return back_or_fragment(request, "board", TEMPLATE, context_of(request), part="rows")


def seen_version(request: HttpRequest) -> int | None:
    """The version of the board that the person was looking at when they pressed."""
    return whole(request.POST.get("seen"), digits=9)


def refused(request: HttpRequest, error: RuleError) -> HttpResponse:
    """The sentence of the rule, and on a stale press what happened meanwhile: who took the turn."""
    sentence = f"{error} ({error.rule})" if error.rule else str(error)
    messages.error(request, sentence)
    for line in meanwhile(request):
        messages.warning(request, line)
    if wants_part(request):
        return render_part(request, TEMPLATE, context_of(request), part="rows", status=422)
    return redirect("board")


def meanwhile(request: HttpRequest) -> list[str]:
    """What changed the order since the person looked, the last few, in words."""
    seen = seen_version(request)
    if seen is None:
        return []
    happened = past.since(request.user.office, seen, now=timezone.now())
    return [f"{timezone.localtime(row.at):%H:%M} {row.text}" for row in happened[-TOLD_AT_MOST:]]

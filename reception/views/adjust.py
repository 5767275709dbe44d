"""What a supervisor decides on the board: duty, skip, move, a helper. Each with a reason that everybody sees."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from reception import day as days
from reception import helping, roster, versions
from reception.forms import AdjustForm, HelperForm, sellers
from reception.models import Reception
from reception.seats import PRESENT
from staff.access import needs
from staff.models import User
from staff.roles import Duty

from .board import meanwhile, person_of

TEMPLATE = "reception/adjust.html"
HELP_TEMPLATE = "reception/help.html"


def _initial(request: HttpRequest, version: int) -> dict[str, Any]:
    """What the buttons of the board ask for: ``?act=moved&place=2``."""
    return {"act": request.GET.get("act", ""), "place": request.GET.get("place", "")[:2], "seen": version}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def board_adjust(request: HttpRequest, who: int) -> HttpResponse:
    """Grant a duty, skip, or move one person, with a reason."""
    office, now = request.user.office, timezone.now()
    person = person_of(request, who)
    version = versions.current(office.pk, office.today(now))
    form = AdjustForm(request.POST or None, initial=_initial(request, version))
    context = {"form": form, "person": person, "seat": days.standing_board(office, now=now).seat(who)}
    if request.method != "POST":
        return render_part(request, TEMPLATE, context, part="form")
    if form.is_valid():
        with refusals_on(form):
            _check_fresh(request, form)
            _adjust(request, person, form.cleaned_data)
            messages.success(request, _("The order is adjusted; everybody sees it with your reason"))
            return go(request, "board")
    return render_invalid(request, TEMPLATE, context, part="form")


def _check_fresh(request: HttpRequest, form: AdjustForm) -> None:
    """Refuse once if turns were taken since the supervisor looked; pressed again, it is meant."""
    happened = meanwhile(request)
    if not happened:
        return
    office, now = request.user.office, timezone.now()
    form.data = {**form.data.dict(), "seen": versions.current(office.pk, office.today(now))}
    told = {"happened": "; ".join(happened)}
    raise RuleError(_("The board moved on since you looked: %(happened)s. Press again if it is still right") % told)


def _adjust(request: HttpRequest, person: User, said: dict[str, Any]) -> None:
    office, by, now, reason = request.user.office, request.user, timezone.now(), said["reason"]
    if said["act"] == "on_duty":
        roster.send_on_duty(office, person, by=by, now=now, reason=reason)
    elif said["act"] == "skipped":
        roster.skip(office, person, by=by, now=now, reason=reason)
    else:
        roster.move(office, person, place=said["place"], by=by, now=now, reason=reason)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def reception_help(request: HttpRequest, pk: int) -> HttpResponse:
    """Join a reception, or name somebody present to help (REC-13)."""
    user, now = request.user, timezone.now()
    rows = Reception.objects.visible_to(user).select_related("office__policy", "receiver", "line", "customer")
    reception = get_object_or_404(rows, pk=pk)
    board = days.standing_board(user.office, now=now)
    here = {seat.who for seat in board if seat.state in PRESENT and seat.who != reception.receiver_id}
    people = {user.pk: user, **{who: p for who, p in sellers(user.office, now=now).items() if who in here}}
    form = HelperForm(request.POST or None, people=people)
    context = {"form": form, "reception": reception}
    if request.method != "POST":
        return render_part(request, HELP_TEMPLATE, context, part="form")
    if form.is_valid():
        helper = people[int(form.cleaned_data["helper"])]
        with refusals_on(form):
            helping.help_with(reception, helper=helper, by=user, now=now)
            messages.success(request, _("%(helper)s helps from now on") % {"helper": helper})
            return go(request, "board")
    return render_invalid(request, HELP_TEMPLATE, context, part="form")

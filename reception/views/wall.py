"""The board on the wall: no sign-in but a token in the address, no customers, legible from afar (REC-18)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reception import displays, screen, versions
from reception.models import Display

TEMPLATE = "reception/tv.html"
LONGEST_TOKEN = 64


def _display(token: str) -> Display:
    found = displays.find(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise Http404
    return found


def _render(request: HttpRequest, token: str, display: Display, template: str) -> HttpResponse:
    office = display.office
    with timezone.override(office.timezone):
        shown = screen.wall(office, now=timezone.now())
        context = {"screen": shown, "office": office, "token": token, "seen": f"{shown.day}.{shown.version}"}
        return render(request, template, context)


@login_not_required
@require_safe
def tv(request: HttpRequest, token: str) -> HttpResponse:
    """The page of one display."""
    request.theme = "dark"  # a bright wall dazzles, and dark is read from farther off
    return _render(request, token, _display(token), TEMPLATE)


@login_not_required
@require_safe
def tv_rows(request: HttpRequest, token: str) -> HttpResponse:
    """What the display polls: 204 while it shows today's version. A revoked one gets 404 at once."""
    display = _display(token)
    today = display.office.today(timezone.now())
    if request.GET.get("v") == f"{today}.{versions.current(display.office_id, today)}":
        return HttpResponse(status=204)
    return _render(request, token, display, f"{TEMPLATE}#rows")

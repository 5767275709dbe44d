"""The displays of the office: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.forms import refusals_on
from common.htmx import render_invalid, render_part
from reception import displays as rules
from reception.forms import DisplayForm
from reception.models import Display
from staff.access import needs
from staff.roles import Duty

TEMPLATE = "reception/displays.html"


def _context(request: HttpRequest, form: DisplayForm) -> dict[str, Any]:
    rows = Display.objects.visible_to(request.user).select_related("made_by").order_by("-made_at", "-pk")
    return {"form": form, "displays": rows}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def displays(request: HttpRequest) -> HttpResponse:
    """All displays; a new one's address is shown on this answer only."""
    form = DisplayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        label = form.cleaned_data["label"]
        with refusals_on(form):
            display, token = rules.make(request.user.office, label=label, by=request.user, now=timezone.now())
            address = request.build_absolute_uri(reverse("tv", args=[token]))
            drawn = segno.make(address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")
            return render(request, "reception/display.html", {"display": display, "address": address, "qr": drawn})
    if request.method == "POST":
        return render_invalid(request, TEMPLATE, _context(request, form), part="list")
    return render_part(request, TEMPLATE, _context(request, form), part="list")


@require_POST
@needs(Duty.SUPERVISE)
def displays_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one display's address."""
    display = get_object_or_404(Display.objects.visible_to(request.user).select_related("office"), pk=pk)
    rules.revoke(display, by=request.user, now=timezone.now())
    messages.success(request, _("The address of “%(label)s” opens nothing any more") % {"label": display.label})
    return redirect("displays")

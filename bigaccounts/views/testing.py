"""Whose authority covers a discount, and nothing else: a page for the rep at the table (BULK-11)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from bigaccounts import climb
from bigaccounts.forms import TestForm
from common.forms import refusals_on
from common.htmx import render_invalid, render_part
from staff.access import needs
from staff.roles import Duty

TEMPLATE = "bigaccounts/test.html"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.FIND_BULK)
def bulk_test(request: HttpRequest) -> HttpResponse:
    """Type a discount, learn whose authority covers it. What was typed is kept nowhere and stands in no address."""
    if request.method != "POST":
        return render_part(request, TEMPLATE, {"form": TestForm()}, part="test")
    form, role = TestForm(request.POST), None
    if form.is_valid():
        with refusals_on(form):
            role = climb.covers(request.user.office, form.cleaned_data["percent"], by=request.user)
    context = {"form": form, "role": role.label if role else None}
    if role is None:
        return render_invalid(request, TEMPLATE, context, part="test")
    return render_part(request, TEMPLATE, context, part="test")

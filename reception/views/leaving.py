"""Saying that one leaves (000/3.4)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import RuleError
from common.forms import refuse
from common.htmx import go, render_invalid, render_part
from reception.leaving import announce
from staff.access import needs_posting
from staff.leaving import is_leaving

TEMPLATE = "reception/leaving.html"


@require_http_methods(["GET", "HEAD", "POST"])
@needs_posting
def leaving(request: HttpRequest) -> HttpResponse:
    """Announce one's own leaving: out of reception, exports closed, the supervisors told."""
    if request.user.office is None:
        raise PermissionDenied(_("You belong to no sales office: tell your superior that you are leaving"))
    form = forms.Form(request.POST if request.method == "POST" else None)
    context = {"form": form, "known": is_leaving(request.user)}
    if request.method != "POST":
        return render_part(request, TEMPLATE, context, part="form")
    try:
        announce(request.user.office, request.user, by=request.user, now=timezone.now())
    except RuleError as error:
        form.is_valid()
        refuse(form, error)
        return render_invalid(request, TEMPLATE, context, part="form")
    messages.success(request, _("The supervisors know that you are leaving and hand your customers over"))
    return go(request, "leaving")

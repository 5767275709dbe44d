"""Three small pages that change a posting: role, staff number, end."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import RuleError
from common.forms import refuse
from common.htmx import go, render_invalid, render_part
from staff import posting
from staff.access import needs
from staff.forms import EndForm, NumberForm, RoleForm
from staff.models import Posting
from staff.roles import Duty

from .people import find

TEMPLATE = "staff/change.html"


def _act(
    request: HttpRequest, found: Posting, form: forms.Form, rule: Callable[..., Any], words: dict[str, Any]
) -> HttpResponse:
    """Show ``form``; on a valid post call ``rule`` with what was typed and go back to the person."""
    context = {"form": form, "posting": found, "person": found.user, **words}
    if request.method != "POST":
        return render_part(request, TEMPLATE, context, part="form")
    if form.is_valid():
        try:
            rule(found.user, **form.cleaned_data, by=request.user, now=timezone.now())
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, words["done"])
            return go(request, "staff_person", found.user_id)
    return render_invalid(request, TEMPLATE, context, part="form")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.RULE_STAFF)
def staff_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the role: the present posting ends yesterday, the new one begins today."""
    found = find(request, pk)
    form = RoleForm(request.POST or None, initial={"role": found.role})
    words = {
        "heading": _("Change the role of %(name)s") % {"name": found.user},
        "text": _("The present posting ends yesterday and the new one begins today. The staff number is kept"),
        "action": _("Change role"),
        "done": _("The role is changed"),
    }
    return _act(request, found, form, posting.change, words)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.RULE_STAFF)
def staff_number(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the staff number."""
    found = find(request, pk)
    form = NumberForm(request.POST or None, initial={"number": found.number})
    words = {
        "heading": _("Change the staff number of %(name)s") % {"name": found.user},
        "text": _("The order of reception may be ranked by this number"),
        "action": _("Change number"),
        "done": _("The staff number is changed"),
    }
    return _act(request, found, form, posting.set_number, words)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.RULE_STAFF)
def staff_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the posting after a day."""
    found = find(request, pk)
    form = EndForm(request.POST or None, today=timezone.localdate())
    words = {
        "heading": _("End the posting of %(name)s") % {"name": found.user},
        "text": _("After the last day the account opens nothing any more. What was recorded stays"),
        "action": _("End posting"),
        "done": _("The end of the posting is noted"),
        "danger": True,
    }
    return _act(request, found, form, posting.end, words)

"""Small pages that change a posting; what needs a handover first is in ``customers.views.leaving``."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from staff import posting
from staff.access import needs
from staff.forms import NumberForm
from staff.models import Posting
from staff.roles import Duty

from .people import find

TEMPLATE = "staff/change.html"


def change_page(
    request: HttpRequest, found: Posting, form: forms.Form, rule: Callable[..., Any], words: dict[str, Any]
) -> HttpResponse:
    """Show ``form``; on a valid post call ``rule`` with what was typed and go back to the person."""
    context = {"form": form, "posting": found, "person": found.user, **words}
    if request.method != "POST":
        return render_part(request, TEMPLATE, context, part="form")
    if form.is_valid():
        with refusals_on(form):
            rule(found.user, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, words["done"])
            back = words.get("back")
            return go(request, back) if back else go(request, "staff_person", found.user_id)
    return render_invalid(request, TEMPLATE, context, part="form")


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
    return change_page(request, found, form, posting.set_number, words)

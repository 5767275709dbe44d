"""What hangs on somebody, before they go; a post ended or changed, an account closed (HAND-01, HAND-02)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import refusal
from common.forms import PlainForm, refusals_on
from common.htmx import go, render_invalid, render_part
from crm import hanging, leaving
from customers import handover
from customers.forms_handover import RequestForm
from staff.access import needs
from staff.forms import EndForm, RoleForm
from staff.models import Posting
from staff.roles import Duty
from staff.views.people import find
from staff.views.posting import change_page

TEMPLATE = "crm/leaving.html"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def staff_leaving(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that hangs on somebody, what has to be given to others first, and their requests to give."""
    found, now = find(request, pk), timezone.now()
    user: Any = request.user
    data = request.POST if request.method == "POST" else None
    form = RequestForm(data, office=user.office, today=user.office.today(now))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            handover.give_request(user.office, found.user, **form.cleaned_data, by=user, now=now)
            messages.success(request, _("Somebody else looks after the request now"))
            return go(request, "staff_leaving", pk)
    answer = render_invalid if request.method == "POST" else render_part
    return answer(request, TEMPLATE, _context(request, found, form), part="leaving")


def _context(request: HttpRequest, found: Posting, form: RequestForm) -> dict[str, Any]:
    user: Any = request.user
    office, now = user.office, timezone.now()
    runs = refusal(handover.check_runs, office, found.user, by=user)
    return {
        "person": found.user,
        "posting": found,
        "things": hanging.of(office, found.user, now=now),
        "requests": hanging.requests_of(office, found.user, now=now) if runs is None else [],
        "why_not": runs,
        "refusal": refusal(leaving.check_end, found.user, now=now),
        "form": form,
        "successors": list(form.fields["to"].choices),  # type: ignore[attr-defined]
        "may_rule": user.has(Duty.RULE_STAFF) and found.user != user,
    }


def _hangs(request: HttpRequest, pk: int) -> str:
    """Where to see what hangs on the person, for those who may."""
    return reverse("staff_leaving", args=[pk]) if request.user.has(Duty.SUPERVISE) else ""


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
        "hangs": _hangs(request, pk),
    }
    return change_page(request, found, form, leaving.change_posting, words)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.RULE_STAFF)
def staff_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the posting after a day."""
    found, now = find(request, pk), timezone.now()
    form = EndForm(request.POST or None, today=timezone.localdate())
    words = {
        "heading": _("End the posting of %(name)s") % {"name": found.user},
        "text": _("After the last day the account opens nothing any more. What was recorded stays"),
        "action": _("End posting"),
        "done": _("The end of the posting is noted"),
        "danger": True,
        "refusal": refusal(leaving.check_end, found.user, now=now),
        "hangs": _hangs(request, pk),
    }
    return change_page(request, found, form, leaving.end_posting, words)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.RULE_STAFF, Duty.ADMINISTER)
def staff_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the account: its sessions end with the next request."""
    found, now = find(request, pk), timezone.now()
    form = PlainForm(request.POST if request.method == "POST" else None)
    words = {
        "heading": _("Close the account of %(name)s") % {"name": found.user},
        "text": _("Nobody signs in to it any more, and whoever is signed in is out at once. What was recorded stays"),
        "action": _("Close the account"),
        "done": _("The account is closed"),
        "danger": True,
        "refusal": refusal(leaving.check_close, found.user, by=request.user, now=now),
        "back": "accounts" if not request.user.has(Duty.RULE_STAFF) else "",
        "hangs": _hangs(request, pk),
    }
    return change_page(request, found, form, leaving.close_account, words)

"""A post ended or changed, an account closed: after the handover alone (HAND-01, HAND-02)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import refusal
from common.forms import PlainForm
from customers import leaving
from staff.access import needs
from staff.forms import EndForm, RoleForm
from staff.roles import Duty
from staff.views.people import find
from staff.views.posting import change_page


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
        "refusal": refusal(leaving.check_holds_nothing, found.user, now=now),
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
    }
    return change_page(request, found, form, leaving.close_account, words)

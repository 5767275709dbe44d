"""The first page after signing in, by role."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from staff.roles import Duty, Role

LANDING: dict[str, str] = {
    Role.CLERK: "check_in",
    Role.KEEPER: "register",
    Role.ADMIN: "accounts",
}
OFFICE_LANDING = "board"
ELSEWHERE = "inbox"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send the person to where their work begins; who holds no posting is told whom to ask."""
    posting = request.user.posting
    if posting is None:
        raise PermissionDenied(_("You hold no posting at present. Ask the marketing manager of your office"))
    return redirect(LANDING.get(posting.role, OFFICE_LANDING if request.user.has(Duty.SEE_BOARD) else ELSEWHERE))

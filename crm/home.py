"""The first page after signing in, by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from staff.access import needs_posting
from staff.roles import Duty, Role

LANDING: dict[str, str] = {
    Role.REP: "today",
    Role.PROBATIONARY: "today",
    Role.TRAINEE: "today",
    Role.CLERK: "check_in",
    Role.KEEPER: "register",
    Role.WEB_OFFICER: "web_leads",
    Role.PLANNER: "reports",
    Role.ADMIN: "accounts",
    Role.FINANCE: "bulk",
    Role.BRANCH_MANAGER: "approvals",
    Role.HQ: "approvals",
    Role.CHAIRMAN: "approvals",
}
OFFICE_LANDING = "board"
ELSEWHERE = "inbox"


@require_safe
@needs_posting
def home(request: HttpRequest) -> HttpResponse:
    """Send the person to where their work begins; who holds no posting is told whom to ask."""
    others = OFFICE_LANDING if request.user.has(Duty.SEE_BOARD) else ELSEWHERE
    return redirect(LANDING.get(request.user.posting.role, others))

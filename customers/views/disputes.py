"""The list of disputes, and a claim put before the supervisor (OWN-12)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common import counting, keyset
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from customers import claims, rows
from customers.forms_disputes import ClaimForm
from customers.models import Dispute, DisputeState
from staff.access import needs
from staff.models import User
from staff.roles import Duty

LIST, CLAIM = "customers/disputes.html", "customers/dispute_claim.html"
COLOURS = {
    DisputeState.OPEN: "pending",
    DisputeState.RULED: "serving",
    DisputeState.APPEALED: "pending",
    DisputeState.FINAL: "approved",
    DisputeState.DISMISSED: "draft",
    DisputeState.WITHDRAWN: "draft",
}
FIELDS = (
    *("pk", "id", "opened_at", "state", "claimant_id", "claimant__name", "respondent_id", "respondent__name"),
    "customer__number",
)
ORDER = ("-opened_at", "-id")
UNDECIDED = (DisputeState.OPEN, DisputeState.APPEALED)


def state_badge(state: str) -> SafeString:
    """A dispute's state in colour and word."""
    return badge(COLOURS[DisputeState(state)], DisputeState(state).label)


def found(user: User, query: QueryDict) -> QuerySet[Dispute]:
    """The office's disputes for those who rule, one's own for everybody else: all, or the undecided ones."""
    scope = Dispute.objects.visible_to(user)
    return scope.filter(state__in=UNDECIDED) if query.get("waiting") == "1" else scope


def row_of(row: dict[str, Any], user: User, *, supervises: bool) -> dict[str, Any]:
    """One dispute; whoever claims is not told which customer was found."""
    knows = supervises or row["respondent_id"] == user.pk
    return {
        "pk": row["pk"],
        "at": rows.moment(row["opened_at"]),
        "number": (row["customer__number"] or "—") if knows else "—",
        "claimant": row["claimant__name"] or "—",
        "respondent": (row["respondent__name"] or "—") if knows else "—",
        "state": state_badge(row["state"]),
    }


@require_safe
@needs(Duty.SUPERVISE, Duty.SEE_OWN)
def disputes(request: HttpRequest) -> HttpResponse:
    """The office's disputes for those who rule; one's own for everybody else; newest first."""
    scope = found(request.user, request.GET)
    counted = scope.annotate(total=counting.CappedCount(scope)).values(*FIELDS, "total")
    page = keyset.page(counted, order=ORDER, cursor=request.GET.get("cursor"))
    supervises = request.user.has(Duty.SUPERVISE)
    context = {
        "page": page,
        "rows": [row_of(row, request.user, supervises=supervises) for row in page.rows],
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "waiting": request.GET.get("waiting") == "1",
        "supervises": supervises,
        "may_claim": request.user.has(Duty.SEE_OWN),
    }
    return render_part(request, LIST, context, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SEE_OWN)
def dispute_claim(request: HttpRequest) -> HttpResponse:
    """Claim a customer by number; the answer is the same whatever the number names (OFF-03)."""
    form = ClaimForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render_part(request, CLAIM, {"form": form}, part="form")
    if form.is_valid():
        with refusals_on(form):
            claims.claim(request.user.office, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The dispute is before the supervisor"))
            return go(request, "disputes")
    return render_invalid(request, CLAIM, {"form": form}, part="form")

"""The list of bulk cases, and a new prospect. No price ever stands in a list (BULK-11)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bigaccounts import prospects, watching
from bigaccounts.forms import FLAGGED, BulkFilter, ProspectForm
from bigaccounts.models import BuyerKind, Case, CaseState, Freeze
from common import counting, crypto, keyset
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from staff.access import needs
from staff.models import Office, User
from staff.roles import Duty

LIST, NEW = "bigaccounts/list.html", "bigaccounts/new.html"
COLOURS = {
    CaseState.PROSPECT: "draft",
    CaseState.PLANNED: "pending",
    CaseState.RETURNED: "returned",
    CaseState.NEGOTIATING: "serving",
    CaseState.CLIMBING: "pending",
    CaseState.APPROVED: "approved",
    CaseState.SIGNED: "serving",
    CaseState.FILED: "pending",
    CaseState.ACKNOWLEDGED: "approved",
    CaseState.DROPPED: "gone",
}
FIELDS = (
    *("pk", "id", "uuid", "kind", "state", "units", "opened_at", "office_id", "quiet_since", "signed_at", "total"),
    *("name_sealed", "key__kek", "key__wrapped", "supervisor__name", "rep__name", "office__name", "frozen", "left"),
)
KINDS = dict(BuyerKind.choices)
ORDER = ("-id",)
PAGE = 50


def state_badge(state: str) -> str:
    """The state of a case in colour, dot and word."""
    return badge(COLOURS[CaseState(state)], CaseState(state).label)


def offices_of(user: User) -> list[Office]:
    """The offices of the viewer's company, with their policies."""
    held = user.posting
    assert held is not None
    company = held.company_id or (held.branch.company_id if held.branch_id else held.office.branch.company_id)
    return list(Office.objects.filter(branch__company=company).select_related("policy").order_by("pk"))


def flags_of(row: dict[str, Any], offices: dict[int, Office], now: datetime) -> list[str]:
    """What is to be looked at: quiet, late, frozen, left by its supervisor."""
    office = offices[row["office_id"]]
    found: list[str] = []
    today = office.today(now)
    if row["frozen"]:
        found.append(badge("returned", _("frozen")))
    if row["left"]:
        found.append(badge("returned", _("supervisor has left")))
    quiet, signed = row["quiet_since"], row["signed_at"]
    if quiet and (today - office.today(quiet)).days > office.policy.bulk_report_days:
        found.append(badge("returned", _("no report")))
    if row["state"] == CaseState.SIGNED and (today - office.today(signed)).days > office.policy.bulk_filing_days:
        found.append(badge("returned", _("not filed")))
    return found


def cases_of(user: User, chosen: str | None, offices: list[Office], *, now: datetime) -> QuerySet[Case]:
    """The cases within the viewer's scope: all, those in one state, or those that are flagged."""
    scope = Case.objects.visible_to(user)
    if chosen == FLAGGED:
        scope = Case.objects.filter(pk__in=scope.filter(watching.flagged(offices, now=now)).order_by().values("pk"))
    elif chosen:
        scope = scope.filter(state=chosen)
    frozen = Exists(Freeze.objects.filter(case=OuterRef("pk"), lifted_at__isnull=True))
    left = ExpressionWrapper(watching.left(timezone.localdate(now)), output_field=BooleanField())
    return scope.annotate(frozen=frozen, left=left)


def row_of(row: dict[str, Any], offices: dict[int, Office], now: datetime) -> dict[str, Any]:
    """A case as the list shows it, its name opened."""
    key = crypto.unwrap(row["key__kek"], row["key__wrapped"])
    name = crypto.unseal(key, bytes(row["name_sealed"]), model="Case", field="name", subject=str(row["uuid"]))
    return {
        "pk": row["pk"],
        "name": name,
        "kind": KINDS[row["kind"]],
        "state": state_badge(row["state"]),
        "flags": flags_of(row, offices, now),
        "units": row["units"],
        "who": row["supervisor__name"] or row["rep__name"],
        "office": row["office__name"],
        "day": f"{offices[row['office_id']].today(row['opened_at'])}",
    }


@require_safe
@needs(Duty.SEE_BULK)
def bulk(request: HttpRequest) -> HttpResponse:
    """The cases within the viewer's scope, newest first, by state or those that are flagged."""
    form, now, offices = BulkFilter.read(request.GET), timezone.now(), offices_of(request.user)
    chosen = form.chosen.get("state")
    scope = cases_of(request.user, chosen, offices, now=now)
    found = scope.annotate(total=counting.CappedCount(scope)).values(*FIELDS)
    page = keyset.page(found, order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    by_id = {office.pk: office for office in offices}
    context = {
        "rows": [row_of(row, by_id, now) for row in page.rows],
        "page": page,
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "form": form,
        "filtered": bool(chosen),
        "finds": request.user.has(Duty.FIND_BULK),
        "many": request.user.posting.office_id is None and len(offices) > 1,
    }
    return render_part(request, LIST, context, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.FIND_BULK)
def bulk_new(request: HttpRequest) -> HttpResponse:
    """Write a prospect down."""
    form = ProspectForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render_part(request, NEW, {"form": form}, part="form")
    if form.is_valid():
        with refusals_on(form):
            made = prospects.open_case(request.user.office, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The prospect is written down"))
            return go(request, "bulk_case", made.pk)
    return render_invalid(request, NEW, {"form": form}, part="form")

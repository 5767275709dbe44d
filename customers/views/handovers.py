"""Handovers: the list, starting one, the plan with its confirmations, each step (HAND-01)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from common import counting, keyset
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from common.whole import whole
from customers import handover as rules
from customers import leaver, rows
from customers.forms_handover import StartForm
from customers.models import OPEN_HANDOVERS, Handover, HandoverItem, HandoverShare, HandoverState
from staff.access import needs
from staff.models import User
from staff.roles import Duty

SEES = (Duty.SUPERVISE, Duty.SEE_OWN)
LIST, START, ONE = "customers/handovers.html", "customers/handover_start.html", "customers/handover.html"
COLOURS = {
    HandoverState.PROPOSED: "pending",
    HandoverState.CONFIRMED: "serving",
    HandoverState.DONE: "approved",
    HandoverState.CANCELLED: "draft",
}
FIELDS = ("pk", "id", "opened_at", "state", "giver__name", "opened_by__name")
ORDER = ("-opened_at", "-id")
ITEM_FIELDS = (
    *("pk", "id", "customer_id", "customer__number", "customer__level", "customer__next_due", "receiver__name"),
    *("moved",),
)
PAGE = 100


def state_badge(state: str) -> SafeString:
    """A handover's state in colour and word."""
    return badge(COLOURS[HandoverState(state)], HandoverState(state).label)


def row_of(row: dict[str, Any]) -> dict[str, Any]:
    """A handover as the list shows it."""
    return {**row, "at": rows.moment(row["opened_at"]), "badge": state_badge(row["state"])}


@require_safe
@needs(*SEES)
def handovers(request: HttpRequest) -> HttpResponse:
    """The office's handovers; for sales staff those in which they give or receive. Newest first."""
    scope, now = Handover.objects.visible_to(request.user), timezone.now()
    counted = scope.annotate(total=counting.CappedCount(scope)).values(*FIELDS, "total")
    page = keyset.page(counted, order=ORDER, cursor=request.GET.get("cursor"))
    supervises = request.user.has(Duty.SUPERVISE)
    going = leaver.urgent(request.user.office, now=now) if supervises else User.objects.none()
    under_way = Handover.objects.filter(office=request.user.office, state__in=OPEN_HANDOVERS)
    yours = _to_confirm(request.user, [row["pk"] for row in page.rows])
    context = {
        "page": page,
        "rows": [{**row_of(row), "yours": row["pk"] in yours} for row in page.rows],
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "supervises": supervises,
        "going": list(going.exclude(pk__in=under_way.values("giver"))[: leaver.MOST]),
    }
    return render_part(request, LIST, context, part="list")


def _to_confirm(user: User, pks: list[int]) -> set[int]:
    """Those of the handovers in which ``user`` has not yet confirmed as giver or receiver."""
    found = Handover.objects.filter(pk__in=pks, state__in=OPEN_HANDOVERS)
    gives = Q(giver=user, state=HandoverState.PROPOSED)
    receives = Q(pk__in=HandoverShare.objects.filter(receiver=user, received_at=None).values("handover"))
    return set(found.filter(gives | receives).values_list("pk", flat=True))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def handover_start(request: HttpRequest) -> HttpResponse:
    """Choose whose customers go to whom; the product proposes who gets which."""
    office, now = request.user.office, timezone.now()
    said = {"holders": leaver.holders(office, now=now), "office": office, "today": office.today(now)}
    wanted = request.GET.get("giver", "")
    initial = {"giver": wanted} if whole(wanted) is not None else {}
    form = StartForm(request.POST if request.method == "POST" else None, initial=initial, **said)
    if request.method != "POST":
        return render_part(request, START, {"form": form}, part="form")
    if form.is_valid():
        with refusals_on(form):
            made = rules.start(office, **form.cleaned_data, by=request.user, now=now)
            messages.success(request, _("Proposed: both sides are asked to confirm"))
            return go(request, "handover", made.pk)
    return render_invalid(request, START, {"form": form}, part="form")


def fetch(request: HttpRequest, pk: int) -> Handover:
    """The handover in the viewer's scope; 404 outside it."""
    scope = Handover.objects.visible_to(request.user)
    return get_object_or_404(scope.select_related("office__policy", "giver", "opened_by", "given_by"), pk=pk)


def items_of(found: Handover, user: Any) -> Any:
    """The customers of the plan that the viewer may know of: a receiver's own alone."""
    items = HandoverItem.objects.filter(handover=found)
    if user.has(Duty.SUPERVISE) or user.pk == found.giver_id:
        return items
    return items.filter(receiver=user)


def item_rows(found: list[dict[str, Any]], *, linked: bool) -> list[dict[str, Any]]:
    """Customers of the plan as the page prints them, by number: no name needs opening."""
    moved = {
        True: badge("approved", pgettext("customer", "handed over")),
        False: badge("draft", _("not the giver's any more")),
        None: "",
    }
    return [
        {
            "pk": row["pk"],
            "number": row["customer__number"],
            "url": f"/customers/{row['customer_id']}/" if linked else "",
            "level": row["customer__level"],
            "due": row["customer__next_due"],
            "receiver": row["receiver__name"],
            "outcome": moved[row["moved"]],
        }
        for row in found
    ]


def shares_of(found: Handover, user: Any) -> list[dict[str, Any]]:
    """Each receiver with the levels, the confirmation and how far the carrying out is."""
    known = {share.receiver_id: share for share in found.shares.all()}
    alone = not (user.has(Duty.SUPERVISE) or user.pk == found.giver_id)
    return [
        {
            "receiver": person,
            "levels": [(level or "—", count) for level, count in sorted(levels.items())],
            "share": known.get(person.pk),
            "done": done,
            "total": total,
        }
        for person, levels, done, total in rules.tally(found)
        if not alone or person.pk == user.pk
    ]


def context_of(request: HttpRequest, found: Handover) -> dict[str, Any]:
    """Everything the page shows to this viewer, forms apart."""
    user = request.user
    supervises = user.has(Duty.SUPERVISE)
    items = items_of(found, user)
    counted = items.annotate(total=counting.CappedCount(items)).values(*ITEM_FIELDS, "total")
    page = keyset.page(counted, order=("id",), cursor=request.GET.get("cursor"), size=PAGE)
    loose = leaver.of(found.office, found.giver, now=timezone.now()) if supervises else None
    return {
        "handover": found,
        "state": state_badge(found.state),
        "open": found.state in OPEN_HANDOVERS,
        "supervises": supervises,
        "page": page,
        "asks": f"handover={found.pk}",
        "items": item_rows(page.rows, linked=supervises),
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "shares": shares_of(found, user),
        "loose": loose,
    }

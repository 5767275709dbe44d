"""Units: the floor-by-unit grid 销控表, the list, one unit, and what the marketing manager does with it (DEAL-01)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import counting, keyset
from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from sales import unit_changes, unit_grid
from sales import units as rules
from sales.forms import ListPriceForm, UnitFilter, UnitForm
from sales.models import Deal, DealState, Unit, UnitState
from staff.access import needs
from staff.models import User
from staff.roles import Duty

GRID, ONE, NEW, LIST = "sales/units.html", "sales/unit.html", "sales/unit_new.html", "sales/units_list.html"
COLOURS = {
    UnitState.FOR_SALE: "approved",
    UnitState.HELD: "returned",
    UnitState.SUBSCRIBED: "pending",
    UnitState.CONTRACTED: "serving",
    UnitState.DELIVERED: "gone",
}
LABELS = dict(UnitState.choices)
FIELDS = ("pk", "code", "building", "entrance", "floor", "room", "layout", "area", "list_price", "state")
ORDER = ("place", "code")
PAGE = 50


def unit_badge(state: str) -> str:
    """A unit's state in colour, dot and word."""
    return badge(COLOURS[UnitState(state)], LABELS[state])


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A unit as lists and grid print it."""
    facts = " · ".join(str(fact) for fact in (row["layout"], row["area"] and f"{row['area']} ㎡") if fact)
    return {**row, "badge": unit_badge(row["state"]), "price": f"{row['list_price']:,.2f}", "facts": facts}


@require_safe
@needs(Duty.SEE_BOARD)
def units(request: HttpRequest) -> HttpResponse:
    """The grid of one building: floors downwards, units across, each with its state."""
    scope = Unit.objects.visible_to(request.user)
    buildings = list(scope.order_by("building").values_list("building", flat=True).distinct())
    asked = request.GET.get("building", "")
    building = asked if asked in buildings else next(iter(buildings), "")
    rows = [
        _shown(row) for row in scope.filter(building=building).order_by("floor", "entrance", "room").values(*FIELDS)
    ]
    counts = dict(scope.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "buildings": buildings,
        "building": building,
        "grid": unit_grid.grid(rows),
        "any": bool(rows),
        "counts": [(unit_badge(state), state, counts.get(state, 0)) for state in UnitState.values],
        "manages": request.user.has(Duty.SET_POLICY),
    }
    return render_part(request, GRID, context, part="grid")


def listed(user: User, form: UnitFilter) -> QuerySet[Unit]:
    """The units that are asked for."""
    scope = Unit.objects.visible_to(user)
    return scope.filter(state=form.chosen["state"]) if "state" in form.chosen else scope


@require_safe
@needs(Duty.SEE_BOARD)
def units_list(request: HttpRequest) -> HttpResponse:
    """All units by code, as people count (1-1-101 before 1-1-1001), filtered by state."""
    form = UnitFilter.read(request.GET)
    scope = listed(request.user, form)
    found = scope.annotate(total=counting.CappedCount(scope)).values(*FIELDS, "place", "total")
    page = keyset.page(found, order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "units": [_shown(row) for row in page.rows],
        "page": page,
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "form": form,
        "filtered": "state" in form.chosen,
        "manages": request.user.has(Duty.SET_POLICY),
    }
    return render_part(request, LIST, context, part="list")


def _fetch(request: HttpRequest, pk: int) -> Unit:
    return get_object_or_404(Unit.objects.visible_to(request.user).select_related("office"), pk=pk)


def _context(request: HttpRequest, found: Unit, form: ListPriceForm | None = None) -> dict[str, Any]:
    deal = Deal.objects.visible_to(request.user).filter(unit=found).exclude(state=DealState.CANCELLED)
    manages = request.user.has(Duty.SET_POLICY)
    return {
        "unit": found,
        "badge": unit_badge(found.state),
        "price": f"{found.list_price:,.2f}",
        "deal": deal.select_related("customer", "rep").first(),
        "manages": manages,
        "may_hold": manages and found.state == UnitState.FOR_SALE,
        "may_release": manages and found.state == UnitState.HELD,
        "form": form or ListPriceForm(initial={"list_price": found.list_price}),
        "changes": [(one, f"{one.list_price:,.2f}", unit_badge(one.state)) for one in unit_changes.changes(found)],
    }


@require_safe
@needs(Duty.SEE_BOARD)
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: facts, state, its deal as far as the viewer may see it, what changed."""
    return render_part(request, ONE, _context(request, _fetch(request, pk)), part="unit")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SET_POLICY)
def unit_new(request: HttpRequest) -> HttpResponse:
    """Add a unit for sale."""
    form = UnitForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render_part(request, NEW, {"form": form}, part="form")
    if form.is_valid():
        with refusals_on(form):
            made = rules.add(request.user.office, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The unit is added"))
            return go(request, "unit", made.pk)
    return render_invalid(request, NEW, {"form": form}, part="form")


@require_POST
@needs(Duty.SET_POLICY)
def unit_price(request: HttpRequest, pk: int) -> HttpResponse:
    """Set another list price."""
    found = _fetch(request, pk)
    form = ListPriceForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            rules.reprice(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The list price is set. Deals already made keep theirs"))
            return go(request, "unit", pk)
    return render_invalid(request, ONE, _context(request, found, form), part="unit")


def _turned(request: HttpRequest, pk: int, rule: Callable[..., Any], words: str) -> HttpResponse:
    found = _fetch(request, pk)
    try:
        rule(found, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, words)
    return go(request, "unit", pk)


@require_POST
@needs(Duty.SET_POLICY)
def unit_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold a unit back."""
    return _turned(request, pk, rules.hold, _("The unit is held back"))


@require_POST
@needs(Duty.SET_POLICY)
def unit_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release a unit that was held back."""
    return _turned(request, pk, rules.release, _("The unit is for sale again"))

"""Defeat: asked for, confirmed, decided and closed; the register of defeats and its analysis (LOST-01..05)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import RuleError, refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from customers import access, defeat, defeat_analysis, listing, rows
from customers.forms_defeat import LOST as LOST_ONES
from customers.forms_defeat import ApproveForm, ConfirmForm, DefeatFilter, DefeatForm, RefuseForm
from customers.models import OPEN_DEFEATS, Customer, DefeatRequest, DefeatState, Ground
from staff import approvals
from staff.access import needs
from staff.roles import Duty, Role

from .card_page import name_of
from .customer import fetch
from .lists import described, page_of

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
TEMPLATE = "customers/defeat.html"
COLOURS = {
    DefeatState.REQUESTED: "pending",
    DefeatState.CONFIRMED: "pending",
    DefeatState.APPROVED: "serving",
    DefeatState.REFUSED: "returned",
    DefeatState.CLOSED: "approved",
    DefeatState.FALLEN: "draft",
}
FIELDS = (
    *("pk", "number", "customer_id", "requested_at", "rep__name", "state", "ground", "lost_to", "price", "level"),
    *("days_held", "name_sealed", "total", *rows.KEY),
)
LOST = (DefeatState.APPROVED, DefeatState.CLOSED)
# Each step: its role, the state it waits for, its form, its rule, its words.
STEPS: dict[str, tuple[Role, str, type[forms.Form], Callable[..., Any], Any]] = {
    "confirm": (
        Role.CLERK,
        DefeatState.REQUESTED,
        ConfirmForm,
        defeat.confirm,
        gettext_lazy("Confirmed: the manager decides"),
    ),
    "approve": (
        Role.MARKETING_MANAGER,
        DefeatState.CONFIRMED,
        ApproveForm,
        defeat.approve,
        gettext_lazy("Approved: the customer has left the rep's file"),
    ),
    "refuse": (
        Role.MARKETING_MANAGER,
        DefeatState.CONFIRMED,
        RefuseForm,
        defeat.refuse,
        gettext_lazy("Refused: the customer stays with the rep, who is told"),
    ),
    "close": (
        Role.CLERK,
        DefeatState.APPROVED,
        forms.Form,
        defeat.close,
        gettext_lazy("Closed: card and request are archived together"),
    ),
}


def asked_of(customer: Customer) -> DefeatRequest | None:
    """The latest request of the present registration, its words ready to open."""
    people = ("rep", "confirmed_by", "decided_by", "closed_by")
    found = DefeatRequest.objects.filter(customer=customer, number=customer.number).select_related(*people)
    asked = found.order_by("-pk").first()
    if asked is not None:
        asked.customer = customer
    return asked


def acts_for(
    asked: DefeatRequest | None, *, by: Any, wrong: tuple[str, forms.Form] | None = None
) -> list[dict[str, Any]]:
    """The steps that ``by`` may take now, each with its form."""
    steps = [
        (name, role, form) for name, (role, state, form, *_rest) in STEPS.items() if asked and asked.state == state
    ]
    if not steps or refusal(defeat.check_step, asked, steps[0][1], by=by, now=timezone.now()):
        return []
    found = []
    for name, _role, form in steps:
        mine = wrong is not None and wrong[0] == name
        found.append({"name": name, "form": wrong[1] if wrong and mine else form(auto_id=f"{name}_%s"), "open": mine})
    return found


def _withdraws(asked: DefeatRequest | None, *, by: Any) -> int | None:
    """The approval that whoever asked may take back, while it waits."""
    if asked is None or asked.rep_id != by.pk or asked.state not in OPEN_DEFEATS:
        return None
    waiting = approvals.latest(asked.subject)
    mine = waiting is not None and refusal(approvals.check_withdraw, waiting, by=by) is None
    return waiting.pk if mine else None


def grounds_refused(customer: Customer, *, by: Any) -> dict[str, RuleError]:
    """Which grounds are closed to the owner at present, and why (LOST-02, LOST-03)."""
    now = timezone.now()
    found = {ground: refusal(defeat.check_request, customer, by=by, ground=ground, now=now) for ground in Ground.values}
    return {ground: why for ground, why in found.items() if why is not None}


def context_of(request: HttpRequest, customer: Customer, **wrong: Any) -> dict[str, Any]:
    """What the page shows. ``wrong``: ``form`` or ``act``, what was just refused."""
    asked, refused = asked_of(customer), grounds_refused(customer, by=request.user)
    closed = len(refused) == len(Ground.values)
    mine = customer.owner_id == request.user.pk
    return {
        "customer": customer,
        "name": name_of(customer),
        "asked": asked,
        "state": badge(COLOURS[DefeatState(asked.state)], asked.get_state_display()) if asked else "",
        "withdraws": _withdraws(asked, by=request.user),
        "acts": acts_for(asked, by=request.user, wrong=wrong.get("act")),
        "form": None if closed or not mine else (wrong.get("form") or DefeatForm()),
        "stale": wrong.get("form") if closed else None,
        "refusal": next(iter(refused.values())) if closed and mine else None,
        "refused": [] if closed else [(Ground(ground).label, why) for ground, why in refused.items()],
        "warned": customer.level in defeat.WARNED,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*SEES)
def customer_defeat(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a defeat stands; for the owner the form to ask for it (LOST-01..03)."""
    customer, now = fetch(request, pk), timezone.now()
    if request.method != "POST":
        if request.method == "GET":
            access.opened(customer, by=request.user, now=now)
        return render_part(request, TEMPLATE, context_of(request, customer), part="defeat")
    form = DefeatForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            defeat.request(customer, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _("Requested: the clerk calls the customer next"))
            return go(request, "customer_defeat", pk)
    return render_invalid(request, TEMPLATE, context_of(request, customer, form=form), part="defeat")


@require_POST
@needs(*SEES)
def customer_defeat_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The next step of a request, by whoever's step it is (LOST-04)."""
    customer = fetch(request, pk)
    _role, _state, kind, rule, words = STEPS[act]
    form = kind(request.POST, auto_id=f"{act}_%s")
    if not form.is_valid() and acts_for(asked_of(customer), by=request.user):
        return render_invalid(request, TEMPLATE, context_of(request, customer, act=(act, form)), part="defeat")
    try:
        rule(customer, by=request.user, now=timezone.now(), **form.cleaned_data)
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, str(words))
    return go(request, "customer_defeat", pk)


def row_of(row: dict[str, Any], opener: rows.Opener) -> dict[str, Any]:
    """A request as the register shows it."""
    return {
        "url": f"/customers/{row['customer_id']}/defeat/",
        "day": rows.moment(row["requested_at"])[:10],
        "number": row["number"],
        "name": opener.text(row, row["name_sealed"], model="Person", field="name") or "—",
        "rep": row["rep__name"],
        "level": row["level"] or "—",
        "ground": Ground(row["ground"]).label,
        "rival": row["lost_to"] or "—",
        "price": "—" if row["price"] is None else f"{row['price']:,.0f}",
        "held": row["days_held"],
        "state": badge(COLOURS[DefeatState(row["state"])], DefeatState(row["state"]).label),
    }


@require_safe
@needs(Duty.SEE_OFFICE)
def defeats(request: HttpRequest) -> HttpResponse:
    """The defeat register with what still waits, newest request first (LOST-04)."""
    form = DefeatFilter.read(request.GET, office=request.user.office)
    found = form.filter(listing.defeats(request.user))
    page, opener = page_of(request, found, FIELDS, order=("-requested_at", "-id")), rows.Opener()
    context = {"rows": [row_of(row, opener) for row in page.rows], **described(request, page, form)}
    return render_part(request, "customers/defeats.html", context, part="list")


@require_safe
@needs(Duty.SEE_OFFICE)
def defeats_analysis(request: HttpRequest) -> HttpResponse:
    """Approved defeats by reason, rival, price, level reached, days held and rep (LOST-05)."""
    form = DefeatFilter.read(request.GET, office=request.user.office)
    found = form.filter(listing.defeats(request.user).filter(state__in=LOST))
    kept = {name: value for name, value in request.GET.items() if name in form.chosen and name != "find"}
    asked = {"state": LOST_ONES, **kept}
    tables = [table for table in defeat_analysis.tables(found, asked) if table.figures]
    return render_part(request, "customers/defeats_analysis.html", {"form": form, "tables": tables}, part="tables")

"""Deals: the list, those of one customer with the subscription form, one deal through its stages (DEAL-02, DEAL-03)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import counting, keyset
from common.errors import RuleError, refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from customers.models import Customer
from sales import deals as rules
from sales import discounts, price_approval
from sales.forms import CancelForm, ContractForm, DealFilter, SubscribeForm
from sales.models import Deal, DealState, Unit, UnitState
from staff import approvals
from staff.access import needs
from staff.models import ApprovalState, User
from staff.roles import Duty

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
LIST, ONE, OF_CUSTOMER = "sales/deals.html", "sales/deal.html", "sales/customer_deals.html"
COLOURS = {
    DealState.SUBSCRIBED: "pending",
    DealState.CONTRACTED: "serving",
    DealState.PAID: "approved",
    DealState.DELIVERED: "approved",
    DealState.CANCELLED: "gone",
}
ASKED = {
    ApprovalState.PENDING: "pending",
    ApprovalState.APPROVED: "approved",
    ApprovalState.REFUSED: "returned",
    ApprovalState.RETURNED: "returned",
    ApprovalState.WITHDRAWN: "draft",
    ApprovalState.CHANGED: "draft",
}
LABELS = dict(DealState.choices)
AUTHORS = {state: f"{state}_by" for state in DealState.values} | {DealState.CONTRACTED: "confirmed_by"}
FIELDS = (
    *("pk", "id", "state", "price", "price_sealed", "subscribed_at", "unit__code", "customer_id", "customer__number"),
    "rep__name",
)
ORDER = ("-id",)
PAGE, OFFERED = 50, 300


def shown_price(price: Any, *, sealed: bool) -> str:
    """A price as pages print it; that of a bulk contract is no business of theirs (BULK-11)."""
    return _("secret") if sealed else f"{price:,.2f}"


def _rows(rows: Any) -> list[dict[str, Any]]:
    """Deals as lists print them; customers by number, so that no name needs opening."""
    return [
        {
            **row,
            "badge": badge(COLOURS[DealState(row["state"])], LABELS[row["state"]]),
            "shown": shown_price(row["price"], sealed=row["price_sealed"]),
        }
        for row in rows
    ]


def listed(user: User, form: DealFilter) -> QuerySet[Deal]:
    """The deals within the viewer's scope that are asked for."""
    scope = Deal.objects.visible_to(user)
    return scope.filter(state=form.chosen["state"]) if "state" in form.chosen else scope


@require_safe
@needs(*SEES)
def deals(request: HttpRequest) -> HttpResponse:
    """The deals within the viewer's scope, newest first, by stage."""
    form = DealFilter.read(request.GET)
    scope = listed(request.user, form)
    found = scope.annotate(total=counting.CappedCount(scope)).values(*FIELDS, "total")
    page = keyset.page(found, order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "deals": _rows(page.rows),
        "page": page,
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "form": form,
        "filtered": "state" in form.chosen,
    }
    return render_part(request, LIST, context, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*SEES)
def customer_deals(request: HttpRequest, pk: int) -> HttpResponse:
    """The deals of one customer, and the form that subscribes another unit."""
    scope = Customer.objects.visible_to(request.user).select_related("office__policy", "owner")
    found, now = get_object_or_404(scope, pk=pk), timezone.now()
    form = SubscribeForm(
        request.POST if request.method == "POST" else None,
        office=found.office,
        initial={"unit": request.GET.get("unit", "")[:40]},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = rules.subscribe(found, **form.cleaned_data, by=request.user, now=now)
            messages.success(request, _("Subscribed. The unit is taken from now on"))
            return go(request, "deal", made.pk)
    offered = Unit.objects.filter(office=found.office, state=UnitState.FOR_SALE).order_by("place", "code")
    context = {
        "customer": found,
        "deals": _rows(Deal.objects.filter(customer=found).order_by("-id").values(*FIELDS)),
        "form": form,
        "refusal": refusal(rules.check_subscribe, found, by=request.user, now=now),
        "offered": [(code, f"{price:,.2f}") for code, price in offered.values_list("code", "list_price")[:OFFERED]],
    }
    if request.method == "POST":
        return render_invalid(request, OF_CUSTOMER, context, part="deals")
    return render_part(request, OF_CUSTOMER, context, part="deals")


def _fetch(request: HttpRequest, pk: int) -> Deal:
    scope = Deal.objects.visible_to(request.user)
    return get_object_or_404(scope.select_related("unit", "customer__office__policy", "rep", *AUTHORS.values()), pk=pk)


def _stages(deal: Deal) -> list[tuple[str, Any, Any]]:
    """Each stage with the time at which it was reached, and who wrote it down."""
    return [(LABELS[state], getattr(deal, f"{state}_at"), getattr(deal, AUTHORS[state])) for state in DealState.values]


def _approval(found: Deal, *, by: User) -> dict[str, Any]:
    """How far the price is under the list price, and who is to approve that or has done so."""
    off = discounts.percent_off(found.list_price, found.price)
    if off <= 0:
        return {"off": None}
    asked = price_approval.latest(found)
    waits = asked is not None and asked.state == ApprovalState.PENDING
    return {
        "off": f"{off:.2f}",
        "asked": asked,
        "asked_badge": badge(ASKED[ApprovalState(asked.state)], asked.get_state_display()) if asked else "",
        "with_contract": found.contracted_at is not None and not price_approval.covers(asked, found),
        "may_ask": not waits and refusal(price_approval.check_ask, found, by=by) is None,
        "may_withdraw": waits and refusal(approvals.check_withdraw, asked, by=by) is None,
    }


def _context(
    request: HttpRequest, found: Deal, form: CancelForm | None = None, signing: ContractForm | None = None
) -> dict[str, Any]:
    by = request.user
    may_contract = DealState.CONTRACTED in rules.STATES.follows(found)
    return {
        "deal": found,
        "badge": badge(COLOURS[DealState(found.state)], LABELS[found.state]),
        "price": shown_price(found.price, sealed=found.price_sealed),
        "list_price": f"{found.list_price:,.2f}",
        **_approval(found, by=by),
        "stages": _stages(found),
        "signed": found.state in rules.SIGNED,
        "may_contract": may_contract,
        "signing": signing or (ContractForm(deal=found) if may_contract and by.has(Duty.SUPERVISE) else None),
        "contract_refusal": refusal(rules.check_contract, found, by=by),
        "may_pay": refusal(rules.check_records, found, DealState.PAID, by=by) is None,
        "may_deliver": refusal(rules.check_records, found, DealState.DELIVERED, by=by) is None,
        "may_cancel": refusal(rules.check_cancel, found, by=by) is None,
        "form": form or CancelForm(),
    }


@require_safe
@needs(*SEES)
def deal(request: HttpRequest, pk: int) -> HttpResponse:
    """One deal: unit, customer, price, stages, and what may follow."""
    return render_part(request, ONE, _context(request, _fetch(request, pk)), part="deal")


def _stepped(request: HttpRequest, pk: int, rule: Callable[..., Any], words: str, **more: Any) -> HttpResponse:
    found = _fetch(request, pk)
    try:
        rule(found, now=timezone.now(), **more)
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, words)
    return go(request, "deal", pk)


@require_POST
@needs(Duty.SUPERVISE)
def deal_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """The supervisor confirms the signed contract, as far as their authority over discounts goes."""
    found = _fetch(request, pk)
    form = ContractForm(request.POST, deal=found)
    if form.is_valid():
        with refusals_on(form):
            rules.contract(found, by=request.user, now=timezone.now(), price=form.cleaned_data["price"])
            messages.success(request, _("The contract is confirmed"))
            return go(request, "deal", pk)
    return render_invalid(request, ONE, _context(request, found, signing=form), part="contract")


@require_POST
@needs(Duty.CORRECT)
def deal_pay(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk notes that the price is paid."""
    return _stepped(request, pk, rules.pay, _("Paid"), by=request.user)


@require_POST
@needs(Duty.CORRECT)
def deal_deliver(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk notes that the home is handed over."""
    return _stepped(request, pk, rules.deliver, _("Handed over"), by=request.user)


@require_POST
@needs(*SEES)
def deal_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a price under the list price, where none waits: after a refusal, or once the table is mended."""
    return _stepped(request, pk, price_approval.ask, _("Asked: the first step is told"), by=request.user)


@require_POST
@needs(*SEES)
def deal_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a deal with a reason; the unit is for sale again."""
    found = _fetch(request, pk)
    form = CancelForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            rules.cancel(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Cancelled. The unit is for sale again"))
            return go(request, "deal", pk)
    return render_invalid(request, ONE, _context(request, found, form), part="cancel")

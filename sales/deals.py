"""Units sold: subscription 认购, contract 签约, payment, delivery, cancellation 退房; one unit never twice (DEAL-01..03)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from common.states import Machine
from customers import cards, ownership, reps
from customers.models import Customer
from customers.telling import address
from staff import notices
from staff.models import Office, User
from staff.roles import Duty

from . import discounts, price_approval
from .models import Deal, DealState, Unit, UnitState

TRANSITIONS: dict[str, frozenset[str]] = {
    DealState.SUBSCRIBED: frozenset({DealState.CONTRACTED, DealState.CANCELLED}),
    DealState.CONTRACTED: frozenset({DealState.PAID, DealState.CANCELLED}),
    DealState.PAID: frozenset({DealState.DELIVERED, DealState.CANCELLED}),
    DealState.DELIVERED: frozenset(),
    DealState.CANCELLED: frozenset(),
}
STATES = Machine(TRANSITIONS, gettext_lazy("This deal is %(now)s: it cannot become %(to)s now"), rule="DEAL-02")
SIGNED = (DealState.CONTRACTED, DealState.PAID, DealState.DELIVERED)
MOST = Decimal("100000000000")


def money(value: Any) -> Decimal:
    """A price in yuan: above 0, under 10^11, two decimals at most; RuleError in words otherwise."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise RuleError(_("Enter the price as a number of yuan"), rule="DEAL-02") from None
    if not amount.is_finite() or not 0 < amount < MOST:
        raise RuleError(_("Enter a price above 0 and under 100 billion yuan"), rule="DEAL-02")
    if amount != amount.quantize(Decimal("0.01")):
        raise RuleError(_("A price has two decimals at most"), rule="DEAL-02")
    return amount.quantize(Decimal("0.01"))


@transaction.atomic
def add_units(office: Office, rows: Iterable[Mapping[str, Any]]) -> int:
    """Add units for sale, each with ``code`` and ``list_price``; all or none. How many were added."""
    units = [Unit(office=office, code=str(row["code"]).strip(), list_price=money(row["list_price"])) for row in rows]
    codes = [unit.code for unit in units]
    doubled = {code for code in codes if codes.count(code) > 1} if len(set(codes)) < len(codes) else set()
    doubled |= set(Unit.objects.filter(office=office, code__in=codes).values_list("code", flat=True))
    if doubled or not all(codes):
        raise RuleError(
            _("Each unit needs a code of its own: %(code)s") % {"code": ", ".join(sorted(doubled))}, rule="DEAL-01"
        )
    for unit in units:
        unit.save(force_insert=True)
    return len(units)


def check_owned(customer: Customer, *, now: datetime) -> None:
    """Only a customer with an owner subscribes (DEAL-02)."""
    state = customer.state(customer.office.today(now))
    if state not in ("active", "dealt") or customer.owner is None:
        words = {"state": ownership.state_words(state)}
        raise RuleError(_("Only a customer with an owner can subscribe; this one is %(state)s") % words, rule="DEAL-02")


def check_subscribe(customer: Customer, *, by: User, now: datetime) -> None:
    """A customer with an owner subscribes through that owner or a supervisor (DEAL-02)."""
    check_owned(customer, now=now)
    if by.pk != customer.owner_id:
        ownership.check_supervises(customer.office, by=by)


@transaction.atomic
def subscribe(customer: Customer, unit: Unit, *, by: User, now: datetime, price: Decimal | None = None) -> Deal:
    """The customer subscribes a unit, at the list price unless another is named; the unit is taken from now on."""
    customer = ownership.relock(customer)
    office = customer.office
    check_subscribe(customer, by=by, now=now)
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if unit.office_id != office.pk:
        raise RuleError(_("This unit belongs to another office"), rule="OFF-01")
    if unit.state != UnitState.FOR_SALE:
        words = {"unit": unit, "state": unit.get_state_display()}
        raise RuleError(_("Unit %(unit)s is not for sale: %(state)s") % words, rule="DEAL-01")
    deal = Deal.objects.create(
        office=office,
        unit=unit,
        customer=customer,
        rep=customer.owner,
        price=money(price) if price is not None else unit.list_price,
        list_price=unit.list_price,
        subscribed_at=now,
        subscribed_by=by,
    )
    _mark(unit, UnitState.SUBSCRIBED, by=by, now=now)
    ownership.let_request_fall(customer, by=by, now=now)
    ownership.reserve(customer)
    price_approval.ask_at_once(deal, by=by, now=now)
    return deal


def _mark(unit: Unit, state: str, *, by: User, now: datetime) -> None:
    unit.state = state
    unit._history_user, unit._history_date = by, now
    unit.save(update_fields=["state"])


def _locked(deal: Deal) -> tuple[Deal, Customer, Unit]:
    customer = ownership.relock(deal.customer)
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=deal.unit_id)
    return Deal.objects.select_for_update(of=("self",)).get(pk=deal.pk), customer, unit


def check_contract(deal: Deal, *, by: User, price: Decimal | None = None) -> None:
    """A supervisor confirms a subscription whose price is approved, or as far as their own authority goes (DEAL-03).

    Confirming under the list price on one's own authority approves the price: nobody does so for what they subscribed.
    ``price``: what the contract says, where that is not the price subscribed at; an approved price covers any above it.
    """
    ownership.check_supervises(deal.office, by=by)
    STATES.check(deal, DealState.CONTRACTED)
    agreed = deal.price if price is None else price
    if deal.price <= agreed < deal.list_price and price_approval.is_approved(deal):
        return
    price_approval.check_not_own(deal, price=agreed, by=by)
    discounts.check_approves(deal.office, list_price=deal.list_price, price=agreed, by=by)


@transaction.atomic
def contract(deal: Deal, *, by: User, now: datetime, price: Decimal | None = None) -> Deal:
    """The contract is signed and confirmed by a supervisor whose authority covers the discount (DEAL-02, DEAL-03).

    ``price``: the contract's, where it is not the one subscribed at; from here on it does not change.
    """
    deal, customer, unit = _locked(deal)
    agreed = deal.price if price is None else money(price)
    check_contract(deal, by=by, price=agreed)
    price_approval.settle(deal, by=by, now=now, reason=_("the contract was confirmed"))
    STATES.move(deal, DealState.CONTRACTED)
    deal.price, deal.contracted_at, deal.confirmed_by = agreed, now, by
    deal.save()
    _mark(unit, UnitState.CONTRACTED, by=by, now=now)
    ownership.close_with_deal(customer, customer.office)
    note_handing_over(customer)
    tell_clerks(deal, customer, now=now)
    return deal


def tell_clerks(deal: Deal, customer: Customer, *, now: datetime) -> None:
    """The clerks check the A-card and open the retained-customer card (DEAL-04)."""
    words = gettext_lazy("Customer no. {number} has signed: check the A-card and open the retained-customer card")
    people, text = reps.clerks(deal.office, deal.office.today(now)), format_lazy(words, number=customer.number)
    notices.tell_many(people, key=f"signed:{deal.pk}", text=text, now=now, link=f"{address(customer)}care/")


def check_records(deal: Deal, to: str, *, by: User) -> None:
    """The desk of the office writes down that a deal was paid or delivered, once it can be (DEAL-02)."""
    if by.office != deal.office or not by.has(Duty.CORRECT):
        raise RuleError(_("The desk of this office notes payment and handing over"), rule="DEAL-02")
    STATES.check(deal, to)


@transaction.atomic
def pay(deal: Deal, *, by: User, now: datetime) -> Deal:
    """The price is paid in full."""
    deal, _customer, _unit = _locked(deal)
    check_records(deal, DealState.PAID, by=by)
    STATES.move(deal, DealState.PAID)
    deal.paid_at, deal.paid_by = now, by
    deal.save()
    return deal


@transaction.atomic
def deliver(deal: Deal, *, by: User, now: datetime) -> Deal:
    """The home is handed over."""
    deal, customer, unit = _locked(deal)
    check_records(deal, DealState.DELIVERED, by=by)
    STATES.move(deal, DealState.DELIVERED)
    deal.delivered_at, deal.delivered_by = now, by
    deal.save()
    _mark(unit, UnitState.DELIVERED, by=by, now=now)
    note_handing_over(customer)
    return deal


def note_handing_over(customer: Customer) -> None:
    """Whether every home that the customer has signed for is handed over (FUP-01)."""
    signed = Deal.objects.filter(customer=customer, state__in=SIGNED)
    waiting = signed.exclude(state=DealState.DELIVERED)
    ownership.note_handed_over(customer, over=signed.exists() and not waiting.exists())


def check_cancel(deal: Deal, *, by: User) -> None:
    """The rep cancels a mere subscription of theirs; every other deal is the supervisor's (DEAL-02)."""
    if deal.state != DealState.SUBSCRIBED or by.pk != deal.rep_id:
        ownership.check_supervises(deal.office, by=by)
    if deal.price_sealed:
        raise RuleError(_("This unit is part of a bulk contract: it is taken back there"), rule="BULK-10")
    STATES.check(deal, DealState.CANCELLED)


@transaction.atomic
def cancel(deal: Deal, *, by: User, now: datetime, reason: str) -> Deal:
    """A cancellation with its reason: the unit is for sale again; without another deal the customer is active again."""
    deal, customer, unit = _locked(deal)
    if not reason.strip():
        raise RuleError(_("Say why the deal is cancelled"), rule="DEAL-02")
    check_cancel(deal, by=by)
    STATES.move(deal, DealState.CANCELLED)
    deal.cancelled_at, deal.cancelled_by, deal.cancel_reason = now, by, reason.strip()
    deal.save()
    _mark(unit, UnitState.FOR_SALE, by=by, now=now)
    price_approval.settle(deal, by=by, now=now, reason=_("the deal was cancelled"))
    after_cancelling(customer, now=now)
    return deal


def after_cancelling(customer: Customer, *, now: datetime) -> None:
    """Active again without another deal; merely subscribed again if the others are not signed yet."""
    live = Deal.objects.filter(customer=customer).exclude(state=DealState.CANCELLED)
    if not live.filter(state__in=SIGNED).exists():
        cards.open_again(customer)
    if not live.exists():
        ownership.reopen(customer, office=customer.office, now=now)
    elif not live.filter(state__in=SIGNED).exists():
        ownership.back_to_subscribed(customer)
    note_handing_over(customer)

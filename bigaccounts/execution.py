"""Execution: formalities by the contract alone, units taken, payments, changes of units reported at once (BULK-08, BULK-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import names
from common.errors import RuleError
from customers.models import Customer
from sales import reserving
from sales.deals import money
from sales.models import Unit
from staff.models import User
from staff.roles import Role

from . import contracts, flipping, lists, prospects, telling, who
from .events import note
from .models import EXECUTION, Buyer, Case, CaseState, ContractUnit, Happened, Instalment, Place
from .prospects import STATES, keep, lock, said

FORMALITIES, WATCH = "BULK-10", "BULK-08"


def check_executes(case: Case, *, by: User, rule: str) -> None:
    """The clerk executes a signed contract; whoever runs the case may too."""
    if not who.holds(by, Role.CLERK, office=case.office):
        who.check_runs(case, by=by, rule=rule)
    if case.state not in EXECUTION:
        raise RuleError(_("There is no signed contract to execute"), rule=rule)


def listed(case: Case, customer: Customer) -> Buyer:
    """The buyer on the list who is this customer, by the names of its people; RuleError if none is (BULK-10)."""
    people = {"".join(names.fold(person.name)) for person in customer.people.all()}
    for buyer in case.buyers.filter(place=Place.LIVE).order_by("pk"):
        buyer.case = case
        if "".join(names.fold(buyer.name)) in people:
            return buyer
    raise RuleError(
        _("This customer is not on the contract's list of buyers. A change of buyers needs proof and approval"),
        rule=FORMALITIES,
    )


def contracted(case: Case, unit: Unit) -> ContractUnit:
    """The unit's line in the contract; RuleError if it is not in it, or taken (BULK-10)."""
    row = case.contract_units.select_related("unit").filter(unit=unit, place=Place.LIVE).first()
    if row is None:
        raise RuleError(_("Unit %(unit)s is not in this contract") % {"unit": unit}, rule=FORMALITIES)
    if row.deal_id is not None:
        raise RuleError(_("Formalities for unit %(unit)s are completed already") % {"unit": unit}, rule=FORMALITIES)
    row.case = case
    return row


@transaction.atomic
def take(case: Case, *, by: User, now: datetime, customer: Customer, unit: Unit, price: Any) -> ContractUnit:
    """Purchase formalities: a listed buyer takes a listed unit at the contract price, and nothing else (BULK-10)."""
    case = lock(case)
    check_executes(case, by=by, rule=FORMALITIES)
    if customer.office_id != case.office_id:
        raise RuleError(_("This customer belongs to another office"), rule="OFF-01")
    buyer = listed(case, customer)
    flipping.check_formalities(case, buyer)
    row = contracted(case, unit)
    if money(price) != row.price:
        raise RuleError(_("This is not the price of the contract: read it there again"), rule=FORMALITIES)
    row.deal = reserving.sell(customer, row.unit, cause=contracts.cause(case), by=by, now=now)
    row.buyer, row.taken_at = buyer, now
    _keep(row, by=by, now=now)
    note(case, Happened.TAKEN, by=by, now=now, words=row.unit.code)
    return row


def _keep(row: Any, *, by: User, now: datetime) -> None:
    row._history_user, row._history_date = by, now
    row.save()


@transaction.atomic
def take_back(case: Case, *, by: User, now: datetime, unit: Unit, reason: str) -> ContractUnit:
    """The marketing manager undoes formalities with a reason: the deal is cancelled, the unit stays in the contract."""
    case = lock(case)
    who.check_holds(case, Role.MARKETING_MANAGER, by=by, rule=FORMALITIES)
    reason = said(reason, _("Say why the formalities are undone"), rule=FORMALITIES, most=200)
    row = case.contract_units.select_related("unit", "deal__unit", "deal__customer__office__policy").filter(unit=unit)
    found = row.filter(place=Place.LIVE, deal__isnull=False).first()
    if found is None or found.deal is None:
        raise RuleError(_("No formalities were completed for unit %(unit)s") % {"unit": unit}, rule=FORMALITIES)
    reserving.take_back(found.deal, cause=contracts.cause(case), by=by, now=now, reason=reason)
    found.case, found.deal, found.buyer, found.taken_at = case, None, None, None
    _keep(found, by=by, now=now)
    note(case, Happened.UNTAKEN, by=by, now=now, words=found.unit.code)
    return found


@transaction.atomic
def change_units(case: Case, *, by: User, now: datetime, units: Sequence[Unit], reason: str) -> Case:
    """The contract's units become ``units``; branch and HQ are told at once (BULK-08).

    Units taken stay; those that come in are reserved like those at the signing, at the contract's discount.
    """
    case = lock(case)
    check_executes(case, by=by, rule=WATCH)
    reason = said(reason, _("Say why the units change: the company reads it"), rule=WATCH)
    rows = {row.unit_id: row for row in case.contract_units.filter(place=Place.LIVE).select_related("unit")}
    wanted = {unit.pk for unit in units}
    prospects.check_units(case.office, len(wanted))
    leaving = [row for pk, row in rows.items() if pk not in wanted]
    coming = [unit for unit in units if unit.pk not in rows]
    if not leaving and not coming:
        raise RuleError(_("These are the units of the contract already"), rule=WATCH)
    lists.check_units(case, coming, rule=WATCH)
    for row in sorted(leaving, key=lambda one: one.unit_id):
        _let_go(case, row, by=by, now=now)
    fresh = [ContractUnit(case=case, unit=unit, list_price=unit.list_price) for unit in coming]
    contracts.reserve(case, sorted(fresh, key=lambda one: one.unit_id), by=by, now=now)
    was, case.units = len(rows), len(wanted)
    case.hq_since = case.hq_since or now
    keep(case, "units", "hq_since", by=by, now=now)
    event = note(case, Happened.UNITS_CHANGED, by=by, now=now, words=f"{was} → {case.units}", secret={"reason": reason})
    telling.units_changed(case, event.pk, was=was, now=now)
    return case


def _let_go(case: Case, row: ContractUnit, *, by: User, now: datetime) -> None:
    if row.deal_id is not None:
        raise RuleError(_("Unit %(unit)s is taken: it stays in the contract") % {"unit": row.unit}, rule=WATCH)
    reserving.let_go(row.unit, cause=contracts.cause(case), by=by, now=now)
    row.place = Place.OUT
    _keep(row, by=by, now=now)


@transaction.atomic
def pay(case: Case, *, by: User, now: datetime, instalment: Instalment) -> Instalment:
    """An instalment of the schedule is paid (BULK-08)."""
    case = lock(case)
    check_executes(case, by=by, rule=WATCH)
    row = case.instalments.select_for_update(of=("self",)).get(pk=instalment.pk)
    if row.paid_at is not None:
        raise RuleError(_("This instalment is noted as paid already"), rule=WATCH)
    row.case, row.paid_at, row.paid_by = case, now, by
    _keep(row, by=by, now=now)
    note(case, Happened.PAID, by=by, now=now, words=row.due_on.isoformat())
    return row


def check_drop(case: Case, *, by: User) -> None:
    """A case is given up by whoever runs it; once signed, by the marketing manager alone."""
    if case.state in EXECUTION:
        who.check_holds(case, Role.MARKETING_MANAGER, by=by, rule=WATCH)
    else:
        who.check_runs(case, by=by, rule="BULK-01")
    STATES.check(case, CaseState.DROPPED)


@transaction.atomic
def drop(case: Case, *, by: User, now: datetime, reason: str) -> Case:
    """The case is given up with a reason; what waits falls, units not taken are for sale again."""
    case = lock(case)
    check_drop(case, by=by)
    reason = said(reason, _("Say why the case is given up"), rule="BULK-01")
    for row in (
        case.contract_units.filter(place=Place.LIVE, deal__isnull=True).select_related("unit").order_by("unit_id")
    ):
        row.case = case
        _let_go(case, row, by=by, now=now)
    prospects.let_requests_fall(case, by=by, now=now)
    STATES.move(case, CaseState.DROPPED)
    case.quiet_since = None
    keep(case, "state", "quiet_since", by=by, now=now)
    note(case, Happened.DROPPED, by=by, now=now, secret={"reason": reason})
    telling.dropped(case, now=now)
    return case


@dataclass(frozen=True)
class Watch:
    """How a contract is kept: units, instalments, money; amounts are for those who see prices."""

    contracted: int
    taken: int
    all: int
    paid: int
    overdue: int
    next_due: date | None
    amount_due: Decimal
    amount_paid: Decimal


def watch(case: Case, *, today: date) -> Watch:
    """Units taken against units contracted, payments against the schedule (BULK-08)."""
    rows = list(case.contract_units.filter(place=Place.LIVE).values_list("deal_id", flat=True))
    payments = list(case.instalments.order_by("due_on", "pk"))
    for one in payments:
        one.case = case
    due = [one for one in payments if one.due_on <= today]
    open_ones = [one for one in payments if one.paid_at is None]
    return Watch(
        contracted=len(rows),
        taken=sum(deal is not None for deal in rows),
        all=len(payments),
        paid=len(payments) - len(open_ones),
        overdue=sum(one.due_on < today for one in open_ones),
        next_due=open_ones[0].due_on if open_ones else None,
        amount_due=sum((one.amount or Decimal(0) for one in due), Decimal(0)),
        amount_paid=sum((one.amount or Decimal(0) for one in payments if one.paid_at), Decimal(0)),
    )

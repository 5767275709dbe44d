"""Units kept for one cause, such as a bulk contract: off the market until they are sold under it or let go (DEAL-01)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from customers import ownership
from customers.models import Customer
from staff.models import User

from . import deals
from .models import Deal, DealState, Unit, UnitState


def _locked(unit: Unit) -> Unit:
    return Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)


def _keep(unit: Unit, *, by: User, now: datetime) -> Unit:
    unit._history_user, unit._history_date = by, now
    unit.save(update_fields=["state", "held_for"])
    return unit


@transaction.atomic
def reserve(unit: Unit, *, cause: str, by: User, now: datetime, rule: str) -> Unit:
    """Hold a unit for ``cause``; refused when it is not for sale, whoever was quicker (DEAL-01)."""
    unit = _locked(unit)
    if unit.state != UnitState.FOR_SALE:
        if unit.held_for:
            raise RuleError(_("Unit %(unit)s is in another contract") % {"unit": unit}, rule=rule)
        words = {"unit": unit, "state": unit.get_state_display()}
        raise RuleError(_("Unit %(unit)s is not to be had: %(state)s") % words, rule=rule)
    unit.state, unit.held_for = UnitState.HELD, cause
    return _keep(unit, by=by, now=now)


@transaction.atomic
def let_go(unit: Unit, *, cause: str, by: User, now: datetime) -> Unit:
    """A unit held for ``cause`` is for sale again."""
    unit = _locked(unit)
    if unit.state != UnitState.HELD or unit.held_for != cause:
        raise RuleError(_("Unit %(unit)s is not held for this contract") % {"unit": unit}, rule="DEAL-01")
    unit.state, unit.held_for = UnitState.FOR_SALE, ""
    return _keep(unit, by=by, now=now)


@transaction.atomic
def sell(customer: Customer, unit: Unit, *, cause: str, by: User, now: datetime) -> Deal:
    """The unit held for ``cause`` is contracted by this customer.

    The deal says that its price is sealed and holds the list price: the price of the contract stays with the cause.
    """
    customer = ownership.relock(customer)
    deals.check_owned(customer, now=now)
    unit = _locked(unit)
    if unit.state != UnitState.HELD or unit.held_for != cause:
        raise RuleError(_("Unit %(unit)s is not held for this contract") % {"unit": unit}, rule="DEAL-01")
    deal = Deal(
        office=customer.office,
        unit=unit,
        customer=customer,
        rep=customer.owner,
        price=unit.list_price,
        list_price=unit.list_price,
        price_sealed=True,
        subscribed_at=now,
        subscribed_by=by,
    )
    deal.state, deal.contracted_at, deal.confirmed_by = DealState.CONTRACTED, now, by
    deal._history_user, deal._history_date = by, now
    deal.save(force_insert=True)
    unit.state, unit.held_for = UnitState.CONTRACTED, ""
    _keep(unit, by=by, now=now)
    ownership.let_request_fall(customer, by=by, now=now)
    ownership.reserve(customer)
    ownership.close_with_deal(customer, customer.office)
    deals.note_handing_over(customer)
    deals.tell_clerks(deal, customer, now=now)
    return deal


@transaction.atomic
def take_back(deal: Deal, *, cause: str, by: User, now: datetime, reason: str) -> Deal:
    """A deal made under ``cause`` is cancelled with its reason; the unit is held for the same cause again."""
    customer = ownership.relock(deal.customer)
    unit = _locked(deal.unit)
    deal = Deal.objects.select_for_update(of=("self",)).get(pk=deal.pk)
    deals.STATES.move(deal, DealState.CANCELLED)
    deal.cancelled_at, deal.cancelled_by, deal.cancel_reason = now, by, reason
    deal._history_user, deal._history_date = by, now
    deal.save()
    unit.state, unit.held_for = UnitState.HELD, cause
    _keep(unit, by=by, now=now)
    deals.after_cancelling(customer, now=now)
    return deal

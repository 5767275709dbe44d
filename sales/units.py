"""Units 房源: added, repriced, held back and released by the marketing manager; the grid by floor and room (DEAL-01)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import Office, User
from staff.roles import Duty

from .deals import money
from .models import Unit, UnitState


def check_manages(office: Office, *, by: User) -> None:
    """Refuse unless ``by`` is the marketing manager of this office."""
    if by.office != office or not by.has(Duty.SET_POLICY):
        raise RuleError(_("Only the marketing manager of this office changes units and prices"), rule="DEAL-01")


@transaction.atomic
def add(office: Office, *, by: User, now: datetime, code: str, list_price: Any, **facts: Any) -> Unit:
    """A new unit for sale; its code is its own within the office. ``facts``: building, floor, room and the like."""
    check_manages(office, by=by)
    code = code.strip()
    if not code or Unit.objects.filter(office=office, code=code).exists():
        raise RuleError(_("Each unit needs a code of its own: %(code)s") % {"code": code}, rule="DEAL-01")
    unit = Unit(office=office, code=code, list_price=money(list_price), **facts)
    unit._history_user, unit._history_date = by, now
    unit.save(force_insert=True)
    return unit


def _locked(unit: Unit, by: User) -> Unit:
    found = Unit.objects.select_for_update(of=("self",)).select_related("office").get(pk=unit.pk)
    check_manages(found.office, by=by)
    return found


def _keep(unit: Unit, field: str, *, by: User, now: datetime) -> Unit:
    unit._history_user, unit._history_date = by, now
    unit.save(update_fields=[field])
    return unit


@transaction.atomic
def reprice(unit: Unit, *, list_price: Any, by: User, now: datetime) -> Unit:
    """A new list price, for deals from now on: those made keep the price they were made at."""
    unit = _locked(unit, by)
    price = money(list_price)
    if price != unit.list_price:
        unit.list_price = price
        _keep(unit, "list_price", by=by, now=now)
    return unit


def _turn(unit: Unit, was: str, to: str, *, by: User, now: datetime) -> Unit:
    unit = _locked(unit, by)
    if unit.state != was:
        words = {"unit": unit, "state": unit.get_state_display()}
        raise RuleError(_("Unit %(unit)s is %(state)s now: look at it again") % words, rule="DEAL-01")
    if unit.held_for:
        raise RuleError(_("Unit %(unit)s is in a contract: it is let go there") % {"unit": unit}, rule="DEAL-01")
    unit.state = to
    return _keep(unit, "state", by=by, now=now)


@transaction.atomic
def hold(unit: Unit, *, by: User, now: datetime) -> Unit:
    """Hold a unit back: nobody subscribes it until it is released."""
    return _turn(unit, UnitState.FOR_SALE, UnitState.HELD, by=by, now=now)


@transaction.atomic
def release(unit: Unit, *, by: User, now: datetime) -> Unit:
    """A unit that was held back is for sale again; one that a contract holds is let go there alone."""
    return _turn(unit, UnitState.HELD, UnitState.FOR_SALE, by=by, now=now)

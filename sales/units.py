"""Units 房源: added, repriced, held back and released by the marketing manager; the grid by floor and room (DEAL-01)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
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


@dataclass(frozen=True)
class Change:
    """One change of a unit: when, by whom, its price and state from then on."""

    at: datetime
    by: User | None
    list_price: Decimal
    state: str


def changes(unit: Unit, limit: int = 20) -> list[Change]:
    """What happened to a unit, newest first."""
    rows = unit.history.select_related("history_user").order_by("-history_date", "-history_id")[:limit]
    return [Change(row.history_date, row.history_user, row.list_price, row.state) for row in rows]


@dataclass(frozen=True)
class Grid:
    """One building, floor by floor: ``columns`` are (entrance, room); each row has one cell a column, perhaps empty."""

    columns: list[tuple[str, str]]
    rows: list[tuple[int, list[Any]]]
    loose: list[Any]


def _natural(text: str) -> tuple[int, str]:
    """Room 2 before room 10."""
    return (int(text) if text.isdecimal() else 10**6, text)


def _column(unit: Any) -> tuple[str, str]:
    """Where a unit lies on its floor: its entrance, and its room without the floor's number before it."""
    floor, room = str(unit["floor"]), unit["room"]
    longer = room.startswith(floor) and len(room) > len(floor)
    return unit["entrance"], room[len(floor) :] if longer else room


def grid(units: Iterable[Any]) -> Grid:
    """Units (dicts) of one building by floor, highest first; ``loose``: those whose floor or room is not known."""
    placed, loose, taken = [], [], set()
    for unit in units:
        where = (unit["floor"], *_column(unit)) if unit["floor"] is not None and unit["room"] else None
        if where is None or where in taken:
            loose.append(unit)
        else:
            taken.add(where)
            placed.append((where, unit))
    columns = sorted({where[1:] for where, _unit in placed}, key=lambda at: tuple(map(_natural, at)))
    placed.sort(key=lambda one: -one[0][0])
    rows = []
    for floor, cells in groupby(placed, key=lambda one: one[0][0]):
        by_column = {where[1:]: unit for where, unit in cells}
        rows.append((floor, [by_column.get(column) for column in columns]))
    return Grid(columns, rows, loose)

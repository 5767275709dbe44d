"""Homes, their deals and buyers (DEAL-01, DEAL-02, DEAL-04)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import rows
from sales.forms import DealFilter, UnitFilter
from sales.models import DealState, UnitState
from sales.views import care, deals, units
from staff.roles import Duty

from .listed import NAME, NO, SEES, STATE, Asked, Listed, columns


def _units(asked: Asked) -> QuerySet:
    return units.listed(asked.user, UnitFilter.read(asked.query)).order_by(*units.ORDER)


def _deals(asked: Asked) -> QuerySet:
    return deals.listed(asked.user, DealFilter.read(asked.query)).order_by(*deals.ORDER)


def _unit_rows(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    return [{**row, "state": UnitState(row["state"]).label} for row in chunk]


def _deal_rows(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    """The price of a bulk contract is as secret here as on the page (BULK-11)."""
    return [
        {
            **row,
            "state": DealState(row["state"]).label,
            "at": rows.moment(row["subscribed_at"]),
            "price": deals.shown_price(row["price"], sealed=True) if row["price_sealed"] else row["price"],
        }
        for row in chunk
    ]


def _marked(row: dict[str, Any], is_key: bool) -> dict[str, Any]:
    return {**row, "key": _now("key") if is_key else ""}


def _cards(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    return [
        {**_marked(row, row["customer__is_key"]), "opened": rows.moment(row["opened_at"])} for row in care.shown(chunk)
    ]


def _open(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    return [_marked(row, row["is_key"]) for row in care.shown_open(chunk)]


UNIT = ("code", "building", "entrance", "floor", "room", "layout", "area", "list_price", "state")
HOMES: dict[str, Listed] = {
    "units_list": Listed(
        _("Units"), (Duty.SEE_BOARD,),
        columns((_("Code"), 14), (_("Building"), 10), (_("Entrance"), 10), (_("Floor"), 8), (_("Room"), 10), (_("Type"), 14),
                (_("Area (㎡)"), 10), (_("List price (yuan)"), 16), (STATE, 10)),
        _units, UNIT, _unit_rows, UNIT,
    ),
    "deals": Listed(
        pgettext_lazy("list", "Deals made"), SEES,
        columns((_("Subscribed"), 17), (pgettext_lazy("home", "Unit"), 14), (_("Customer no."), 10), (_("Rep"), 10),
                (_("Price (yuan)"), 16), (STATE, 10)),
        _deals, deals.FIELDS, _deal_rows, ("at", "unit__code", "customer__number", "rep__name", "price", "state"),
    ),
    "care": Listed(
        _("Retained-customer cards"), SEES,
        columns((NO, 8), (NAME, 12), (_("Key customer"), 10), (_("Next birthday"), 13), (_("Birthday"), 14), (_("Rep"), 10),
                (_("Opened"), 17)),
        lambda asked: care.cards(asked.user), care.FIELDS, _cards,
        ("customer__number", "name", "key", "next_birthday", "kept", "customer__owner__name", "opened"),
    ),
    "care_open": Listed(
        _("Cards to be opened"), SEES, columns((NO, 8), (NAME, 12), (_("Key customer"), 10), (_("Rep"), 10)),
        lambda asked: care.to_open(asked.user), care.OPEN_FIELDS, _open, ("number", "name", "key", "owner__name"), "care",
    ),
}  # fmt: skip

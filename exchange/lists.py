"""The lists that can be taken out: what each holds for a person and a filter, row by row as its page shows it (REP-07)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.excel import Column
from customers import listing, rows
from customers.filters import CustomerFilter, LineFilter
from customers.forms_defeat import DefeatFilter
from customers.views import defeats as defeat_page
from reports import intent, stocktaking
from reports.forms_meeting import IntentFilter
from sales.forms import DealFilter, UnitFilter
from sales.models import Deal, DealState, Unit, UnitState
from staff.models import User
from staff.roles import Duty

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)


@dataclass(frozen=True)
class Asked:
    """Who takes a list out, with which filter and search, on which day."""

    user: User
    query: QueryDict
    text: str | None
    today: date
    now: datetime


@dataclass(frozen=True)
class Listed:
    """One list: its page, title, who may see it, its columns, its rows and how a chunk of them is shown."""

    title: Promise
    duties: tuple[Duty, ...]
    columns: tuple[Column, ...]
    found: Callable[[Asked], QuerySet]
    fields: tuple[str, ...]
    shown: Callable[[list[dict[str, Any]], date], list[dict[str, Any]]]
    keys: tuple[str, ...]

    def lines(self, chunk: list[dict[str, Any]], today: date) -> list[Sequence[Any]]:
        """A chunk of rows as cells: what the page shows, without its marks of colour."""
        return [[_plain(row[key]) for key in self.keys] for row in self.shown(chunk, today)]


def _plain(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = strip_tags(value) if hasattr(value, "__html__") else value
    return "" if text == "—" else text


def _columns(*heads: tuple[Any, float]) -> tuple[Column, ...]:
    return tuple(Column(title, width, wrap=width > 24) for title, width in heads)


def _without_total(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in fields if name != "total")


def _lines(asked: Asked) -> QuerySet:
    form = LineFilter.read(asked.query, office=asked.user.office)
    return listing.lines(asked.user, form, asked.text).order_by("-number")


def _customers(asked: Asked) -> QuerySet:
    by_owner = asked.user.has(Duty.SEE_OFFICE)
    form = CustomerFilter.read(asked.query, office=asked.user.office, today=asked.today, by_owner=by_owner)
    return rows.with_first_person(listing.customers(asked.user, form, asked.text)).order_by("-number")


def _lapsing(asked: Asked) -> QuerySet:
    return rows.with_first_person(listing.lapsing(asked.user, asked.today)).order_by("valid_until", "number")


def _pool(asked: Asked) -> QuerySet:
    web = asked.query.get("tab") == "web"
    order = ("-number",) if web else ("-valid_until", "-number")
    return rows.with_first_person(listing.to_give(asked.user, asked.today, web=web)).order_by(*order)


def _defeats(asked: Asked) -> QuerySet:
    form = DefeatFilter.read(asked.query, office=asked.user.office)
    return form.filter(listing.defeats(asked.user)).order_by("-requested_at", "-id")


def _of_state(found: QuerySet, form: Any) -> QuerySet:
    return found.filter(state=form.chosen["state"]) if "state" in form.chosen else found


def _units(asked: Asked) -> QuerySet:
    return _of_state(Unit.objects.visible_to(asked.user), UnitFilter.read(asked.query)).order_by("place", "code")


def _deals(asked: Asked) -> QuerySet:
    return _of_state(Deal.objects.visible_to(asked.user), DealFilter.read(asked.query)).order_by("-id")


def _intent(asked: Asked) -> QuerySet:
    office = asked.user.office
    assert office is not None
    taking = stocktaking.current(office)
    by_owner = asked.user.has(Duty.SEE_OFFICE)
    form = IntentFilter.read(asked.query, office=office, by_owner=by_owner, taking=taking is not None)
    found = intent.filtered(intent.sheet(asked.user, now=asked.now), form, taking)
    return intent.with_contacts(found, taking).order_by(*intent.ORDER)


def _defeat_rows(chunk: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    opener = rows.Opener()
    return [{**defeat_page.row_of(row, opener), "price": row["price"]} for row in chunk]


def _unit_rows(chunk: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    return [{**row, "state": UnitState(row["state"]).label} for row in chunk]


def _deal_rows(chunk: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    return [{**row, "state": DealState(row["state"]).label, "at": rows.moment(row["subscribed_at"])} for row in chunk]


NO, NAME, PHONE, OWNER, STATE = _("No."), _("Customer"), _("Phone number"), _("Owner"), _("State")
LINES = Listed(
    _("Public register"), SEES,
    _columns((NO, 8), (_("Time"), 17), (_("Kind"), 8), (_("Visit"), 8), (NAME, 12), (PHONE, 14), (_("Companions"), 16),
             (_("Needs"), 30), (_("Decision"), 14), (_("Source"), 10), (_("Party"), 6), (_("Receiver"), 10), (OWNER, 10)),
    _lines, _without_total(rows.LINE_FIELDS), lambda chunk, today: rows.line_rows(chunk),
    ("number", "at", "kind", "visit", "name", "phone", "companions", "needs", "decision", "source", "party", "receiver",
     "owner"),
)  # fmt: skip
CUSTOMERS = Listed(
    _("Customers"), SEES,
    _columns((NO, 8), (NAME, 12), (PHONE, 14), (STATE, 12), (_("Valid until"), 12), (_("Days left"), 9), (OWNER, 10),
             (_("Registered"), 17)),
    _customers, _without_total(rows.CUSTOMER_FIELDS), rows.customer_rows,
    ("number", "name", "phone", "state", "until", "left", "owner", "registered"),
)  # fmt: skip
LISTS: dict[str, Listed] = {
    "register": LINES,
    "my_register": replace(LINES, title=_("My register"), duties=(Duty.SEE_OWN,)),
    "customers": CUSTOMERS,
    "lapsing": replace(CUSTOMERS, title=_("Lapsing soon"), found=_lapsing),
    "pool": replace(CUSTOMERS, title=_("Public pool"), duties=(Duty.SUPERVISE,), found=_pool),
    "defeats": Listed(
        _("Defeats"), (Duty.SEE_OFFICE,),
        _columns((_("Day"), 12), (NO, 8), (NAME, 12), (_("Rep"), 10), (_("Level"), 6), (_("Ground"), 24), (_("Rival"), 20),
                 (_("Price (yuan)"), 14), (_("Days held"), 9), (STATE, 14)),
        _defeats, _without_total(defeat_page.FIELDS), _defeat_rows,
        ("day", "number", "name", "rep", "level", "ground", "rival", "price", "held", "state"),
    ),
    "units_list": Listed(
        _("Units"), (Duty.SEE_BOARD,),
        _columns((_("Code"), 14), (_("Building"), 10), (_("Entrance"), 10), (_("Floor"), 8), (_("Room"), 10), (_("Type"), 14),
                 (_("Area (㎡)"), 10), (_("List price (yuan)"), 16), (STATE, 10)),
        _units, ("code", "building", "entrance", "floor", "room", "layout", "area", "list_price", "state"), _unit_rows,
        ("code", "building", "entrance", "floor", "room", "layout", "area", "list_price", "state"),
    ),
    "intent": Listed(
        _("Intent sheet"),
        SEES,
        _columns((_("Level"), 7), (NO, 8), (NAME, 12), (PHONE, 14), (OWNER, 10), (_("Last follow-up"), 13),
                 (_("Next follow-up"), 13), (_("Days left"), 9)),
        _intent,
        _without_total(intent.FIELDS),
        intent.shown,
        ("level", "number", "name", "phone", "owner", "last", "next", "left"),
    ),
    "deals": Listed(
        pgettext_lazy("list", "Deals made"), SEES,
        _columns((_("Subscribed"), 17), (pgettext_lazy("home", "Unit"), 14), (_("Customer no."), 10), (_("Rep"), 10),
                 (_("Price (yuan)"), 16), (STATE, 10)),
        _deals, ("subscribed_at", "unit__code", "customer__number", "rep__name", "price", "state"), _deal_rows,
        ("at", "unit__code", "customer__number", "rep__name", "price", "state"),
    ),
}  # fmt: skip

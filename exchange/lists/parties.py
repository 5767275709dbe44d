"""Customers by what runs for them: all, those who lapse, the pool, the intent sheet, defeats, what they said."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers import inbox, listing, rows
from customers.filters import CustomerFilter
from customers.forms_defeat import DefeatFilter
from customers.forms_dossier import FeedbackFilter
from customers.views import defeats as defeat_page
from customers.views import feedback, signing
from reports import intent, stocktaking
from reports.forms_meeting import IntentFilter
from staff.roles import Duty

from .listed import NAME, NO, OWNER, PHONE, SEES, STATE, Asked, Listed, columns, without_total


def _customers(asked: Asked) -> QuerySet:
    by_owner = asked.user.has(Duty.SEE_OFFICE)
    form = CustomerFilter.read(asked.query, office=asked.office, today=asked.today, by_owner=by_owner)
    return rows.with_first_person(listing.customers(asked.user, form, asked.text)).order_by("-number")


def _lapsing(asked: Asked) -> QuerySet:
    return rows.with_first_person(listing.lapsing(asked.user, asked.today)).order_by("-is_key", "valid_until", "number")


def _pool(asked: Asked) -> QuerySet:
    web = asked.query.get("tab") == "web"
    order = ("-number",) if web else ("-valid_until", "-number")
    return rows.with_first_person(listing.to_give(asked.user, asked.today, web=web)).order_by(*order)


def _intent(asked: Asked) -> QuerySet:
    taking = stocktaking.current(asked.office)
    by_owner = asked.user.has(Duty.SEE_OFFICE)
    form = IntentFilter.read(asked.query, office=asked.office, by_owner=by_owner, taking=taking is not None)
    found = intent.filtered(intent.sheet(asked.user, now=asked.now), form, taking)
    return intent.with_contacts(found, taking).order_by(*intent.ORDER)


def _defeats(asked: Asked) -> QuerySet:
    form = DefeatFilter.read(asked.query, office=asked.office)
    return form.filter(listing.defeats(asked.user)).order_by("-requested_at", "-id")


def _defeat_rows(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    opener = rows.Opener()
    return [{**defeat_page.row_of(row, opener), "price": row["price"]} for row in chunk]


def _feedback(asked: Asked) -> QuerySet:
    return feedback.lines_of(asked.user, FeedbackFilter.read(asked.query, today=asked.today)).order_by(*feedback.ORDER)


def _signing(asked: Asked) -> list[inbox.Waiting]:
    kind = signing.kind_asked(asked.query.get("kind", ""), inbox.counts(asked.user, now=asked.now))
    return inbox.items(kind, asked.user, now=asked.now, most=None) if kind else []


def _signing_rows(chunk: list[inbox.Waiting], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            **asdict(one),
            "at": rows.moment(one.at) if isinstance(one.at, datetime) else one.at,
            "late": _now("overdue") if one.late else "",
        }
        for one in chunk
    ]


CUSTOMERS = Listed(
    _("Customers"), SEES,
    columns((NO, 8), (NAME, 12), (PHONE, 14), (STATE, 12), (_("Valid until"), 12), (_("Days left"), 9), (OWNER, 10),
            (_("Registered"), 17)),
    _customers, without_total(rows.CUSTOMER_FIELDS), lambda chunk, asked: rows.customer_rows(chunk, asked.today),
    ("number", "name", "phone", "state", "until", "left", "owner", "registered"),
)  # fmt: skip
PARTIES: dict[str, Listed] = {
    "customers": CUSTOMERS,
    "lapsing": replace(CUSTOMERS, title=_("Lapsing soon"), found=_lapsing),
    "pool": replace(CUSTOMERS, title=_("Public pool"), duties=(Duty.SUPERVISE,), found=_pool),
    "intent": Listed(
        _("Intent sheet"), SEES,
        columns((_("Level"), 7), (NO, 8), (NAME, 12), (PHONE, 14), (OWNER, 10), (_("Last follow-up"), 13),
                (_("Next follow-up"), 13), (_("Days left"), 9)),
        _intent, without_total(intent.FIELDS), lambda chunk, asked: intent.shown(chunk, asked.today),
        ("level", "number", "name", "phone", "owner", "last", "next", "left"),
    ),
    "defeats": Listed(
        _("Defeats"), (Duty.SEE_OFFICE,),
        columns((_("Day"), 12), (NO, 8), (NAME, 12), (_("Rep"), 10), (_("Level"), 6), (_("Ground"), 24), (_("Rival"), 20),
                (_("Price (yuan)"), 14), (_("Days held"), 9), (STATE, 14)),
        _defeats, without_total(defeat_page.FIELDS), _defeat_rows,
        ("day", "number", "name", "rep", "level", "ground", "rival", "price", "held", "state"),
    ),
    "feedback_lines": Listed(
        _("Opinions"), SEES,
        columns((NO, 8), (NAME, 12), (_("Opinion"), 10), (_("About"), 14), (_("In the customer's words"), 50),
                (_("Heard on"), 12), (_("Written by"), 10)),
        _feedback, without_total(feedback.FIELDS), lambda chunk, asked: feedback.shown(chunk),
        ("number", "name", "way", "theme", "text", "day", "by"),
    ),
    "signing": Listed(
        _("To sign"), (Duty.DECIDE,),
        columns((NO, 8), (NAME, 12), (_("Level"), 7), (_("Since"), 17), (_("Rep"), 10), (_("Overdue"), 9)),
        _signing, (), _signing_rows, ("number", "name", "level", "at", "who", "late"),
    ),
}  # fmt: skip

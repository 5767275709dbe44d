"""The registers: the public one, one's own, what lacks something in them, and web leads (REG-01, REG-02, REG-08, WEB-01)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers import listing, rows
from customers.filters import LineFilter
from customers.views import register as register_page
from reception import web_leads
from reception.views import web
from staff.roles import Duty

from .listed import NAME, NO, OWNER, PHONE, SEES, STATE, Asked, Listed, as_they_are, columns, without_total


def _lines(asked: Asked) -> QuerySet:
    form = LineFilter.read(asked.query, office=asked.office)
    return listing.lines(asked.user, form, asked.text).order_by("-number")


def _lead_rows(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    return [
        {**row, "whose": _now("to be given out") if row["waits"] else row["owner"] or ""} for row in web.shown(chunk)
    ]


LINES = Listed(
    _("Public register"), SEES,
    columns((NO, 8), (_("Time"), 17), (_("Kind"), 8), (_("Visit"), 8), (NAME, 12), (PHONE, 14), (_("Companions"), 16),
            (_("Needs"), 30), (_("Decision"), 14), (_("Source"), 10), (_("Party"), 6), (_("Receiver"), 10), (OWNER, 10)),
    _lines, without_total(rows.LINE_FIELDS), lambda chunk, asked: rows.line_rows(chunk),
    ("number", "at", "kind", "visit", "name", "phone", "companions", "needs", "decision", "source", "party", "receiver",
     "owner"),
)  # fmt: skip
REGISTERS: dict[str, Listed] = {
    "register": LINES,
    "my_register": replace(LINES, title=_("My register"), duties=(Duty.SEE_OWN,)),
    "register_incomplete": Listed(
        _("To complete"), SEES,
        columns((NO, 8), (_("Time"), 17), (_("Kind"), 8), (_("Receiver"), 10), (_("Missing"), 20), (STATE, 20)),
        lambda asked: register_page.incomplete(asked.user, asked.today), (), as_they_are,
        ("number", "at", "kind", "who", "missing", "state"),
    ),
    "web_leads": Listed(
        _("Web leads"), (Duty.TAKE_LEADS,),
        columns((NO, 8), (_("Came in"), 17), (_("Name"), 12), (PHONE, 14), (_("Decision"), 14), (_("Customer no."), 10),
                (_("Whose"), 14)),
        lambda asked: web_leads.lines(asked.user).order_by(*web.ORDER), without_total(web.FIELDS), _lead_rows,
        ("number", "at", "name", "phone", "decision", "customer_number", "whose"),
    ),
}  # fmt: skip

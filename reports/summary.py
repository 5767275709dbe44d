"""The month on one table: each figure with what it means in words (REP-06)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.excel import As

from .figures import MonthFigures
from .tables import INTEGER, MONEY, PERCENT, TEXT, Column, Table, label, part_of

Row = tuple[str, str, Any, str, str, str]


def summary(found: MonthFigures) -> Table:
    """Figure, value, definition."""
    rows = [*_visitors(found), *_flow(found), *_deals(found), *_contacts(found), *_corrections(found)]
    return Table(
        key="summary",
        title=pgettext("workbook", "Summary"),
        columns=[label(_("Figure"), 24), Column(_("Value"), width=16), Column(_("What it means"), TEXT, width=100)],
        rows=[
            [name, None if value is None else As(value, form), words] for _key, name, value, form, words, _of in rows
        ],
        keys=[f"{key}:{of}" for key, _name, _value, _form, _words, of in rows],
    )


def _visitors(found: MonthFigures) -> list[Row]:
    flow = found.flow
    return [
        (
            "visits",
            _("Visits"),
            flow.visits,
            INTEGER,
            _("Lines of the visit register in the month, local time"),
            "visits",
        ),
        ("calls", _("Calls"), flow.calls, INTEGER, _("Lines of the call register in the month"), "calls"),
        ("web", _("Web leads"), flow.web, INTEGER, _("Leads from the internet in the month"), "web"),
        ("first", _("First contacts"), flow.first, INTEGER, _("Lines that are the customer's first ever"), "first"),
        ("repeat", _("Repeat contacts"), flow.repeat, INTEGER, _("Lines of customers who had come before"), "repeat"),
    ]


def _flow(found: MonthFigures) -> list[Row]:
    flow, at_end = found.flow, _("Open at the start + new + reopened − deals − defeats − lapsed")
    left = _("Registrations whose last valid day has passed; one that a later rejection ended counts on that day")
    return [
        ("open_start", _("Open at the start"), flow.open_start, INTEGER, _("Open at the end of the month before"), ""),
        (
            "new",
            _("New registrations"),
            flow.new,
            INTEGER,
            _("Registrations opened: first ones, and anew after a lapse"),
            "new",
        ),
        (
            "reopened",
            _("Reopened"),
            flow.reopened,
            INTEGER,
            _("Given out from the pool again, or the only deal cancelled"),
            "",
        ),
        ("defeats", _("Defeats"), flow.defeats, INTEGER, _("Defeat requests approved in the month"), "defeats"),
        ("lapsed", _("Lapsed"), flow.lapsed, INTEGER, left, "lapsed"),
        ("open_end", _("Open at the end"), flow.open_end, INTEGER, at_end, ""),
    ]


def _deals(found: MonthFigures) -> list[Row]:
    flow = found.flow
    period = _("Deals of the month ÷ new registrations of the same month; empty where nobody was new")
    cohort = _("Of those new in the month, the part that had signed by its end; empty where nobody was new")
    return [
        (
            "deals",
            _("Deals"),
            flow.deals,
            INTEGER,
            _("Customers whose first contract was signed in the month"),
            "deals",
        ),
        (
            "deal_amount",
            _("Amount (yuan)"),
            flow.deal_amount,
            MONEY,
            _("Prices of all contracts signed in the month; a bulk buyer's homes count at their list prices"),
            "",
        ),
        ("conversion", _("Conversion, period"), flow.conversion, PERCENT, period, ""),
        ("converted", _("New and signed"), found.converted, INTEGER, _("New in the month and signed by its end"), ""),
        ("cohort_rate", _("Conversion, cohort"), found.cohort_rate, PERCENT, cohort, ""),
    ]


def _contacts(found: MonthFigures) -> list[Row]:
    flow = found.flow
    words = _(
        "Contacts recorded by staff, in the month in which they were entered; visits and calls are not among them"
    )
    share = part_of(sum(one.reached for one in found.discipline), sum(one.contacts for one in found.discipline))
    return [
        ("follow_ups", _("Follow-ups"), flow.follow_ups, INTEGER, words, "follow_ups"),
        (
            "customers_followed",
            _("Customers followed up"),
            flow.customers_followed,
            INTEGER,
            _("Customers with a contact"),
            "",
        ),
        ("reached", _("Reached"), share, PERCENT, _("Contacts at which the person was reached ÷ contacts"), ""),
    ]


def _corrections(found: MonthFigures) -> list[Row]:
    late, kept = found.corrections, _("A closed month stays as it was; what was put right later is told here")
    return [
        ("rejected", _("Earlier contacts rejected"), late.contacts_rejected, INTEGER, kept, ""),
        ("cancelled", _("Earlier deals cancelled"), late.deals_cancelled, INTEGER, kept, ""),
        ("amount_cancelled", _("Amount of those (yuan)"), late.amount_cancelled, MONEY, kept, ""),
    ]

"""What each figure is called and means: the words beside it, on pages and in the workbook (REP-06)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .tables import INTEGER, MONEY, Column

_KEPT = _("A closed month stays as it was; what was put right later is told here")

WORDS: dict[str, tuple[Promise, Promise]] = {
    "visits": (_("Visits"), _("Lines of the visit register in the month, local time")),
    "calls": (_("Calls"), _("Lines of the call register in the month")),
    "web": (_("Web leads"), _("Leads from the internet in the month")),
    "first": (_("First contacts"), _("Lines that are the customer's first ever")),
    "repeat": (_("Repeat contacts"), _("Lines of customers who had come before")),
    "open_start": (_("Open at the start"), _("Open at the end of the month before")),
    "new": (_("New registrations"), _("Registrations opened: first ones, and anew after a lapse")),
    "reopened": (_("Reopened"), _("Given out from the pool again, or the only deal cancelled")),
    "defeats": (_("Defeats"), _("Defeat requests approved in the month")),
    "lapsed": (
        _("Lapsed"),
        _("Registrations whose last valid day has passed; one that a later rejection ended counts on that day"),
    ),
    "open_end": (_("Open at the end"), _("Open at the start + new + reopened − deals − defeats − lapsed")),
    "deals": (_("Deals"), _("Customers whose first contract was signed in the month")),
    "deal_amount": (
        _("Amount (yuan)"),
        _("Prices of all contracts signed in the month; a bulk buyer's homes count at their list prices"),
    ),
    "average": (_("Average (yuan)"), _("Amount ÷ deals")),
    "conversion": (
        _("Conversion, period"),
        _("Deals of the month ÷ new registrations of the same month; empty where nobody was new"),
    ),
    "converted": (_("New and signed"), _("New in the month and signed by its end")),
    "cohort_rate": (
        _("Conversion, cohort"),
        _("Of those new in the month, the part that had signed by its end; empty where nobody was new"),
    ),
    "follow_ups": (
        _("Follow-ups"),
        _("Contacts recorded by staff, in the month in which they were entered; visits and calls are not among them"),
    ),
    "customers_followed": (_("Customers followed up"), _("Customers with a contact")),
    "reached": (_("Reached"), _("Contacts at which the person was reached ÷ contacts")),
    "contacts_rejected": (_("Earlier contacts rejected"), _KEPT),
    "deals_cancelled": (_("Earlier deals cancelled"), _KEPT),
    "amount_cancelled": (_("Amount of those (yuan)"), _KEPT),
}
BEHIND = {"deal_amount": "contracts", "amount_cancelled": "deals_cancelled"}
WITHOUT = ("average", "conversion", "cohort_rate")


def column(figure: str, form: str = "", *, width: float = 11) -> Column:
    """A column of a figure: its name, its meaning, the lines behind it."""
    title, words = WORDS[figure]
    money = figure in ("deal_amount", "average")
    form, width = form or (MONEY if money else INTEGER), 16 if money else width
    return Column(str(title), form, str(words), lines_of(figure), width)


def lines_of(figure: str) -> str:
    """The list behind a figure; a rate has none, its parts have."""
    return "" if figure in WITHOUT else BEHIND.get(figure, figure)

"""Who sold how much in a month or on a day: the ranking behind REC-04 and REC-05.

Signed contracts that stand say it (DEAL-02). For a period without one the manager's table does.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from common.dates import day_bounds, first_of_month, midnight, next_month
from common.errors import RuleError
from staff.models import Office, User
from staff.roles import Duty

from .models import Deal, DealState, Result

Results = dict[int, tuple[int, Decimal]]


def of_month(office: Office, month: date) -> Results:
    """(deals, amount in yuan) by person for the calendar month of ``month`` (REC-04)."""
    first = first_of_month(month)
    return _between(office, first, next_month(first) - timedelta(days=1))


def of_day(office: Office, day: date) -> Results:
    """(deals, amount in yuan) by person for one day (REC-05)."""
    return _between(office, day, day)


def signed(office: Office, first: date, last: date) -> Results | None:
    """(deals, amount in yuan) by rep from the contracts signed in a period, those cancelled since left out (DEAL-02).

    None when no contract of it stands: then the table that the manager fills speaks.
    """
    begins, ends = midnight(first, office.timezone), day_bounds(last, office.timezone)[1]
    rows = Deal.objects.filter(office=office, contracted_at__gte=begins, contracted_at__lt=ends)
    found: Results = {}
    for rep, price in rows.exclude(state=DealState.CANCELLED).values_list("rep_id", "price"):
        deals, amount = found.get(rep, (0, Decimal(0)))
        found[rep] = (deals + 1, amount + price)
    return found or None


def _between(office: Office, first: date, last: date) -> Results:
    earned = signed(office, first, last)
    return earned if earned is not None else entered(office, first, last)


def entered(office: Office, first: date, last: date) -> Results:
    """(deals, amount in yuan) by person as the manager filled them in."""
    rows = Result.objects.filter(office=office, first=first, last=last)
    return {row.user_id: (row.deals, row.amount) for row in rows}


def ranking(earned: Results, numbers: dict[int, int]) -> list[int]:
    """The people of ``numbers`` (staff number by person) by deals, then amount, then staff number (REC-04)."""

    def merit(who: int) -> tuple[int, Decimal, int]:
        deals, amount = earned.get(who, (0, Decimal(0)))
        return (-deals, -amount, numbers[who])

    return sorted(numbers, key=merit)


@transaction.atomic
def enter(office: Office, *, user: User, first: date, last: date, deals: int, amount: Decimal, by: User) -> Result:
    """The manager enters a person's results of a period (REC-04, REC-05); entering again replaces, history kept."""
    if by.office != office or not by.has(Duty.SET_POLICY):
        raise RuleError(_("Only the marketing manager of this office enters results"), rule="REC-04")
    if user.postings.filter(office=office).first() is None:
        raise RuleError(_("%(person)s is not staff of this office") % {"person": user}, rule="OFF-01")
    if deals == 0 and amount != 0:
        raise RuleError(_("An amount without a deal: enter the number of deals"), rule="REC-04")
    row, fresh = Result.objects.select_for_update().get_or_create(
        office=office, user=user, first=first, last=last, defaults={"deals": deals, "amount": amount}
    )
    if not fresh and (row.deals, row.amount) != (deals, amount):
        row.deals, row.amount = deals, amount
        row._history_user = by  # type: ignore[attr-defined]
        row.save(update_fields=["deals", "amount"])
    return row

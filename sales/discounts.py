"""Discounts and who may approve them (DEAL-03, BULK-05)."""

from decimal import Decimal

from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import Office, User
from staff.roles import Role

from .models import DiscountAuthority

DEFAULTS = {
    Role.SUPERVISOR: Decimal(1),
    Role.MARKETING_MANAGER: Decimal(2),
    Role.BRANCH_MANAGER: Decimal(5),
    Role.HQ: Decimal(10),
    Role.CHAIRMAN: Decimal(100),
}


def set_up(office: Office) -> None:
    """The table that an office begins with; the marketing manager changes it."""
    for role, percent in DEFAULTS.items():
        DiscountAuthority.objects.create(office=office, role=role, percent=percent)


def percent_off(list_price: Decimal, price: Decimal) -> Decimal:
    """The discount in percent of the list price; negative when more is paid."""
    return (list_price - price) / list_price * 100


def authority(office: Office, role: str) -> Decimal:
    """The greatest discount in percent that ``role`` may approve here."""
    row = DiscountAuthority.objects.filter(office=office, role=role).first()
    return row.percent if row else Decimal(0)


def check_approves(office: Office, *, list_price: Decimal, price: Decimal, by: User) -> None:
    """DEAL-03: a price under the list price needs the discount authority of the one who approves."""
    off = percent_off(list_price, price)
    if off <= 0:
        return
    role = by.posting.role if by.posting else ""
    most = authority(office, role)
    if off > most:
        raise RuleError(
            _("This is %(off).2f %% off the list price; %(person)s may approve %(most).2f %%: ask somebody with more authority")
            % {"off": off, "person": by, "most": most},
            rule="DEAL-03",
        )

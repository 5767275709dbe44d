"""Discounts and who may approve them (DEAL-03, BULK-05)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.approval_chain import ALL_RUNGS, checked
from staff.models import Office, User
from staff.roles import Duty, Role

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
            _(
                "This is %(off).2f %% off the list price; %(person)s may approve %(most).2f %%: ask somebody with more authority"
            )
            % {"off": off, "person": by, "most": most},
            rule="DEAL-03",
        )


def table(office: Office) -> dict[str, Decimal]:
    """The greatest discount in percent by role, for every role that may approve one."""
    kept = dict(DiscountAuthority.objects.filter(office=office).values_list("role", "percent"))
    return {str(role): kept.get(role, Decimal(0)) for role in DEFAULTS}


@transaction.atomic
def change(office: Office, percents: Mapping[str, Decimal], *, by: User, now: datetime, reason: str) -> int:
    """The marketing manager sets the table; what does not change is not written. How many roles changed (DEAL-03).

    Each rung has more than the one below: with a hole or two equal rows nobody would know where a climb ends (BULK-05).
    """
    if by.office != office or not by.has(Duty.SET_POLICY):
        raise RuleError(_("Only the marketing manager of this office sets who may approve discounts"), rule="DEAL-03")
    if any(role not in DEFAULTS or not 0 <= percent <= 100 for role, percent in percents.items()):
        raise RuleError(_("Enter a discount from 0 to 100 %"), rule="DEAL-03")
    checked({**table(office), **percents}, ALL_RUNGS)
    kept = {row.role: row for row in DiscountAuthority.objects.select_for_update().filter(office=office)}
    changed = 0
    for role, percent in percents.items():
        row = kept.get(role) or DiscountAuthority(office=office, role=role)
        if row.pk and row.percent == percent:
            continue
        row.percent, row._history_user, row._change_reason, row._history_date = percent, by, reason, now
        row.save()
        changed += 1
    return changed


@dataclass(frozen=True)
class Change:
    """One change of the table: when, by whom, why, and what a role may approve from then on."""

    at: datetime
    by: User | None
    reason: str
    role: str
    percent: Decimal


def changes(office: Office, limit: int = 50) -> list[Change]:
    """The last changes of the table, newest first."""
    rows = DiscountAuthority.history.filter(office=office).select_related("history_user")
    return [
        Change(row.history_date, row.history_user, row.history_change_reason or "", row.get_role_display(), row.percent)
        for row in rows.order_by("-history_date", "-history_id")[:limit]
    ]

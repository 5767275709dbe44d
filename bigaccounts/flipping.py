"""Flipping 倒房: a suspicion freezes formalities until the marketing manager lifts it (BULK-10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import User
from staff.roles import SELLING_ROLES, Role

from . import telling, who
from .events import note
from .models import EXECUTION, Buyer, Case, Freeze, Happened, Place
from .prospects import lock, said

RULE = "BULK-10"


def against(case: Case, buyer: Buyer | None) -> QuerySet[Freeze]:
    """The freezes that stand against this buyer or the whole case; without a buyer, against the whole case."""
    concerns = Q(buyer__isnull=True) | Q(buyer=buyer) if buyer is not None else Q(buyer__isnull=True)
    return case.freezes.filter(concerns, lifted_at__isnull=True)


def standing(case: Case) -> Freeze | None:
    """The first freeze that stands, whomever it concerns."""
    return case.freezes.filter(lifted_at__isnull=True).order_by("pk").first()


def check_formalities(case: Case, buyer: Buyer | None) -> None:
    """Nobody deals with a buyer who is suspected of flipping, nor with anybody of a frozen case (000/32)."""
    if against(case, buyer).exists():
        raise RuleError(
            _("Flipping is suspected: no formalities until the marketing manager lifts the freeze"), rule=RULE
        )


def check_freeze(case: Case, *, by: User) -> None:
    """Sales staff and clerks of the office and whoever runs the case may freeze, once there is a contract."""
    if not who.holds(by, *SELLING_ROLES, Role.CLERK, office=case.office):
        who.check_runs(case, by=by, rule=RULE)
    if case.state not in EXECUTION:
        raise RuleError(_("There are no formalities to freeze before the contract is signed"), rule=RULE)


@transaction.atomic
def freeze(case: Case, *, by: User, now: datetime, reason: str, buyer: Buyer | None = None) -> Freeze:
    """Formalities stop, for one buyer or for the whole case, until the marketing manager lifts it (BULK-10)."""
    case = lock(case)
    check_freeze(case, by=by)
    if buyer is not None and (buyer.case_id != case.pk or buyer.place != Place.LIVE):
        raise RuleError(_("This buyer is not on the list of the contract"), rule=RULE)
    if case.freezes.filter(lifted_at__isnull=True, buyer=buyer).exists():
        raise RuleError(_("This is frozen already: the marketing manager looks into it"), rule=RULE)
    made = Freeze(case=case, buyer=buyer, by=by, at=now)
    made.reason = said(reason, _("Say what makes you suspect it: the marketing manager decides on it"), rule=RULE)
    made._history_user, made._history_date = by, now
    made.save(force_insert=True)
    note(case, Happened.FROZEN, by=by, now=now, secret={"reason": made.reason, "buyer": buyer.name if buyer else ""})
    telling.frozen(case, made.pk, now=now)
    return made


def check_lift(case: Case, *, by: User) -> None:
    """The marketing manager alone lifts a freeze (BULK-10)."""
    who.check_holds(case, Role.MARKETING_MANAGER, by=by, rule=RULE)
    if standing(case) is None:
        raise RuleError(_("Nothing of this case is frozen"), rule=RULE)


@transaction.atomic
def lift(case: Case, *, by: User, now: datetime, reason: str, freeze: Freeze | None = None) -> int:
    """Formalities go on; without a named freeze all of the case's are lifted. How many were (BULK-10)."""
    case = lock(case)
    check_lift(case, by=by)
    reason = said(reason, _("Say what you found: it stays with the case"), rule=RULE)
    rows = case.freezes.filter(lifted_at__isnull=True)
    found = list(rows.filter(pk=freeze.pk) if freeze is not None else rows)
    for one in found:
        one.lifted_by, one.lifted_at = by, now
        one._history_user, one._history_date = by, now
        one.save(update_fields=["lifted_by", "lifted_at"])
        note(case, Happened.LIFTED, by=by, now=now, secret={"reason": reason})
        telling.lifted(case, one.pk, now=now)
    return len(found)

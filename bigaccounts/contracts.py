"""The contract of a bulk sale: its five parts, drafted, checked against what was approved, signed (BULK-06)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from sales import reserving
from sales.models import Unit
from staff.models import User

from . import climb, lists, prospects, telling, who
from .events import note
from .figures import percent_of, price_at
from .lists import BuyerLine, InstalmentLine
from .models import Case, CaseState, ContractUnit, Happened, Place
from .plans import approved_plan
from .prospects import STATES, keep, lock, words_of

RULE = "BULK-06"
DRAFTED = (CaseState.NEGOTIATING, CaseState.CLIMBING, CaseState.APPROVED)
PARTS: dict[str, str | Promise] = {
    "buyers": gettext_lazy("the list of buyers"),
    "units": gettext_lazy("the units"),
    "payment": gettext_lazy("way and dates of payment"),
    "discount": gettext_lazy("discount and price"),
    "special": gettext_lazy("special terms (write “none” where there are none)"),
}


def check_draft(case: Case, *, by: User) -> None:
    """Whoever runs the case drafts its contract, from the approved plan to the signing (BULK-03, BULK-06)."""
    who.check_runs(case, by=by, rule=RULE)
    if case.state not in DRAFTED:
        raise RuleError(
            _("A contract is drafted once the plan is approved, and stands as it is once it is signed"), rule="BULK-03"
        )


@transaction.atomic
def draft(
    case: Case,
    *,
    by: User,
    now: datetime,
    buyers: Sequence[BuyerLine] = (),
    units: Sequence[Unit] = (),
    way: str = "",
    instalments: Sequence[InstalmentLine] = (),
    percent: Any = None,
    special: str = "",
) -> Case:
    """Write the draft anew; what is not there yet may be left out (BULK-06). A unit that is not to be had is refused."""
    case = lock(case)
    check_draft(case, by=by)
    lists.check_buyers(buyers)
    lists.check_units(case, units)
    case.way, case.special = words_of(way, 1000, rule=RULE), words_of(special, 4000, rule=RULE)
    case.percent = percent_of(percent, rule=RULE) if percent not in (None, "") else None
    keep(case, "way_sealed", "special_sealed", "percent_sealed", by=by, now=now)
    lists.put_buyers(case, buyers, by=by, now=now)
    lists.put_units(case, units, by=by, now=now)
    lists.put_instalments(case, instalments, by=by, now=now)
    note(case, Happened.DRAFTED, by=by, now=now)
    return case


def missing(case: Case) -> list[str]:
    """The parts of the contract that are lacking, by name (000/28)."""
    there = {
        "buyers": case.buyers.exclude(place=Place.OUT).exists(),
        "units": case.contract_units.exclude(place=Place.OUT).exists(),
        "payment": bool(case.way) and case.instalments.exists(),
        "discount": case.percent is not None,
        "special": bool(case.special),
    }
    return [part for part, is_there in there.items() if not is_there]


def agreed(case: Case) -> tuple[Decimal, int]:
    """The discount and the number of units that were approved: 0 % and the plan's units without a climb."""
    ask, plan = climb.approved(case), approved_plan(case)
    if ask is not None:
        return ask.percent, ask.units
    return Decimal(0), plan.units if plan is not None else 0


def check_matches(case: Case, units: int) -> None:
    """Discount and units of the contract are those that were approved (BULK-06). No figure is told in the refusal."""
    percent, approved = agreed(case)
    if case.percent != percent:
        raise RuleError(_("The discount of the contract is not the one that was approved: ask for it first"), rule=RULE)
    if units != approved:
        words = {"units": units, "approved": approved}
        raise RuleError(
            _("The contract lists %(units)s units, approved were %(approved)s: ask for the number first") % words,
            rule=RULE,
        )


def check_sign(case: Case, *, by: User) -> None:
    """All five parts are there, and discount and units match what was approved (BULK-06)."""
    who.check_runs(case, by=by, rule=RULE)
    if case.state == CaseState.CLIMBING:
        raise RuleError(_("The discount awaits approval: the contract cannot be signed before"), rule=RULE)
    STATES.check(case, CaseState.SIGNED)
    lacking = [str(PARTS[part]) for part in missing(case)]
    if lacking:
        words = {"parts": "; ".join(lacking)}
        raise RuleError(_("The contract cannot be signed. It lacks: %(parts)s") % words, rule=RULE)
    units = case.contract_units.filter(place=Place.DRAFT).count()
    prospects.check_units(case.office, units)
    check_matches(case, units)


@transaction.atomic
def sign(case: Case, *, by: User, now: datetime) -> Case:
    """The contract is signed: its units are reserved for this case alone, and its prices are fixed (BULK-06)."""
    case = lock(case)
    check_sign(case, by=by)
    rows = list(case.contract_units.filter(place=Place.DRAFT).select_related("unit").order_by("unit_id"))
    reserve(case, rows, by=by, now=now)
    for buyer in case.buyers.filter(place=Place.DRAFT):
        buyer.place = Place.LIVE
        buyer._history_user, buyer._history_date = by, now
        buyer.save(update_fields=["place"])
    STATES.move(case, CaseState.SIGNED)
    case.signed_at, case.units, case.quiet_since = now, len(rows), None
    keep(case, "state", "signed_at", "units", "quiet_since", by=by, now=now)
    note(case, Happened.SIGNED, by=by, now=now, secret={"percent": case.percent})
    telling.signed(case, now=now)
    return case


def reserve(case: Case, rows: Iterable[ContractUnit], *, by: User, now: datetime) -> None:
    """Take the units of ``rows`` off the market for this case, each at its price; refused if one is not to be had."""
    for row in rows:
        unit = reserving.reserve(row.unit, cause=cause(case), by=by, now=now, rule=RULE)
        row.case, row.place, row.list_price = case, Place.LIVE, unit.list_price
        row.price = price_at(unit.list_price, case.percent)
        row._history_user, row._history_date = by, now
        row.save()


def cause(case: Case) -> str:
    """The name under which a unit is held for this case."""
    return f"bulk:{case.pk}"


def totals(case: Case) -> tuple[Decimal, Decimal]:
    """(list prices, contract prices) of the units in the contract, for those who see prices."""
    rows = case.contract_units.exclude(place=Place.OUT)
    listed, agreed_on = Decimal(0), Decimal(0)
    for row in rows:
        row.case = case
        listed += row.list_price
        price = row.price if row.price is not None else price_at(row.list_price, case.percent or Decimal(0))
        agreed_on += price
    return listed, agreed_on

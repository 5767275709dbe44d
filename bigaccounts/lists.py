"""The lists of a contract as they are typed and put down: buyers, units, instalments (BULK-06)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from common import names
from common.errors import RuleError
from sales.models import Unit, UnitState
from staff.models import User

from .models import Buyer, Case, ContractUnit, Instalment, Place

RULE = "BULK-06"
MOST_BUYERS, MOST_INSTALMENTS = 9_999, 120
LONGEST_NAME, LONGEST_IDENTITY = 60, 40


@dataclass(frozen=True)
class BuyerLine:
    """A buyer as typed: the name, and what tells them apart from another of that name."""

    name: str
    identity: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What makes two lines the same buyer."""
        return "".join(names.fold(self.name)), self.identity.strip().upper()


@dataclass(frozen=True)
class InstalmentLine:
    """A payment as typed: the day it is due, and its amount where one is agreed."""

    due_on: date
    amount: Decimal | None = None


def check_buyers(buyers: Sequence[BuyerLine]) -> None:
    """Each buyer has a name and stands on the list once (BULK-06)."""
    seen: set[tuple[str, str]] = set()
    if len(buyers) > MOST_BUYERS:
        raise RuleError(_("A list of buyers has up to %(most)s lines") % {"most": f"{MOST_BUYERS:,}"}, rule=RULE)
    for n, line in enumerate(buyers, 1):
        if not line.name.strip() or len(line.name) > LONGEST_NAME or len(line.identity) > LONGEST_IDENTITY:
            raise RuleError(
                _("Line %(line)s of the buyers: write a name of up to 60 characters") % {"line": n}, rule=RULE
            )
        if line.key in seen:
            words = {"line": n}
            raise RuleError(
                _("Line %(line)s of the buyers is there twice: take one out, or add the end of the identity number")
                % words,
                rule=RULE,
            )
        seen.add(line.key)


def check_units(case: Case, units: Iterable[Unit], *, rule: str = RULE) -> None:
    """Each unit is one of this office, named once, for sale and in no other contract (BULK-06, DEAL-01)."""
    seen: set[int] = set()
    wanted = [unit.pk for unit in units]
    now = Unit.objects.in_bulk(wanted)
    for unit in (now[pk] for pk in wanted):
        if unit.office_id != case.office_id:
            raise RuleError(_("Unit %(unit)s belongs to another office") % {"unit": unit}, rule="OFF-01")
        if unit.pk in seen:
            raise RuleError(_("Unit %(unit)s is listed twice") % {"unit": unit}, rule=rule)
        if unit.held_for:
            raise RuleError(_("Unit %(unit)s is in another contract") % {"unit": unit}, rule=rule)
        if unit.state != UnitState.FOR_SALE:
            words = {"unit": unit, "state": unit.get_state_display()}
            raise RuleError(_("Unit %(unit)s is not to be had: %(state)s") % words, rule=rule)
        seen.add(unit.pk)


def put_buyers(case: Case, buyers: Sequence[BuyerLine], *, by: User, now: datetime) -> None:
    """The buyers of a draft, in place of those it had."""
    case.buyers.filter(place=Place.DRAFT).delete()
    for line in buyers:
        add_buyer(case, line, place=Place.DRAFT, by=by, now=now)


def add_buyer(case: Case, line: BuyerLine, *, place: str, by: User, now: datetime) -> Buyer:
    """One buyer more."""
    buyer = Buyer(case=case, place=place)
    buyer.name, buyer.identity = line.name.strip(), line.identity.strip()
    buyer._history_user, buyer._history_date = by, now
    buyer.save(force_insert=True)
    return buyer


def put_units(case: Case, units: Iterable[Unit], *, by: User, now: datetime) -> None:
    """The units of a draft, in place of those it had."""
    case.contract_units.filter(place=Place.DRAFT).delete()
    for unit in units:
        row = ContractUnit(case=case, unit=unit, list_price=unit.list_price)
        row._history_user, row._history_date = by, now
        row.save(force_insert=True)


def put_instalments(case: Case, lines: Sequence[InstalmentLine], *, by: User, now: datetime) -> None:
    """The schedule of payments of a draft, in place of the one it had."""
    if len(lines) > MOST_INSTALMENTS:
        raise RuleError(_("A schedule has up to %(most)s instalments") % {"most": MOST_INSTALMENTS}, rule=RULE)
    case.instalments.all().delete()
    for line in sorted(lines, key=lambda one: one.due_on):
        row = Instalment(case=case, due_on=line.due_on)
        row.amount = line.amount
        row._history_user, row._history_date = by, now
        row.save(force_insert=True)


def buyer_lines(case: Case, place: str) -> list[BuyerLine]:
    """The buyers in this place, as they were typed."""
    rows = list(case.buyers.filter(place=place).order_by("pk"))
    for row in rows:
        row.case = case
    return [BuyerLine(row.name, row.identity) for row in rows]

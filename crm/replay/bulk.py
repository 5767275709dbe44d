"""The verb of bulk buyers, and their state: each step calls the rule that the pages use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bigaccounts import (
    buyers,
    climb,
    contracts,
    execution,
    filing,
    flipping,
    journal,
    lists,
    plans,
    prospects,
)
from bigaccounts.lists import BuyerLine, InstalmentLine
from bigaccounts.models import Buyer, BuyerKind, Case, CaseState, Place
from common.errors import RuleError
from sales import deals
from sales.models import Unit, UnitState
from staff import approvals
from staff.models import Decision
from staff.roles import Role

from .log import Line
from .world import World

Args = Mapping[str, Any]
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def _case(world: World, line: Line) -> Case:
    """The case of the line's key, as the records are now."""
    found = world.bulk.get(line.args["account"])
    if found is None:
        words = {"key": line.args["account"]}
        raise RuleError(_("%(key)s names no bulk buyer: its opening was refused") % words, rule="BULK-01")
    case = Case.objects.select_related("key", "supervisor", "rep").get(pk=found)
    case.office = world.office
    return case


def _said(args: Args) -> str:
    """What the log says about a step; an older log may say nothing."""
    return args.get("reason") or args.get("special") or _("As in the log")


def _count(args: Args, case: Case | None = None) -> int | None:
    units = args.get("units")
    if units is None:
        return case.units if case is not None else None
    return len(units) if isinstance(units, list) else units


def _units(world: World, case: Case, args: Args) -> list[Unit]:
    """The units that a line names. A mere number takes those of the case, then those for sale, by code."""
    wanted = args["units"]
    rows = Unit.objects.filter(office=world.office).select_related("office")
    if isinstance(wanted, list):
        found = {unit.code: unit for unit in rows.filter(code__in=wanted)}
        unknown = [code for code in wanted if code not in found]
        if unknown:
            raise RuleError(_("There is no unit %(code)s") % {"code": ", ".join(unknown)}, rule="BULK-06")
        return [found[code] for code in wanted]
    if wanted > prospects.MOST_UNITS:
        prospects.check_units(world.office, wanted)
    held = rows.filter(bulk_contracts__case=case, bulk_contracts__place=Place.LIVE)
    units = [*held.order_by("code")[:wanted], *rows.filter(state=UnitState.FOR_SALE).order_by("code")[:wanted]]
    lacking = wanted - len(units)
    if lacking > 0:
        known = rows.filter(code__startswith=f"{args['account']}-").count()
        codes = [f"{args['account'][:30]}-{known + n}" for n in range(1, lacking + 1)]
        deals.add_units(world.office, [{"code": code, "list_price": 1} for code in codes])
        units += rows.filter(code__in=codes).order_by("pk")
    return units[:wanted]


def _buyers(given: Iterable[Any]) -> list[BuyerLine]:
    lines = []
    for one in given:
        said = one if isinstance(one, dict) else {"name": one}
        lines.append(BuyerLine(str(said.get("name", "")), str(said.get("identity", ""))))
    return lines


def _schedule(payment: str, line: Line, world: World) -> list[InstalmentLine]:
    """The days that the log's words on payment name; without one it is due with the contract."""
    found = []
    for text in DAY.findall(payment):
        try:
            found.append(InstalmentLine(date.fromisoformat(text)))
        except ValueError:
            continue
    return found or [InstalmentLine(world.office.today(line.at))]


def _open(world: World, line: Line) -> None:
    args = line.args
    if world.bulk.get(args["account"]) is not None:
        raise RuleError(_("This bulk buyer is open already"), rule="BULK-01")
    world.bulk.setdefault(args["account"], None)
    case = prospects.open_case(
        world.office,
        by=world.must(args["by"]),
        now=line.at,
        name=args.get("name") or args["account"],
        kind=BuyerKind.COMPANY,
        units=_count(args),
    )
    world.bulk[args["account"]] = case.pk


def _plan(case: Case, world: World, line: Line, **who: Any) -> None:
    plans.send(
        case, units=_count(line.args, case) or 0, terms=_said(line.args), percent=line.args.get("percent"), **who
    )


def _contract(case: Case, world: World, line: Line, **who: Any) -> None:
    """What the line gives; of what it leaves out, the draft keeps what an earlier line gave."""
    args = line.args
    payment = args.get("payment") or case.way
    kept = [row.unit for row in case.contract_units.filter(place=Place.DRAFT).select_related("unit__office")]
    contracts.draft(
        case,
        buyers=_buyers(args["buyers"]) if "buyers" in args else lists.buyer_lines(case, Place.DRAFT),
        units=_units(world, case, args) if "units" in args else kept,
        way=payment,
        instalments=_schedule(payment, line, world) if payment else [],
        percent=args.get("percent", case.percent),
        special=args.get("special") or case.special,
        **who,
    )


def _decide(case: Case, world: World, line: Line, **who: Any) -> None:
    """A change of buyers that waits is decided, else the discount."""
    decision, reason = line.args.get("decision") or Decision.APPROVE, line.args.get("reason") or ""
    waits = case.buyer_changes.filter(state__in=buyers.WAITS).exists()
    rule: Callable[..., Any] = buyers.decide if waits else climb.decide
    rule(case, decision=decision, reason=reason, **who)


def _flip(case: Case, world: World, line: Line, **who: Any) -> None:
    named = line.args.get("buyers")
    for buyer in _listed(case, named) if named else [None]:
        flipping.freeze(case, reason=_said(line.args), buyer=buyer, **who)


def _listed(case: Case, named: Iterable[Any]) -> Iterator[Buyer]:
    rows = {}
    for row in case.buyers.filter(place=Place.LIVE):
        row.case = case
        rows[row.name] = row
    for one in _buyers(named):
        if one.name not in rows:
            raise RuleError(_("This buyer is not on the list of the contract"), rule="BULK-10")
        yield rows[one.name]


def _change_units(case: Case, world: World, line: Line, **who: Any) -> None:
    execution.change_units(case, units=_units(world, case, {"units": 0, **line.args}), reason=_said(line.args), **who)


STEPS: dict[str, Callable[..., Any]] = {
    "plan": _plan,
    "plan_approve": lambda case, world, line, **who: plans.approve(case, reason=line.args.get("reason") or "", **who),
    "plan_return": lambda case, world, line, **who: plans.send_back(case, reason=line.args.get("reason") or "", **who),
    "report": lambda case, world, line, **who: journal.report(case, text=_said(line.args), **who),
    "discount": lambda case, world, line, **who: climb.ask(
        case, percent=line.args.get("percent", ""), units=_count(line.args), reason=line.args.get("reason") or "", **who
    ),
    "decide": _decide,
    "contract": _contract,
    "sign": lambda case, world, line, **who: contracts.sign(case, **who),
    "file": lambda case, world, line, **who: filing.file(case, scans=False, **who),
    "acknowledge": lambda case, world, line, **who: filing.acknowledge(case, **who),
    "change_units": _change_units,
    "change_buyers": lambda case, world, line, **who: buyers.ask(
        case, buyers=_buyers(line.args.get("buyers") or []), reason=_said(line.args), on_paper=True, **who
    ),
    "verify": lambda case, world, line, **who: buyers.decide(
        case, decision=line.args.get("decision") or Decision.APPROVE, reason=line.args.get("reason") or "", **who
    ),
    "flip": _flip,
    "lift": lambda case, world, line, **who: flipping.lift(case, reason=_said(line.args), **who),
}


@transaction.atomic
def bulk(world: World, line: Line) -> None:
    """One step of a bulk case, whole or not at all."""
    if line.args["step"] == "open":
        _open(world, line)
        return
    case, by = _case(world, line), world.must(line.args["by"])
    STEPS[line.args["step"]](case, world, line, by=by, now=line.at)


def state_of_bulk(world: World) -> dict[str, Any]:
    """Each bulk case by the log's key: state, whose turn it is, what was decided on the last request."""
    return {key: _one(world, pk) for key, pk in world.bulk.items() if pk is not None}


def _one(world: World, pk: int) -> dict[str, Any]:
    case = Case.objects.get(pk=pk)
    frozen = flipping.standing(case) is not None
    names = [subject(case) for subject in (plans.subject, climb.subject, buyers.subject)]
    found = [one for one in map(approvals.latest, names) if one is not None]
    last = max(found, key=lambda one: one.pk, default=None)
    needs = last.waiting_role if last is not None and last.waiting_role else None
    if needs is None:
        needs = Role.MARKETING_MANAGER if frozen else Role.FINANCE if case.state == CaseState.FILED else None
    entries = last.entries.filter(position__gte=1).order_by("position") if last is not None else []
    return {
        "state": "frozen" if frozen else str(case.state),
        "needs": str(needs) if needs else None,
        "decided": [{"role": one.role, "by": world.codes[one.by_id], "decision": str(one.decision)} for one in entries],
    }

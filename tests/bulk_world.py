"""Two bulk cases for the walk: one filed with finance, one whose discount waits; prices that may reach few (BULK-11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bigaccounts import buyers, climb, contracts, filing, flipping, journal, papers, plans, prospects
from bigaccounts.figures import price_at
from bigaccounts.lists import BuyerLine, InstalmentLine
from bigaccounts.models import Case, Purpose
from sales import deals
from sales.models import Unit

if TYPE_CHECKING:
    from tests.world import World

PERCENT, WAITING_PERCENT, LIST_PRICE = "7.3519", "8.6427", Decimal("1357913")
PRICE = price_at(LIST_PRICE, Decimal(PERCENT))
SEES_CASE = frozenset({"owner", "supervisor", "manager", "clerk", "branch_manager", "finance", "hq"})
SEES_PRICES = SEES_CASE - {"owner"}
SEES_WAITING = frozenset({"supervisor", "manager", "branch_manager"})
SEES_CONTACTS = frozenset({"owner", "supervisor", "manager", "clerk", "branch_manager"})


def spelt(amount: Decimal) -> tuple[str, ...]:
    """How a price may be printed."""
    return f"{amount}", f"{amount:,}", f"{amount:f}"[:-3], f"{amount:,.0f}"


def plant_bulk(world: World) -> None:
    """Both cases, by the rules; their secrets."""
    house = world.house
    codes = [{"code": f"9-1-{n}", "list_price": LIST_PRICE} for n in range(101, 125)]
    deals.add_units(house.office, codes)
    world.rows["bulk"], world.rows["bulk_waiting"] = _filed(world), _waiting(world)
    world.rows["bulk_buyer"] = house.customer(house.call("11:50", "A", name="购房甲壬", phone="15400000081"))
    world.plant(SEES_CASE, "大客甲壬")
    world.plant(SEES_CONTACTS, "联系甲壬")
    world.plant(SEES_PRICES | {"owner"}, "汇报甲壬")
    world.plant(SEES_PRICES, PERCENT, "条款甲壬", "特约甲壬", "理由甲壬七", *spelt(PRICE), *spelt(PRICE * 11))
    world.plant(SEES_WAITING, WAITING_PERCENT, "大客乙癸", "条款乙癸", "理由乙癸")


def fresh(case: Case) -> Case:
    """The case as it is now."""
    return Case.objects.select_related("key", "office__policy", "office__branch", "supervisor").get(pk=case.pk)


def _negotiated(world: World, name: str, sign: str, percent: str, by: Any) -> Case:
    house, people = world.house, world.people
    said = {"name": name, "kind": "institution", "units": 11, "contacts": f"联系{sign}"}
    case = prospects.open_case(house.office, by=by, now=house.at("10:00"), **said)
    told = {"units": 11, "terms": f"条款{sign}", "percent": percent}
    plans.send(case, by=people["supervisor"], now=house.at("10:10"), **told)
    plans.approve(fresh(case), by=people["branch_manager"], now=house.at("10:20"))
    why = {"percent": percent, "reason": f"理由{sign}"}
    climb.ask(fresh(case), by=people["supervisor"], now=house.at("10:30"), **why)
    return fresh(case)


def _filed(world: World) -> Case:
    house, people, lead = world.house, world.people, world.people["supervisor"]
    case = _negotiated(world, "大客甲壬", "甲壬", PERCENT, people["owner"])
    journal.report(case, by=people["owner"], now=house.at("10:40"), text="汇报甲壬")
    for by in ("branch_manager", "hq"):
        said = {"decision": "approve", "reason": "理由甲壬七"}
        climb.decide(fresh(case), by=people[by], now=house.at("10:50"), **said)
    contracts.draft(fresh(case), by=lead, now=house.at("11:00"), **_parts(house.office))
    contracts.sign(fresh(case), by=lead, now=house.at("11:10"))
    for purpose in (Purpose.CONTRACT, Purpose.APPROVAL, Purpose.PROOF):
        content = f"%PDF-1.7 {PERCENT}".encode()
        paper = papers.attach(
            fresh(case), by=lead, now=house.at("11:20"), purpose=purpose, name="合同.pdf", content=content
        )
    world.rows["bulk_paper"] = paper
    filing.file(fresh(case), by=lead, now=house.at("11:30"))
    change = {"buyers": [BuyerLine("购房甲壬"), BuyerLine("新人甲壬")], "reason": "理由甲壬七", "proof": paper}
    buyers.ask(fresh(case), by=people["clerk"], now=house.at("11:40"), **change)
    flipping.freeze(fresh(case), by=people["clerk"], now=house.at("11:45"), reason="理由甲壬七")
    return fresh(case)


def _parts(office: Any) -> dict[str, Any]:
    units = list(Unit.objects.filter(office=office, code__startswith="9-1-").order_by("code")[:11])
    return {
        "buyers": [BuyerLine("购房甲壬")],
        "units": units,
        "way": "分期",
        "instalments": [InstalmentLine(date(2026, 4, 1), PRICE)],
        "percent": PERCENT,
        "special": "特约甲壬",
    }


def _waiting(world: World) -> Case:
    return _negotiated(world, "大客乙癸", "乙癸", WAITING_PERCENT, world.people["supervisor"])

"""What the lists of the world lack: somebody who lapses this week, a defeat, home buyers, records scored."""

from __future__ import annotations

from datetime import date

from customers import cards, defeat
from customers.models import Customer
from sales import care, deals
from sales.models import Unit
from staff import inspections
from tests.house import phone
from tests.world import World

BIRTHDAY = {"calendar": "lunar", "month": 8, "day": 15, "leap": False, "address": "花园路", "payment": ""}


def plant(world: World) -> None:
    """A row at least in each list."""
    house, today = world.house, world.house.on
    house.on = date(2026, 2, 4)
    house.call("10:00", "A", name="快到期", phone=phone(61))
    house.on = today
    defeat.request(
        _carded(world, "不买了", 62),
        by=world.people["owner"],
        now=house.at("11:40"),
        ground="not_buying",
        analysis="不再买房",
    )
    deals.add_units(house.office, [{"code": f"7-1-10{n}", "list_price": "1000000"} for n in (1, 2)])
    buyers = [_buyer(world, n) for n in (1, 2)]
    care.save(fresh(buyers[0]), by=world.people["clerk"], now=house.at("11:45"), **BIRTHDAY)
    best = {item.pk: inspections.Score(5, 5, 5) for item in world.rows["sample"].items.all()}
    inspections.score(world.rows["sample"], best, by=house.supervisor, now=house.at("11:46"))


def fresh(customer: Customer) -> Customer:
    """The customer as the records are now."""
    return Customer.objects.select_related("key", "office__policy", "owner").get(pk=customer.pk)


def _carded(world: World, name: str, n: int) -> Customer:
    """A customer of the owner's whose A-card is submitted."""
    house, owner = world.house, world.people["owner"]
    found = house.customer(house.call("11:30", "A", name=name, phone=phone(n)))
    findings = cards.Findings(need=True, confidence=True, power=True)
    cards.submit(found, by=owner, now=house.at("11:31"), findings=findings, level="B", reason="有意向")
    return fresh(found)


def _buyer(world: World, n: int) -> Customer:
    """Somebody whose contract is signed."""
    house, owner = world.house, world.people["owner"]
    buyer = _carded(world, f"业主{n}", 62 + n)
    unit = Unit.objects.get(office=house.office, code=f"7-1-10{n}")
    deal = deals.subscribe(buyer, unit, by=owner, now=house.at("11:42"))
    deals.contract(deal, by=house.supervisor, now=house.at("11:43"))
    return buyer

"""The homes of the demo office and who buys them: three buildings, deals at every stage, cards of the home buyers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from borax.calendars.lunardate import LunarDate

from customers import key_customers
from sales import birthdays, care, units
from sales.models import Unit, UnitState
from staff.roles import Role

from . import words
from .story import Story

PLAN = (("1号楼", ("1", "2"), 11, 2), ("2号楼", ("1",), 11, 4), ("3号楼", ("1",), 8, 4))
LAYOUTS = (("三室两厅", Decimal("118.40")), ("两室两厅", Decimal("89.20")), ("四室两厅", Decimal("143.60")))
PER_METRE, A_FLOOR_UP = 15_600, 80
HELD_FLOORS = (4, 8)


def build(story: Story, at: datetime, *, most: int = 1000) -> None:
    """The marketing manager enters the units and holds the fourth floors and one eighth back."""
    by, office = story.who(Role.MARKETING_MANAGER), story.world.office
    for facts in list(plan())[:most]:
        units.add(office, by=by, now=at, **facts)
    for unit in Unit.objects.filter(office=office, floor__in=HELD_FLOORS, building="3号楼", room__endswith="01"):
        units.hold(unit, by=by, now=at)
    story.clock = at


def plan() -> Iterator[dict[str, Any]]:
    """The units building by building; the higher the dearer."""
    for building, entrances, floors, rooms in PLAN:
        for entrance in entrances:
            for floor in range(1, floors + 1):
                for n in range(1, rooms + 1):
                    layout, area = LAYOUTS[(n + int(entrance)) % len(LAYOUTS)]
                    price = area * (PER_METRE + A_FLOOR_UP * floor)
                    room = f"{floor}{n:02}"
                    yield {
                        "code": f"{building[0]}-{entrance}-{room}",
                        "building": building,
                        "entrance": f"{entrance}单元",
                        "floor": floor,
                        "room": room,
                        "layout": layout,
                        "area": area,
                        "list_price": price.quantize(Decimal("0.01")),
                    }


def buy(
    story: Story,
    key: str,
    at: datetime,
    *,
    percent_off: str = "",
    days: tuple[int, ...] = (4, 18, 30),
    cared: bool = True,
) -> None:
    """The customer subscribes a unit; contract, payment, delivery follow after ``days`` each; ``cared``: with a card."""
    chance = story.chance
    off = Decimal(percent_off or chance.choice(["0", "0", "0.5", "0.8", "1.5"]))

    def subscribe(moment: datetime) -> None:
        free = list(Unit.objects.filter(office=story.world.office, state=UnitState.FOR_SALE).order_by("pk"))
        if not free:  # sold out: this customer comes too late
            return
        unit = chance.choice(free)
        price = (unit.list_price * (100 - off) / 100).quantize(Decimal(100))
        if story.happens(moment, "deal", customer=key, step="subscribe", unit=unit.code, price=str(price)):
            _stay_in_touch(story, key, moment)
            _go_on(story, key, moment, off, days)
            if cared and story.chance.random() < 0.8:
                born = date(2024, 1, 1) + timedelta(days=story.chance.randrange(366))
                keep(story, key, moment + timedelta(days=days[0] + 1), birthdays.SOLAR, born)

    story.plan(at, subscribe)


def _go_on(story: Story, key: str, at: datetime, off: Decimal, days: tuple[int, ...]) -> None:
    """Contract by whoever may approve the discount, payment, delivery."""
    signs = Role.SUPERVISOR if off <= 1 else Role.MARKETING_MANAGER
    steps = [{"step": "contract", "by": story.staff[signs]}, {"step": "pay"}, {"step": "deliver"}]
    for after, step in zip(days, steps, strict=False):
        at += timedelta(days=after)
        story.plan_event(at, "deal", customer=key, **step)


def _stay_in_touch(story: Story, key: str, at: datetime) -> None:
    """Who subscribed is of level O, and hears from the rep every month until the home is handed over."""
    said = {"manner": "office_visit", "reached": True, "result": "已认购，介绍签约所需材料", "level": "O"}
    while at < story.now:
        story.plan_event(at, "follow_up", customer=key, **said)
        story.plan_event(at + timedelta(hours=6), "follow_up_sign", customer=key, by=story.staff[Role.SUPERVISOR])
        said = {"manner": "phone", "reached": True, "result": "问候，告知工程进度"}
        at += timedelta(days=story.chance.randint(27, 31))


def keep(story: Story, key: str, at: datetime, calendar: str, born: date, *, is_key: bool = False) -> None:
    """The desk opens the retained-customer card with a birthday that falls on the solar day ``born``."""
    month, day, leap = born.month, born.day, False
    if calendar == birthdays.LUNAR:
        lunar = LunarDate.from_solar_date(born.year, born.month, born.day)
        month, day, leap = lunar.month, lunar.day, bool(lunar.leap)
    payment = story.chance.choice(["按揭，首付三成", "一次性付清", "公积金贷款，首付四成"])
    said: dict[str, Any] = {"address": f"示例路 {story.chance.randint(1, 99)} 号", "payment": payment}

    def act(moment: datetime) -> None:
        customer = story.world.certain(key)
        born_on: dict[str, Any] = {"calendar": calendar, "month": month, "day": day, "leap": leap}
        care.save(customer, by=story.who(Role.CLERK), now=moment, **born_on, **said)
        if is_key and not customer.is_key:
            key_customers.mark(customer, reason=words.KEY, by=story.who(Role.SUPERVISOR), now=moment)

    story.plan_act(at, act)


def cancel(story: Story, key: str, at: datetime) -> None:
    """The supervisor cancels the deal."""
    story.plan_event(at, "deal", customer=key, step="cancel", by=story.staff[Role.SUPERVISOR], reason=words.CANCELS)

"""Bulk buyers of the demo at every desk: prospect, plan, discount before HQ and chairman, contract signed, contract kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bigaccounts import contracts, execution, filing, papers
from bigaccounts.lists import BuyerLine, InstalmentLine
from bigaccounts.models import Case, Place, Purpose
from customers.models import Customer
from sales.models import Unit, UnitState
from staff.roles import Role

from . import paper
from .cast import SECOND, call
from .story import Story

MANY = 12
BUYERS = ("示例设计院", "演示购房人甲", "演示购房人乙")
LIVES = (
    (6, "prospect", "示例小学", "6", 0),
    (9, "plan", "示例银行支行", "6", 1),
    (30, "climb", "示例医院", "6", 5),
    (34, "top", "示例集团", "11", 6),
    (21, "filed", "示例物流园", "6", 7),
    (45, "contract", "示例设计院", "6", 7),
    (76, "kept", "示例酒店", "6", 7),
)


def enter(story: Story) -> None:
    """Seven accounts, each some steps further than the one before."""
    for days_ago, account, name, percent, steps in LIVES:
        opened = {"account": account, "name": name, "units": MANY, "by": story.staff[Role.SUPERVISOR]}
        story.plan_event(story.at(days_ago, "09:30"), "bulk", step="open", **opened)
        for n, said in enumerate(_steps(story, percent)[:steps], 1):
            story.plan_event(story.at(days_ago - 2 * n, "09:30"), "bulk", account=account, **said)
    story.plan(story.at(29, "09:30"), lambda moment: _sign(story, "contract", BUYERS, "3号楼", moment))
    story.plan(story.at(5, "09:30"), lambda moment: _filed(story, moment))
    buyer = call(story, 75, SECOND, level="H")
    story.plan(story.at(60, "09:30"), lambda moment: _kept(story, buyer, moment))


def _steps(story: Story, percent: str) -> list[dict[str, Any]]:
    lead, branch, hq = (story.staff[role] for role in (Role.SUPERVISOR, Role.BRANCH_MANAGER, Role.HQ))
    return [
        {"step": "plan", "by": lead, "units": MANY, "reason": "按价格方案整层洽谈"},
        {"step": "plan_approve", "by": branch, "reason": "同意按方案洽谈"},
        {"step": "report", "by": lead, "reason": "已面谈两次，对方要求分期"},
        {"step": "discount", "by": lead, "percent": percent, "units": MANY, "reason": "一次购买十二套"},
        {"step": "decide", "by": branch, "decision": "approve", "reason": "同意上报"},
        {"step": "decide", "by": hq, "decision": "approve", "reason": "同意"},
        {"step": "report", "by": lead, "reason": "合同条款已谈妥"},
    ]


def _sign(story: Story, account: str, buyers: tuple[str, ...], building: str, at: datetime) -> Case:
    """The contract takes the first homes of a building that are for sale; half is paid at once, half later."""
    case, by = Case.objects.get(pk=story.world.bulk[account]), story.who(Role.SUPERVISOR)
    free = Unit.objects.filter(office=story.world.office, state=UnitState.FOR_SALE, building=building)
    units = list(free.select_related("office").order_by("code")[:MANY])
    half = (sum((unit.list_price for unit in units), Decimal(0)) * Decimal("0.47")).quantize(Decimal(1))
    schedule = [InstalmentLine(day, half) for day in (at.date(), story.today + timedelta(days=9))]
    said: dict[str, Any] = {"buyers": [BuyerLine(name) for name in buyers], "units": units, "instalments": schedule}
    said |= {"way": "分两期付清", "percent": "6", "special": "无"}
    story.does(at, lambda now: contracts.draft(case, by=by, now=now, **said))
    story.does(at, lambda now: contracts.sign(case, by=by, now=now))
    return case


def _kept(story: Story, key: str, at: datetime) -> None:
    """Signed, its papers attached, filed with finance, acknowledged; the first buyer took a home, the first half is paid."""
    customer = story.world.certain(key)
    case = _sign(story, "kept", (customer.people.get().name, *BUYERS[1:]), "2号楼", at)
    finance, desk = story.who(Role.FINANCE), story.who(Role.CLERK)
    _file(story, case, at)
    story.does(at + timedelta(hours=5), lambda now: filing.acknowledge(case, by=finance, now=now))
    paid = case.instalments.order_by("due_on").first()
    if paid is not None:
        story.does(at + timedelta(hours=6), lambda now: execution.pay(case, by=desk, now=now, instalment=paid))
    story.does(at + timedelta(hours=7), lambda now: _takes(case, customer, now))


def _filed(story: Story, at: datetime) -> None:
    """Signed, and with finance to be acknowledged."""
    _file(story, _sign(story, "filed", (BUYERS[2], BUYERS[1]), "1号楼", at), at)


def _file(story: Story, case: Case, at: datetime) -> None:
    lead = story.who(Role.SUPERVISOR)
    for purpose in (Purpose.CONTRACT, Purpose.APPROVAL):
        said = {"purpose": purpose, "name": f"演示{purpose.label}.pdf", "content": paper.made()}
        story.does(at, lambda now, said=said: papers.attach(case, by=lead, now=now, **said))
    story.does(at + timedelta(hours=1), lambda now: filing.file(case, by=lead, now=now))


def _takes(case: Case, customer: Customer, now: datetime) -> None:
    row = case.contract_units.select_related("unit").filter(place=Place.LIVE).order_by("pk").first()
    if row is not None:
        row.case = case
        execution.take(case, by=case.opened_by, now=now, customer=customer, unit=row.unit, price=row.price)

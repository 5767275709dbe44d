"""Bulk buyers of the demo at every desk: prospect, plan, discount before HQ and chairman, contract signed, contract kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bigaccounts import execution, filing, papers
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
    (45, "contract", "示例设计院", "6", 7),
    (76, "kept", "示例酒店", "6", 7),
)


def enter(story: Story) -> None:
    """Six accounts, each some steps further than the one before."""
    for days_ago, account, name, percent, steps in LIVES:
        opened = {"account": account, "name": name, "units": MANY, "by": story.staff[Role.SUPERVISOR]}
        story.plan_event(story.at(days_ago, "09:30"), "bulk", step="open", **opened)
        for n, said in enumerate(_steps(story, percent)[:steps], 1):
            story.plan_event(story.at(days_ago - 2 * n, "09:30"), "bulk", account=account, **said)
    story.plan(story.at(29, "09:30"), lambda moment: _sign(story, "contract", BUYERS, moment))
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


def _sign(story: Story, account: str, buyers: tuple[str, ...], at: datetime) -> bool:
    """The contract takes the first homes of the third building that are for sale; half is paid at once, half later."""
    free = Unit.objects.filter(office=story.world.office, state=UnitState.FOR_SALE, building="3号楼").order_by("code")
    codes = list(free.values_list("code", flat=True)[:MANY])
    parts = {"buyers": list(buyers), "units": codes, "percent": "6", "special": "无"}
    payment = f"{at:%Y-%m-%d} 首期，{story.today + timedelta(days=9):%Y-%m-%d} 二期"
    lead = {"account": account, "by": story.staff[Role.SUPERVISOR]}
    story.happens(at, "bulk", step="contract", payment=payment, **parts, **lead)
    return story.happens(at, "bulk", step="sign", **lead)


def _kept(story: Story, key: str, at: datetime) -> None:
    """Signed, its papers attached, filed with finance, acknowledged; the first buyer took a home, the first half is paid."""
    customer = story.world.certain(key)
    _sign(story, "kept", (customer.people.get().name, *BUYERS[1:]), at)
    case = Case.objects.get(pk=story.world.bulk["kept"])
    lead, finance, desk = (story.who(role) for role in (Role.SUPERVISOR, Role.FINANCE, Role.CLERK))
    for purpose in (Purpose.CONTRACT, Purpose.APPROVAL):
        said = {"purpose": purpose, "name": f"演示{purpose.label}.pdf", "content": paper.made()}
        story.does(at, lambda now, said=said: papers.attach(case, by=lead, now=now, **said))
    story.does(at + timedelta(hours=1), lambda now: filing.file(case, by=lead, now=now))
    story.does(at + timedelta(hours=5), lambda now: filing.acknowledge(case, by=finance, now=now))
    paid = case.instalments.order_by("due_on").first()
    if paid is not None:
        story.does(at + timedelta(hours=6), lambda now: execution.pay(case, by=desk, now=now, instalment=paid))
    story.does(at + timedelta(hours=7), lambda now: _takes(case, customer, now))


def _takes(case: Case, customer: Customer, now: datetime) -> None:
    row = case.contract_units.select_related("unit").filter(place=Place.LIVE).order_by("pk")[0]
    row.case = case
    execution.take(case, by=case.opened_by, now=now, customer=customer, unit=row.unit, price=row.price)

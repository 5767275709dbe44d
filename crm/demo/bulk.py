"""Bulk buyers of the demo: a prospect, a plan that waits, a discount that climbs, a signed contract to be filed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sales.models import Unit, UnitState
from staff.roles import Role

from .story import Story

MANY = 12
BUYERS = ("示例设计院", "演示购房人甲", "演示购房人乙")


def enter(story: Story) -> None:
    """Four accounts, each some steps further than the one before."""
    lives = (
        (6, "prospect", "示例小学", 0),
        (9, "plan", "示例银行支行", 1),
        (30, "climb", "示例医院", 5),
        (45, "contract", "示例设计院", 7),
    )
    for days_ago, account, name, steps in lives:
        opened = {"account": account, "name": name, "units": MANY, "by": story.staff[Role.SUPERVISOR]}
        story.plan_event(story.at(days_ago, "09:30"), "bulk", step="open", **opened)
        for n, said in enumerate(_steps(story, account)[:steps], 1):
            story.plan_event(story.at(days_ago - 2 * n, "09:30"), "bulk", account=account, **said)
        if steps > 6:
            story.plan(
                story.at(days_ago - 2 * steps - 2, "09:30"), lambda moment, one=account: _sign(story, one, moment)
            )


def _steps(story: Story, account: str) -> list[dict[str, Any]]:
    lead, branch, hq = (story.staff[role] for role in (Role.SUPERVISOR, Role.BRANCH_MANAGER, Role.HQ))
    return [
        {"step": "plan", "by": lead, "units": MANY, "reason": "按价格方案整层洽谈"},
        {"step": "plan_approve", "by": branch, "reason": "同意按方案洽谈"},
        {"step": "report", "by": lead, "reason": "已面谈两次，对方要求分期"},
        {"step": "discount", "by": lead, "percent": "6", "units": MANY, "reason": "一次购买十二套"},
        {"step": "decide", "by": branch, "decision": "approve", "reason": "同意上报"},
        {"step": "decide", "by": hq, "decision": "approve", "reason": "同意"},
        {"step": "report", "by": lead, "reason": "合同条款已谈妥"},
    ]


def _sign(story: Story, account: str, at: datetime) -> None:
    """The contract takes the first homes of the third building that are for sale; it is signed and not filed yet."""
    free = Unit.objects.filter(office=story.world.office, state=UnitState.FOR_SALE, building="3号楼").order_by("code")
    codes = list(free.values_list("code", flat=True)[:MANY])
    parts = {"buyers": list(BUYERS), "units": codes, "percent": "6", "special": "无"}
    payment = f"{story.today:%Y-%m-%d} 一次付清"
    lead = {"account": account, "by": story.staff[Role.SUPERVISOR]}
    story.happens(at, "bulk", step="contract", payment=payment, **parts, **lead)
    story.happens(at, "bulk", step="sign", **lead)

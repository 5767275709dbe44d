"""Disputes of the demo over customers: one before the supervisor, one ruled, one appealed, one final."""

from __future__ import annotations

from typing import Any

from staff.roles import Role

from .cast import FIRST, SECOND, call, contact
from .story import Story

CLAIM = "该客户三周前由我首次接待，登记用的是其配偶的手机号"
RULING = "公共登记本显示首次来电由现归属人接听，A 卡按时提交，维持归属"


def enter(story: Story) -> None:
    """Each with a customer whose register and A-card say whose it is."""
    lead, manager = story.staff[Role.SUPERVISOR], story.staff[Role.MARKETING_MANAGER]
    for days_ago, steps in ((4, 1), (9, 2), (16, 3)):
        key = call(story, days_ago + 3, SECOND, level="A")
        contact(story, key, days_ago + 1)
        told: list[dict[str, Any]] = [
            {"step": "open", "by": FIRST, "to": FIRST, "reason": CLAIM},
            {"step": "rule", "by": lead, "to": SECOND, "reason": RULING},
            {"step": "overrule", "by": manager, "to": SECOND, "reason": "复核登记与回访，维持裁定"},
        ]
        for n, event in enumerate(told[:steps]):
            story.plan_event(story.at(days_ago - n, "11:00"), "dispute", customer=key, **event)

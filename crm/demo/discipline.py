"""Warnings, a fine, an objection, rewards and inspections of the demo, this month and the month before."""

from __future__ import annotations

from datetime import datetime, timedelta

from common.dates import first_of_month
from customers import inspecting
from staff import inspections, rewards
from staff.inspections import Score
from staff.models import User
from staff.roles import Role

from .story import Story

WARNED = (
    (3, "rep4", "careless", "两张 A 卡当日未提交"),
    (2, "rep5", "order", "越过轮次接待来访客户"),
    (35, "rep4", "careless", "回访记录缺少结果"),
    (34, "rep6", "untrue", "登记电话与客户本人不符"),
)


def enter(story: Story) -> None:
    """What the supervisor and the manager gave; one warning is objected to, one was withdrawn."""
    lead, manager = story.staff[Role.SUPERVISOR], story.staff[Role.MARKETING_MANAGER]
    for n, (days_ago, who, kind, reason) in enumerate(WARNED):
        said = {"kind": kind, "reason": reason, "as": f"warning{n}"}
        story.plan_event(story.at(days_ago, "18:30"), "warn", who=who, by=lead, **said)
    words = "当天系统维护，次日一早已补交"
    story.plan_event(story.at(2, "19:00"), "object", measure="warning0", by="rep4", reason=words)
    story.plan_event(story.at(33, "10:00"), "object", measure="warning3", by="rep6", reason="客户换过号码")
    story.plan_event(story.at(32, "10:00"), "withdraw", measure="warning3", by=manager, reason="已核对，客户确认换号")
    story.plan_event(story.at(31), "fine", who="rep7", by=lead, kind="incomplete", reason="一本个人登记缺页")
    story.plan(story.at(5, "18:00"), lambda moment: _reward(story, moment))
    story.plan(story.at(4, "18:00"), lambda moment: _inspect(story, moment))


def _reward(story: Story, at: datetime) -> None:
    who, by, office = story.world.people["rep1"], story.who(Role.MARKETING_MANAGER), story.world.office

    def give(moment: datetime) -> None:
        words, cause = "上月成交第一", "demo:first-of-month"
        rewards.give(who, office=office, amount=200, points=5, words=words, cause=cause, by=by, now=moment)

    story.does(at, give)


def _inspect(story: Story, at: datetime) -> None:
    """A sample of last month's records of two reps: one scored, one still to score."""
    office, by = story.world.office, story.who(Role.SUPERVISOR)
    month = first_of_month(first_of_month(story.today) - timedelta(days=1))
    for who, scored in (("rep2", True), ("rep3", False)):
        person = story.world.people[who]

        def draw(moment: datetime, person: User = person, scored: bool = scored) -> None:
            records = inspecting.records(office, person, month)
            sample = inspections.begin(person, office=office, month=month, records=records, size=5, by=by, now=moment)
            if scored:
                scores = {item.pk: Score(4, 5, 4) for item in sample.items.all()}
                inspections.score(sample, scores, by=by, now=moment)

        story.does(at, draw)

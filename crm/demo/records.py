"""What is known of some customers of the demo: records kept with consent, opinions, tags, key customers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from customers import consent, dossier, feedback, key_customers, second_persons, tags
from customers.models import Customer, Tag
from staff.roles import Role

from .cast import FIRST, SECOND, call
from .story import Story

TAGS = ("改善型", "学区优先", "一次性付款", "企业主", "老客户推荐")
SAID = {
    "home": "示例区示例路",
    "occupation": "示例公司职员",
    "family": "三口之家，孩子上小学",
    "habits": "喜欢周末看房",
}
OPINIONS = (
    ("product", "praise", "户型方正，采光好"),
    ("price", "complaint", "总价比示例湖畔高"),
    ("service", "praise", "讲解耐心"),
    ("service", "neutral", "希望周末也能看样板间"),
)


def enter(story: Story) -> None:
    """The tags of the office, then three customers with records."""
    story.plan(story.at(60, "09:00"), lambda moment: _make_tags(story, moment))
    for days_ago, rep, level, many in ((24, FIRST, "A", 4), (22, SECOND, "B", 2), (20, FIRST, "H", 1)):
        key = call(story, days_ago, rep, level=level)
        at = story.at(days_ago - 1, "14:00")
        story.plan_event(
            at, "follow_up", customer=key, manner="phone", reached=True, result="详谈家庭情况", level=level
        )
        story.plan(at + timedelta(hours=1), lambda moment, key=key, many=many: _keep(story, key, many, moment))
        story.plan(at + timedelta(days=1), lambda moment, key=key, many=many: _mark(story, key, many, moment))


def _make_tags(story: Story, at: datetime) -> None:
    office, by = story.world.office, story.who(Role.SUPERVISOR)
    for name in TAGS:
        story.does(at, lambda moment, name=name: tags.make(office, name=name, by=by, now=moment))


def _known(story: Story, key: str) -> Customer:
    return story.world.certain(key)


def _keep(story: Story, key: str, many: int, at: datetime) -> None:
    """Consent, the record, opinions, tags: all by the owner."""
    customer = _known(story, key)
    by = story.world.owner(customer)
    assert by is not None
    story.does(at, lambda moment: consent.give(customer, ["record"], channel="phone", by=by, now=moment))
    said = dict(list(SAID.items())[:many])
    story.does(at, lambda moment: dossier.save(customer, said, version=0, by=by, now=moment))
    for theme, sentiment, text in OPINIONS[:many]:
        heard = {"theme": theme, "sentiment": sentiment, "text": text}
        story.does(at, lambda moment, heard=heard: feedback.add(customer, by=by, now=moment, **heard))
    story.does(at, lambda moment: tags.put(customer, _first(story, many), by=by, now=moment))


def _first(story: Story, many: int) -> Iterable[Tag]:
    return Tag.objects.filter(office=story.world.office).order_by("pk")[:many]


def _mark(story: Story, key: str, many: int, at: datetime) -> None:
    """The supervisor marks two of them as key customers; the first has a second person."""
    if many < 2:
        return
    customer, by, last = _known(story, key), story.who(Role.SUPERVISOR), story.today + timedelta(days=30)
    story.does(at, lambda moment: key_customers.mark(customer, reason="企业主，介绍过三位朋友", by=by, now=moment))
    user, why = story.world.people["rep3"], "归属人外出时照应"
    story.does(at, lambda moment: second_persons.name(customer, user=user, last=last, reason=why, by=by, now=moment))

"""The work on a customer after the first reception: A-card, follow-ups, the evening meeting, a deal or a defeat."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from customers import card_content, cards
from customers.levels import propose
from staff.roles import Role

from . import homes, words
from .story import Story

FINDINGS = {
    "H": {"need": True, "confidence": True, "power": True},
    "A": {"need": True, "confidence": False, "power": True},
    "B": {"need": True, "confidence": True, "power": False},
    "C": {"need": False, "confidence": True, "power": True},
    "D": {"need": True, "confidence": False, "power": False},
}
HOW_MANY = {"H": 12, "A": 22, "B": 26, "C": 12, "D": 28}
AFTER_DAYS = {"H": 2, "A": 6, "B": 13, "C": 26, "D": 22}
HIGHER = {"D": "B", "C": "B", "B": "A", "A": "H", "H": "H"}
LOWER = {"H": "A", "A": "B", "B": "C", "C": "D", "D": "D"}
MANNERS = ("phone", "phone", "phone", "wechat", "message", "home_visit")


def received(story: Story, key: str, at: datetime) -> None:
    """A customer has an owner now: an A-card, mostly on its day, and the first follow-up by its level."""
    chance = story.chance
    story.keys.append(key)
    level = chance.choices(list(HOW_MANY), weights=list(HOW_MANY.values()))[0]
    dice = chance.random()
    if dice < 0.04:
        return
    late = timedelta(days=1) if dice < 0.09 else timedelta()
    story.plan(at + timedelta(minutes=chance.randint(50, 200)) + late, lambda moment: card(story, key, level, moment))
    if chance.random() < 0.5:
        story.plan(at + timedelta(minutes=200), lambda moment: _same_day(story, key, moment))
    if level != "D" or chance.random() < 0.5:
        _next(story, key, level, at)


def _same_day(story: Story, key: str, at: datetime) -> None:
    """The telephone call on the day of the visit."""
    if story.happens(at, "follow_up", customer=key, manner="phone", reached=True, result="感谢来访，到家平安，再联系"):
        story.unread.append(key)


def card(story: Story, key: str, level: str, at: datetime) -> bool:
    """The rep writes the A-card and submits it."""
    write_card(story, key, at, **FINDINGS[level])
    story.unsigned.append(key)
    return story.happens(at, "card", customer=key, step="submit", **FINDINGS[level])


def write_card(story: Story, key: str, at: datetime, **findings: bool | None) -> bool:
    """The rep writes the A-card as far as it goes; the draft stays."""
    chance = story.chance
    said = {**chance.choice(words.HOMES), **chance.choice(words.SAID), "compares": chance.choice(words.COMPARED)}
    content = card_content.write({**said, "reception": words.RECEPTION, "plan": chance.choice(words.PLANS)})

    def keep(moment: datetime) -> None:
        customer = story.world.certain(key)
        by = story.world.owner(customer)
        assert by is not None
        cards.save_draft(customer, by=by, now=moment, content=content, findings=dict(findings))

    return story.does(at, keep)


def _next(story: Story, key: str, level: str, at: datetime) -> None:
    """The next follow-up by the rhythm of the level; some come three days late, so that some are overdue today."""
    chance = story.chance
    days = max(1, AFTER_DAYS[level] - chance.randint(0, 1))
    when = (at + timedelta(days=days)).replace(hour=chance.randint(9, 17), minute=chance.randint(0, 59))
    late = timedelta(days=3) if chance.random() < 0.25 else timedelta()
    story.plan(when + late, lambda moment: _follow_up(story, key, level, moment))


def _follow_up(story: Story, key: str, level: str, at: datetime) -> None:
    """One contact: the level goes up, down or stays; out of it come a deal, a defeat, or the next contact."""
    chance = story.chance
    reached, dice = chance.random() < 0.85, chance.random()
    if reached:
        level = HIGHER[level] if dice < 0.2 else LOWER[level] if dice < 0.3 else level
    said: dict[str, Any] = {"result": chance.choice(words.RESULTS), "level": level} if reached else {}
    if not story.happens(at, "follow_up", customer=key, manner=chance.choice(MANNERS), reached=reached, **said):
        return
    story.unread.append(key)
    if level == "H" and reached and chance.random() < 0.22:
        homes.buy(story, key, at + timedelta(hours=1))
    elif level in "ABD" and chance.random() < 0.06:
        give_up(story, key, at + timedelta(minutes=20), ground=chance.choice(["elsewhere", "elsewhere", "not_buying"]))
    else:
        _next(story, key, level, at)


def meeting(story: Story, at: datetime, *, all_of_it: bool) -> None:
    """The evening meeting: the supervisor signs, returns and rejects; ``all_of_it``: nothing much is left lying."""
    chance, by = story.chance, story.staff[Role.SUPERVISOR]
    lying: list[str] = []
    for key in story.unsigned:
        if not all_of_it and chance.random() < 0.5:
            lying.append(key)
        elif chance.random() < 0.06:
            story.happens(at, "card", customer=key, step="return", by=by, reason=words.RETURNS)
            story.plan(at + timedelta(hours=14), lambda moment, key=key: _again(story, key, moment))
        elif story.happens(at, "card", customer=key, step="sign", by=by, reason=chance.choice(words.GUIDANCE)):
            if chance.random() < 0.93:
                story.plan_event(at + timedelta(hours=chance.randint(14, 30)), "card", customer=key, step="file")
    story.unsigned = lying
    unread, story.unread = story.unread, []
    for key in unread:
        if not all_of_it and chance.random() < 0.6:
            story.unread.append(key)
        elif chance.random() < 0.04:
            story.happens(at, "follow_up_reject", customer=key, by=by, reason=words.REJECTS)
        else:
            story.happens(at, "follow_up_sign", customer=key, by=by)


def _again(story: Story, key: str, at: datetime) -> None:
    """A card that came back is submitted once more as it was judged."""
    judged = story.world.certain(key).level
    found = next(said for said in FINDINGS.values() if propose(**said) == judged) if judged in FINDINGS else {}
    if story.happens(at, "card", customer=key, step="submit", **found):
        story.unsigned.append(key)


def give_up(story: Story, key: str, at: datetime, *, ground: str, steps: int = 4, refused: bool = False) -> None:
    """A defeat request and as many of its steps as are named: request, clerk, manager, clerk."""
    chance = story.chance
    rival, price = chance.choice(words.RIVALS) if ground == "elsewhere" else ("", None)
    said: dict[str, Any] = {"ground": ground, "lost_to": rival, "price": price, "analysis": words.ANALYSIS[ground]}
    last = {"step": "refuse", "reason": "再约一次面谈"} if refused else {"step": "approve", "reason": "同意"}
    desk, manager = story.staff[Role.CLERK], story.staff[Role.MARKETING_MANAGER]
    told = [
        {"step": "request", **said},
        {"step": "confirm", "by": desk, "reason": words.CONFIRMED},
        {**last, "by": manager},
        {"step": "close", "by": desk},
    ]
    for n, event in enumerate(told[:steps]):
        story.plan_event(at + timedelta(hours=22 * n), "defeat", customer=key, **event)

"""What the bot of an office says in the morning: numbers alone, once, nothing where nothing waits."""

from __future__ import annotations

import pytest

from customers import cards, digest
from staff import bots
from staff.models import Message
from staff.roles import Role
from tests.house import House, phone

pytestmark = pytest.mark.django_db
ALL = cards.Findings(need=True, confidence=True, power=True)


@pytest.fixture
def house():
    """An office with a bot, a card to sign, a customer without a card, a line without a number."""
    house = House("A")
    manager = house.hire("manager", Role.MARKETING_MANAGER)
    bots.set_up(house.office, kind="wecom", url="https://93.184.215.14/x", by=manager, now=house.at("08:00"))
    house.signed = house.customer(house.call("09:10", "A", name="金丝雀甲", phone=phone(1)))
    cards.submit(house.signed, by=house.people["A"], now=house.at("10:00"), findings=ALL)
    house.call("09:20", "A", name="金丝雀乙", phone=phone(2))
    house.call("09:30", "A", name="金丝雀丙")
    return house


@pytest.mark.rule("FUP-09")
def test_the_day_is_told_once_from_opening_on(house):
    house.sleep()
    told = [digest.tell(now=house.at(at)) for at in ("08:59", "09:00", "09:30", "23:59")]
    assert told == [0, 1, 0, 0]
    house.sleep()
    assert digest.tell(now=house.at("09:00"), office=house.office) == 1


@pytest.mark.rule("PRIV-02")
def test_it_says_how_many_and_which_numbers_and_no_name(house):
    house.sleep()
    digest.tell(now=house.at("09:00"))
    words = Message.objects.get().words
    assert words.splitlines()[1:] == [
        "逾期回访和 A 卡：2（编号 2, 3）",
        "待签 A 卡：1（编号 1）",
        "待补全登记：1（编号 3）",
    ]
    assert (str(house.office) in words, "金丝雀" in words, phone(1)[-4:] in words) == (True, False, False)


@pytest.mark.rule("OWN-14")
def test_what_lapses_within_a_week_is_said_and_what_lapsed_is_not(house):
    def lapsing() -> int:
        return sum("7 天内到期" in line for line in digest.lines(house.office, now=house.at("10:00")))

    assert lapsing() == 0
    house.sleep(24)
    assert lapsing() == 1
    house.sleep(7)
    assert lapsing() == 0


def test_an_office_where_nothing_waits_or_without_a_bot_says_nothing():
    idle, botless = House("X"), House("Y")
    manager = idle.hire("manager", Role.MARKETING_MANAGER)
    bots.set_up(idle.office, kind="wecom", url="https://93.184.215.14/x", by=manager, now=idle.at("08:00"))
    botless.call("09:30", "Y", name="无号")
    botless.sleep()
    assert digest.tell(now=botless.at("10:00")) == digest.tell(now=botless.at("10:00"), office=botless.office) == 0
    assert Message.objects.count() == 0

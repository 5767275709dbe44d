"""An office with units, a manager and a customer of rep A, and a neighbour office with units of its own."""

from __future__ import annotations

import pytest

from sales import deals, discounts
from staff.roles import Role
from tests.house import House, phone


def opened(reps: str, code: str) -> House:
    """An office whose reps are signed in, with a unit and a table of discounts."""
    house = House(reps)
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    discounts.set_up(house.office)
    house.sign_in(*reps)
    deals.add_units(
        house.office, [{"code": code, "list_price": "1000000"}, {"code": f"{code}b", "list_price": "2000000"}]
    )
    return house


@pytest.fixture
def trade(db, clock) -> House:
    """An office that sells; ``trade.buyer`` is A's customer."""
    house = opened("ABC", "1-1-101")
    house.buyer = house.customer(house.visit("09:30", name="孙小平", phone=phone(1)))
    return house


@pytest.fixture
def rivals(db, clock) -> House:
    """Another office."""
    house = opened("XY", "9-9-909")
    house.buyer = house.customer(house.visit("09:30", name="外店客", phone=phone(9)))
    return house

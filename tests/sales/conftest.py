"""An office with units, a manager and a customer of rep A, and a neighbour office with units of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from sales import deals, discounts
from staff.models import User
from staff.roles import Role
from tests.house import House, phone

NOON = "2026-03-02T12:00:00+08:00"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon of the Monday on which a house begins; ``clock.move_to`` goes elsewhere."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


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


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def browser_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser_of

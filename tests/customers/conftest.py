"""A working day in an office, a neighbour office with secrets of its own, and browsers of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from staff.models import User
from tests.house import House

NOON = "2026-03-02T12:00:00+08:00"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon of the Monday on which a house begins; ``clock.move_to`` goes elsewhere."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(db, clock) -> House:
    """An office with three reps signed in."""
    house = House("ABC")
    house.sign_in("A", "B", "C")
    return house


@pytest.fixture
def neighbour(db, clock) -> House:
    """Another office."""
    house = House("XY")
    house.sign_in("X", "Y")
    return house


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def browser_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser_of

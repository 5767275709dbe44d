"""A sales office at ten o'clock, and people signed in to its pages in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from staff.models import User
from staff.roles import Role
from tests.factories import staff_member
from tests.house import House


@pytest.fixture
def open_house(db: None) -> Iterator[House]:
    """A, B and C signed in, P on probation; the clock stands at ten."""
    house = House("ABC", probationary="P")
    house.sign_in("A", "B", "C", "P")
    with time_machine.travel(house.at("10:00"), tick=False):
        yield house


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which this person is signed in and reads English."""

    def sign_in(user: User) -> Client:
        user.language = "en"
        user.save(update_fields=["language"])
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def desk(open_house: House, client_of: Callable[[User], Client]) -> Client:
    return client_of(open_house.clerk)


@pytest.fixture
def supervisor(open_house: House, client_of: Callable[[User], Client]) -> Client:
    return client_of(open_house.supervisor)


@pytest.fixture
def rep_a(open_house: House, client_of: Callable[[User], Client]) -> Client:
    return client_of(open_house.people["A"])


@pytest.fixture
def rep_b(open_house: House, client_of: Callable[[User], Client]) -> Client:
    return client_of(open_house.people["B"])


@pytest.fixture
def planner(open_house: House, client_of: Callable[[User], Client]) -> Client:
    """Somebody of the office whose role has no business at the desk."""
    return client_of(staff_member(Role.PLANNER, open_house.office))


@pytest.fixture
def elsewhere(open_house: House) -> House:
    """Another office with a visitor in hand, whose rows must not leak."""
    other = House("XY")
    other.sign_in("X", "Y")
    return other

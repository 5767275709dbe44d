"""A working day in an office, a neighbour office with secrets of its own, and browsers of its people."""

from __future__ import annotations

import pytest

from tests.house import House


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

"""Levels proposed from findings, and the rhythm that each asks for."""

from datetime import date
from itertools import product

import pytest

from customers.levels import interval, latest, propose
from staff.models import OfficePolicy


@pytest.mark.rule("CARD-03")
@pytest.mark.rule("CARD-02")
def test_propose_gives_the_level_of_each_combination_of_findings():
    found = {
        (need, confidence, power): str(propose(need=need, confidence=confidence, power=power))
        for need, confidence, power in product([True, False], repeat=3)
    }
    assert found == {
        (True, True, True): "H",
        (True, True, False): "B",
        (True, False, True): "A",
        (True, False, False): "D",
        (False, True, True): "C",
        (False, True, False): "D",
        (False, False, True): "D",
        (False, False, False): "D",
    }


@pytest.mark.rule("FUP-01")
@pytest.mark.parametrize(
    ("level", "days"), [("O", 30), ("H", 2), ("A", 7), ("B", 15), ("C", 30), ("D", None), ("", None)]
)
def test_interval_is_the_regulation_s_by_default(level, days):
    assert interval(level, OfficePolicy()) == days


@pytest.mark.rule("FUP-01")
@pytest.mark.parametrize(
    ("level", "day", "due"),
    [
        ("H", date(2028, 2, 27), date(2028, 2, 29)),
        ("H", date(2026, 2, 27), date(2026, 3, 1)),
        ("A", date(2026, 12, 28), date(2027, 1, 4)),
        ("D", date(2026, 3, 1), None),
    ],
)
def test_latest_counts_over_leap_days_and_years(level, day, due):
    assert latest(level, day, OfficePolicy()) == due

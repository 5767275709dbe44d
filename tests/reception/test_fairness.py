"""Fairness figures: each number is the count of the events that it opens."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from reception import fairness
from sales import results
from staff.roles import Role
from tests.house import House, phone

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REC-20")]


@pytest.fixture
def worked(open_house: House) -> House:
    """A day with a turn for each of A and B, C passed, a returning customer and somebody only looking."""
    house = open_house
    first = house.visit("09:10", phone=phone(1))
    house.leave(first, "09:20")
    house.visit("09:21", phone=phone(2))
    house.away("C", "09:22")
    again = house.visit("09:23", phone=phone(1))
    house.leave(again, "09:24")
    third = house.visit("09:25", phone=phone(3))
    house.leave(third, "09:26")
    house.visit("09:27", look=True)
    return house


def shares(house: House, days: int = 0) -> dict[str, fairness.Share]:
    found = fairness.of_period(house.office, house.on - timedelta(days=days), house.on)
    return {share.name: share for share in found.shares}


def test_turns_passed_returning_and_given_back(worked: House):
    found = shares(worked)
    figures = {name: (s.taken, s.passed, s.returning, s.given_back, s.registered) for name, s in found.items()}
    assert figures == {"A": (2, 0, 1, 1, 2), "B": (1, 0, 0, 0, 1), "C": (0, 1, 0, 0, 0)}
    assert found["A"].per_turn == 1.0
    assert found["C"].per_turn is None
    assert found["A"].deals_per_turn is None


def test_every_figure_is_the_count_of_the_events_behind_it(worked: House):
    for name, share in shares(worked).items():
        for figure in fairness.COUNTED:
            events = fairness.behind(worked.office, worked.on, worked.on, who=worked.people[name].pk, figure=figure)
            assert len(events) == getattr(share, figure), (name, figure)


def test_a_period_sums_its_days(worked: House):
    worked.sleep()
    worked.sign_in("A", "B", "C")
    worked.visit("09:10", phone=phone(4))
    found = shares(worked, days=1)
    assert (found["A"].taken, found["A"].days) == (3, 2)
    assert fairness.of_period(worked.office, worked.on, worked.on).spread == 1


def test_deals_that_were_entered_count_per_turn(worked: House):
    manager = worked.hire("manager", Role.MARKETING_MANAGER)
    entered = {"first": worked.on, "last": worked.on, "deals": 1, "amount": Decimal(1)}
    results.enter(worked.office, user=worked.people["A"], by=manager, **entered)
    found = shares(worked)
    assert found["A"].deals_per_turn == 0.5
    assert found["B"].deals_per_turn == 0.0


def test_another_office_counts_for_nothing(worked: House, elsewhere: House):
    assert shares(elsewhere)["X"].taken == 0
    assert set(shares(elsewhere)) == {"X", "Y"}


def test_a_day_without_anybody_is_empty(open_house: House):
    empty = fairness.of_period(open_house.office, open_house.on - timedelta(days=9), open_house.on - timedelta(days=9))
    assert (empty.shares, empty.most, empty.spread) == ([], 1, 0)

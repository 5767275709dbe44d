"""The plan of a handover: balanced by level and in all, each customer once, the same every time (HAND-01)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.handover_plan import Held, balanced, in_turn

HELD = st.lists(
    st.builds(
        Held,
        pk=st.integers(1, 10_000),
        number=st.integers(1, 10_000),
        level=st.sampled_from(["O", "H", "A", "B", "C", "D", ""]),
        due=st.one_of(st.none(), st.dates(date(2026, 3, 1), date(2026, 4, 30))),
    ),
    unique_by=(lambda one: one.pk, lambda one: one.number),
    max_size=60,
)
RECEIVERS = st.lists(st.integers(1, 99), min_size=1, max_size=7, unique=True)


def spread(counts, receivers):
    """The difference between the most and the least."""
    found = [counts[one] for one in receivers]
    return max(found) - min(found)


@pytest.mark.rule("HAND-01")
@given(HELD, RECEIVERS)
def test_every_customer_once_and_levels_and_wholes_differ_by_one_at_most(held, receivers):
    plan = balanced(held, receivers)
    assert plan.keys() == {one.pk for one in held}
    assert spread(Counter(plan.values()), receivers) <= 1
    for level in {one.level for one in held}:
        assert spread(Counter(plan[one.pk] for one in held if one.level == level), receivers) <= 1


@pytest.mark.rule("HAND-01")
@given(HELD, RECEIVERS, st.randoms())
def test_the_plan_does_not_depend_on_the_order_of_reading(held, receivers, chance):
    shuffled = list(held)
    chance.shuffle(shuffled)
    assert balanced(held, receivers) == balanced(shuffled, receivers)
    assert in_turn(held, receivers) == in_turn(shuffled, receivers)


@pytest.mark.rule("HAND-01")
@given(HELD, RECEIVERS)
def test_what_is_due_first_is_spread_too(held, receivers):
    """Of each level, the first as many as there are receivers go to as many different ones."""
    plan = balanced(held, receivers)
    for level in {one.level for one in held}:
        first = sorted((one for one in held if one.level == level), key=lambda one: (one.due or date.max, one.number))
        taken = [plan[one.pk] for one in first[: len(receivers)]]
        assert len(set(taken)) == len(taken)


@pytest.mark.rule("HAND-01")
def test_by_number_alone():
    held = [Held(pk=n, number=100 - n, due=date(2026, 3, 1) + timedelta(days=n)) for n in range(1, 6)]
    assert in_turn(held, [7, 8]) == {5: 7, 4: 8, 3: 7, 2: 8, 1: 7}

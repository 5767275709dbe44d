"""The fourth-warning rule as a pure function."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staff.fourth_warning import Warned, fines, month_of

ZONE = "Asia/Shanghai"
MARCH = date(2026, 3, 1)
BEGIN = datetime(2026, 1, 30, tzinfo=UTC)
MOMENTS = st.integers(0, 90 * 24 * 3600).map(lambda seconds: BEGIN + timedelta(seconds=seconds))


@st.composite
def warnings(draw) -> list[Warned]:
    """Warnings of one person over three months, under policies that changed."""
    times = draw(st.lists(st.tuples(MOMENTS, st.integers(0, 5)), max_size=20))
    return [Warned(at, pk, month_of(at, ZONE), allowed) for pk, (at, allowed) in enumerate(times)]


def march(count: int, allowed: int = 3) -> list[Warned]:
    return [Warned(datetime(2026, 3, n, tzinfo=UTC), n, MARCH, allowed) for n in range(1, count + 1)]


@pytest.mark.rule("COND-02")
@pytest.mark.parametrize(("count", "rests_on"), [(0, 0), (3, 0), (4, 4), (5, 4), (12, 4)])
def test_more_than_three_bring_one_fine_that_rests_on_the_first_four(count, rests_on):
    found = fines(march(count))
    assert found == ({MARCH: tuple(march(rests_on))} if rests_on else {})


@pytest.mark.rule("COND-02")
def test_each_warning_goes_by_the_number_allowed_when_it_was_given():
    strict, lenient = march(2, allowed=1), march(4, allowed=4)
    assert fines(strict) == {MARCH: tuple(strict)}
    assert fines(lenient) == {}
    assert fines([*march(2), Warned(datetime(2026, 3, 9, tzinfo=UTC), 9, MARCH, 2)])[MARCH][-1].pk == 9
    assert fines(march(1, allowed=0)) == {MARCH: tuple(march(1, allowed=0))}


@pytest.mark.rule("COND-02")
def test_the_last_second_of_a_month_belongs_to_it():
    last = datetime(2026, 3, 31, 15, 59, 59, 999999, tzinfo=UTC)
    assert month_of(last, ZONE) == MARCH
    assert month_of(last + timedelta(microseconds=1), ZONE) == date(2026, 4, 1)
    assert month_of(last, "America/New_York") == month_of(last, "UTC") == MARCH


@given(warnings())
def test_a_fine_rests_on_the_first_warnings_of_its_month_up_to_the_one_too_many(given_ones):
    found = fines(given_ones)
    for month in {one.month for one in given_ones}:
        ordered = sorted(one for one in given_ones if one.month == month)
        rests_on = found.get(month, ())
        assert tuple(ordered[: len(rests_on)]) == rests_on
        over = [n > one.allowed for n, one in enumerate(ordered, 1)]
        assert bool(rests_on) == any(over)
        if rests_on:
            assert (over[len(rests_on) - 1], any(over[: len(rests_on) - 1])) == (True, False)


@given(warnings(), st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_looked_at_does_not_matter(given_ones, random):
    shuffled = list(given_ones)
    random.shuffle(shuffled)
    assert fines(shuffled) == fines(given_ones)


@pytest.mark.rule("COND-03")
@given(warnings(), st.data())
def test_to_withdraw_a_warning_never_brings_a_fine_and_touches_its_own_month_alone(given_ones, data):
    if not given_ones:
        return
    gone = data.draw(st.sampled_from(given_ones))
    before, after = fines(given_ones), fines(one for one in given_ones if one != gone)
    assert set(after) <= set(before)
    assert {month: found for month, found in after.items() if month != gone.month} == {
        month: found for month, found in before.items() if month != gone.month
    }
    assert gone not in after.get(gone.month, ())


@given(warnings(), MOMENTS, st.integers(0, 5))
def test_a_later_warning_never_makes_a_fine_fall(given_ones, at, allowed):
    later = Warned(max([at, *(one.at for one in given_ones)]), 99, month_of(at, ZONE), allowed)
    before, after = fines(given_ones), fines([*given_ones, later])
    assert {month: after[month] for month in before} == before

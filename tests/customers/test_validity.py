"""How long a registration holds: the count of thirty days, and any contacts in any order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.dates import day_bounds, last_valid_day, local_day, midnight
from customers.validity import holds_until

START = date(2026, 3, 1)
CONTACTS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 60)).map(
        lambda pair: (START + timedelta(days=pair[0]), START + timedelta(days=pair[0] + pair[1]))
    ),
    max_size=12,
)


def day(n: int) -> date:
    """The n-th day after the opening."""
    return START + timedelta(days=n)


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize(
    ("counted_from", "last"),
    [
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 1, 31), date(2026, 3, 2)),
        (date(2026, 1, 30), date(2026, 3, 1)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 3, 30)),
        (date(2027, 1, 30), date(2027, 3, 1)),
        (date(2026, 12, 15), date(2027, 1, 14)),
        (date(2026, 12, 2), date(2027, 1, 1)),
    ],
)
def test_thirty_days_do_not_count_the_day_itself(counted_from, last):
    assert last_valid_day(counted_from, 30) == last


@pytest.mark.rule("OWN-06")
def test_without_contacts_the_opening_day_gives_the_end():
    assert holds_until(day(30), []) == day(30)


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize(
    ("contacts", "end"),
    [
        ([0], 30),
        ([10], 40),
        ([30], 60),
        ([31], 30),
        ([10, 40], 70),
        ([10, 41], 40),
        ([40, 10], 70),
        ([10, 10], 40),
        ([5, 60], 35),
        ([20, 50, 80], 110),
    ],
)
def test_each_contact_moves_the_end_unless_it_comes_too_late(contacts, end):
    assert holds_until(day(30), [(day(n), day(n + 30)) for n in contacts]) == day(end)


@pytest.mark.rule("OWN-10")
@given(CONTACTS, st.randoms())
def test_the_order_in_which_contacts_were_recorded_does_not_matter(contacts, chance):
    shuffled = contacts[:]
    chance.shuffle(shuffled)
    assert holds_until(day(30), shuffled) == holds_until(day(30), contacts)


@pytest.mark.rule("OWN-10")
@given(CONTACTS)
def test_leaving_a_contact_out_never_makes_it_hold_longer(contacts):
    whole = holds_until(day(30), contacts)
    for n in range(len(contacts)):
        assert holds_until(day(30), contacts[:n] + contacts[n + 1 :]) <= whole


@given(CONTACTS)
def test_the_end_is_the_openings_or_that_of_a_contact_in_time(contacts):
    end = holds_until(day(30), contacts)
    assert end == day(30) or any(gives == end and when <= end for when, gives in contacts)
    assert end >= day(30)


@given(CONTACTS)
def test_no_contact_in_time_is_left_out(contacts):
    end = holds_until(day(30), contacts)
    assert all(gives <= end for when, gives in contacts if when <= end)


@given(CONTACTS, st.integers(0, 200))
def test_one_more_contact_after_the_end_changes_nothing(contacts, late):
    end = holds_until(day(30), contacts)
    beyond = end + timedelta(days=1 + late)
    assert holds_until(day(30), [*contacts, (beyond, beyond + timedelta(days=30))]) == end


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize(
    ("zone", "moment", "local"),
    [
        ("Asia/Shanghai", datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC), date(2026, 3, 31)),
        ("Asia/Shanghai", datetime(2026, 3, 31, 16, 0, 0, tzinfo=UTC), date(2026, 4, 1)),
        ("UTC", datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC), date(2026, 3, 31)),
        ("UTC", datetime(2026, 4, 1, 0, 0, 0, tzinfo=UTC), date(2026, 4, 1)),
        ("America/New_York", datetime(2026, 4, 1, 3, 59, 59, tzinfo=UTC), date(2026, 3, 31)),
        ("America/New_York", datetime(2026, 4, 1, 4, 0, 0, tzinfo=UTC), date(2026, 4, 1)),
    ],
)
def test_a_day_ends_at_local_midnight(zone, moment, local):
    assert local_day(moment, zone) == local


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York"]))
def test_a_day_holds_its_first_instant_and_not_its_last(when, zone):
    first, last = day_bounds(when, zone)
    second = timedelta(seconds=1)
    assert (local_day(first, zone), local_day(last, zone)) == (when, when + timedelta(days=1))
    assert local_day(last.astimezone(UTC) - second, zone) == when
    assert local_day(midnight(when, zone).astimezone(UTC) - second, zone) == when - timedelta(days=1)

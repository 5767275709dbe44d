"""The climb of a discount: monotone, ends at the first rung that covers it, refuses a faulty table in words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RuleError
from staff.approval_chain import ALL_RUNGS, BULK_RUNGS, STANDS_IN, checked, climb, shown
from staff.roles import Role

TABLE = {Role.BRANCH_MANAGER: Decimal(5), Role.HQ: Decimal(10), Role.CHAIRMAN: Decimal(100)}
BM, HQ, TOP = BULK_RUNGS
limits = st.lists(
    st.decimals(min_value=0, max_value=100, places=4, allow_nan=False), min_size=3, max_size=3, unique=True
).map(sorted)
percents = st.decimals(min_value=-50, max_value=100, places=4, allow_nan=False)
pytestmark = pytest.mark.rule("BULK-05")


def table_of(rows):
    return dict(zip(BULK_RUNGS, rows, strict=True))


@pytest.mark.parametrize(
    ("percent", "roles"),
    [
        ("0", ()),
        ("-3", ()),
        ("-0.0001", ()),
        ("0.0001", (BM,)),
        ("5", (BM,)),
        ("5.0000", (BM,)),
        ("5.0001", (BM, HQ)),
        ("10", (BM, HQ)),
        ("10.0001", (BM, HQ, TOP)),
        ("100", (BM, HQ, TOP)),
    ],
)
def test_climb_ends_at_the_first_whose_authority_covers_it(percent, roles):
    assert climb(Decimal(percent), TABLE) == roles


@pytest.mark.parametrize("percent", ["100.0001", "101", "1000000", "Infinity", "NaN", "-Infinity", "sNaN"])
def test_more_than_the_whole_price_and_what_is_no_number_are_refused(percent):
    with pytest.raises(RuleError, match="100"):
        climb(Decimal(percent), TABLE)


def test_a_discount_beyond_the_chairman_is_refused_with_the_limit():
    with pytest.raises(RuleError) as refused:
        climb(Decimal("30.5"), TABLE | {TOP: Decimal(30)})
    assert ("30.5" in str(refused.value), refused.value.rule) == (True, "BULK-05")


@given(limits, percents, percents)
def test_a_greater_discount_never_climbs_less_far(rows, one, other):
    table = table_of([*rows[:2], Decimal(100)]) if rows[1] < 100 else TABLE
    low, high = sorted([one, other])
    assert climb(high, table)[: len(climb(low, table))] == climb(low, table)


@given(limits, percents)
def test_climb_stops_at_the_first_that_covers_and_passes_every_one_that_does_not(rows, percent):
    table = table_of(rows)
    if percent > rows[-1]:
        with pytest.raises(RuleError):
            climb(percent, table)
        return
    roles = climb(percent, table)
    assert list(roles) == list(BULK_RUNGS[: len(roles)])
    assert all(table[role] < percent for role in roles[:-1])
    assert percent <= table[roles[-1]] if roles else percent <= 0


@given(limits, percents)
def test_rows_in_any_order_and_rows_of_other_roles_change_nothing(rows, percent):
    table = table_of([*rows[:2], Decimal(100)]) if rows[1] < 100 else TABLE
    turned = [*reversed(table.items()), (Role.SUPERVISOR, Decimal(1))]
    assert climb(percent, turned) == climb(percent, table)


@pytest.mark.parametrize(
    "table",
    [
        {BM: Decimal(5), TOP: Decimal(100)},
        {},
        [(BM, Decimal(5)), (BM, Decimal(6)), (HQ, Decimal(10)), (TOP, Decimal(100))],
        [(BM, Decimal(5)), (HQ, Decimal(10)), (HQ, Decimal(10)), (TOP, Decimal(100))],
        TABLE | {HQ: Decimal(5)},
        TABLE | {HQ: Decimal("4.9999")},
        TABLE | {TOP: Decimal(7)},
        TABLE | {TOP: Decimal("100.0001")},
        TABLE | {BM: Decimal("-1")},
        TABLE | {BM: Decimal("NaN")},
    ],
    ids=["hole", "empty", "doubled", "equal twice", "equal", "falling", "falling top", "over", "under", "no number"],
)
def test_a_faulty_table_is_refused_in_words_whatever_is_asked(table):
    for percent in (Decimal(0), Decimal(1)):
        with pytest.raises(RuleError) as refused:
            climb(percent, table)
        assert (refused.value.rule, len(str(refused.value)) > 10) == ("BULK-05", True)


@given(st.lists(st.decimals(min_value=0, max_value=100, places=4, allow_nan=False), min_size=3, max_size=3))
def test_a_table_passes_exactly_when_its_limits_rise(rows):
    rising = rows[0] < rows[1] < rows[2]
    try:
        assert checked(table_of(rows)) == rows
    except RuleError:
        assert not rising
    else:
        assert rising


def test_a_sloppy_climb_is_caught_by_the_same_properties():
    def sloppy(percent, table):
        return tuple(role for role in BULK_RUNGS if table[role] >= percent)[:1]

    with pytest.raises(AssertionError):
        assert sloppy(Decimal(7), TABLE) == climb(Decimal(7), TABLE)


def test_only_greater_authority_stands_in():
    for role, above in STANDS_IN.items():
        assert role not in above
        if role in ALL_RUNGS:
            assert above == ALL_RUNGS[ALL_RUNGS.index(role) + 1 :]
    assert STANDS_IN[Role.CLERK] == (Role.SUPERVISOR,)


@pytest.mark.parametrize(("percent", "text"), [("2.5000", "2.5"), ("10", "10"), ("1E+1", "10"), ("0.0001", "0.0001")])
def test_percentages_are_shown_without_idle_zeros(percent, text):
    assert shown(Decimal(percent)) == text

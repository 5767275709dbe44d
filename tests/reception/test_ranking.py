"""The order of the day by each strategy, as pure functions of plain values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reception.ranking import STRATEGIES, Background, rank
from staff.models import Strategy

NUMBERS = {11: 1, 12: 2, 13: 3, 14: 4}


def sold(deals: int, amount: int = 0) -> tuple[int, Decimal]:
    return deals, Decimal(amount)


def test_every_strategy_of_the_policy_has_its_order():
    assert set(STRATEGIES) == set(Strategy.values)


@pytest.mark.rule("REC-02")
def test_by_sign_in_is_the_order_of_signing_in():
    assert rank("sign_in", [13, 11, 12], Background(numbers=NUMBERS, closing_head=2)) == [13, 11, 12]


@pytest.mark.rule("REC-03")
@pytest.mark.parametrize(
    ("present", "closing_head", "order"),
    [
        ([13, 11, 12], None, [11, 12, 13]),
        ([13, 11, 12], 1, [11, 12, 13]),
        ([13, 11, 12], 2, [12, 13, 11]),
        ([13, 11, 12], 3, [13, 11, 12]),
        ([13, 11], 2, [13, 11]),
        ([11, 12], 3, [11, 12]),
        ([12], 4, [12]),
        ([], 2, []),
    ],
)
def test_by_number_begins_with_the_closing_head_or_the_next_number_present(present, closing_head, order):
    assert rank("number", present, Background(numbers=NUMBERS, closing_head=closing_head)) == order


@pytest.mark.rule("REC-03")
def test_by_number_puts_those_without_a_number_last():
    assert rank("number", [99, 12, 11], Background(numbers=NUMBERS)) == [11, 12, 99]


@pytest.mark.rule("REC-04")
@pytest.mark.parametrize(
    ("results", "order"),
    [
        ({}, [11, 12, 13]),
        ({13: sold(2, 100), 11: sold(1, 900)}, [13, 11, 12]),
        ({13: sold(1, 100), 12: sold(1, 200)}, [12, 13, 11]),
        ({13: sold(1, 100), 12: sold(1, 100)}, [12, 13, 11]),
        ({99: sold(9, 900), 12: sold(1)}, [12, 11, 13]),
    ],
)
def test_by_month_ranks_by_count_then_amount_then_number(results, order):
    assert rank("month_results", [13, 12, 11], Background(numbers=NUMBERS, results=results)) == order


@pytest.mark.rule("REC-05")
@pytest.mark.parametrize(
    ("results", "last_order", "order"),
    [
        ({12: sold(1, 5)}, [13, 11, 12], [12, 11, 13]),
        ({}, [13, 11, 12], [13, 11, 12]),
        ({12: sold(0)}, [13, 11, 12], [13, 11, 12]),
        ({}, [13, 11], [13, 11, 12]),
        ({}, [], [11, 12, 13]),
    ],
)
def test_by_day_takes_yesterdays_results_or_keeps_yesterdays_order(results, last_order, order):
    background = Background(numbers=NUMBERS, last_order=last_order, results=results)
    assert rank("day_results", [13, 12, 11], background) == order


@pytest.mark.rule("REC-05")
def test_by_day_puts_newcomers_last_by_number_when_the_order_is_kept():
    background = Background(numbers=NUMBERS, last_order=[14])
    assert rank("day_results", [13, 11, 14], background) == [14, 11, 13]


@given(
    st.sampled_from(sorted(STRATEGIES)),
    st.permutations([11, 12, 13, 14, 99]),
    st.none() | st.integers(1, 6),
    st.permutations([11, 12, 13, 14, 99]),
    st.dictionaries(st.sampled_from([11, 12, 13, 77]), st.tuples(st.integers(0, 3), st.decimals(0, 9, places=2))),
)
def test_every_order_holds_exactly_those_present(strategy, present, closing_head, last_order, results):
    background = Background(NUMBERS, closing_head, last_order, results)
    assert sorted(rank(strategy, present, background)) == sorted(present)


@pytest.mark.rule("REC-03")
@given(st.permutations([11, 12, 13, 14]), st.permutations([11, 12, 13, 14]), st.integers(1, 5))
def test_by_number_does_not_depend_on_who_signed_in_first(one, other, closing_head):
    background = Background(numbers=NUMBERS, closing_head=closing_head)
    assert rank("number", one, background) == rank("number", other, background)

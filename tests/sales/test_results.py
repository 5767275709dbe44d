"""Results of a month or a day, and the ranking that follows from them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RuleError
from reception.ranking import Background, by_results
from sales import deals, results
from sales.models import Result, Unit
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member

FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))
earned = st.dictionaries(st.integers(1, 8), st.tuples(st.integers(0, 3), st.decimals(0, 100, places=2)))


@pytest.fixture
def office(db):
    return OfficeFactory()


@pytest.fixture
def manager(office):
    return staff_member(Role.MARKETING_MANAGER, office)


def enter(office, manager, user, *, deals=1, amount="100", period=FEBRUARY):
    first, last = period
    return results.enter(office, user=user, first=first, last=last, deals=deals, amount=Decimal(amount), by=manager)


@pytest.mark.rule("REC-04")
@given(earned=earned, numbers=st.permutations(range(1, 9)))
def test_the_ranking_is_the_one_the_rotation_uses(earned, numbers):
    by_person = dict(enumerate(numbers, 1))
    people = list(by_person)
    assert results.ranking(earned, by_person) == by_results(people, Background(numbers=by_person, results=earned))


@pytest.mark.rule("REC-04")
def test_more_deals_go_first_then_the_amount_then_the_staff_number():
    found = results.ranking(
        {1: (1, Decimal(5)), 2: (2, Decimal(1)), 3: (1, Decimal(9))}, {1: 1, 2: 2, 3: 3, 4: 9, 5: 8}
    )
    assert found == [2, 3, 1, 5, 4]


@pytest.mark.rule("REC-05")
def test_a_day_and_a_month_are_kept_apart(office, manager):
    rep = staff_member(Role.REP, office, 1)
    enter(office, manager, rep, deals=3)
    enter(office, manager, rep, deals=1, period=(date(2026, 2, 28), date(2026, 2, 28)))
    assert results.of_month(office, date(2026, 2, 14)) == {rep.pk: (3, Decimal(100))}
    assert results.of_day(office, date(2026, 2, 28)) == {rep.pk: (1, Decimal(100))}
    assert results.of_month(office, date(2026, 3, 1)) == {}


@pytest.mark.rule("REC-04")
def test_entering_again_replaces_and_the_history_knows_who(office, manager):
    rep = staff_member(Role.REP, office, 1)
    for many in (1, 2, 2):
        enter(office, manager, rep, deals=many)
    assert Result.objects.get().deals == 2
    assert [(row.deals, row.history_user) for row in Result.history.order_by("history_id")][-1] == (2, manager)
    assert Result.history.count() == 2


@pytest.mark.rule("REC-04")
def test_results_are_entered_by_the_manager_for_staff_of_the_office_alone(office, manager):
    rep = staff_member(Role.REP, office, 1)
    stranger = staff_member(Role.REP)
    with pytest.raises(RuleError):
        enter(office, staff_member(Role.SUPERVISOR, office), rep)
    with pytest.raises(RuleError):
        enter(office, staff_member(Role.MARKETING_MANAGER), rep)
    with pytest.raises(RuleError):
        enter(office, manager, stranger)
    with pytest.raises(RuleError):
        enter(office, manager, rep, deals=0)
    assert Result.objects.count() == 0


@pytest.mark.rule("DEAL-02")
@pytest.mark.rule("REC-04")
def test_signed_contracts_speak_before_the_table_and_cancelled_ones_do_not_count(trade):
    rep, month = trade.people["A"], trade.on
    rest = staff_member(Role.MARKETING_MANAGER, trade.office)
    results.enter(
        trade.office, user=rep, first=month.replace(day=1), last=date(2026, 3, 31), deals=9, amount=Decimal(9), by=rest
    )
    made = [
        deals.subscribe(trade.buyer, unit, by=rep, now=trade.at("10:00"))
        for unit in Unit.objects.order_by("list_price")
    ]
    assert results.of_month(trade.office, month) == {rep.pk: (9, Decimal(9))}
    for deal, clock in zip(made, ("00:00", "23:59:59"), strict=True):
        deals.contract(deal, by=trade.manager, now=trade.at(clock))
    assert results.of_month(trade.office, month) == results.of_day(trade.office, month)
    assert results.of_day(trade.office, month) == {rep.pk: (2, Decimal(3_000_000))}
    deals.cancel(made[0], by=trade.supervisor, now=trade.at("12:00"), reason="退房")
    assert results.of_day(trade.office, month) == {rep.pk: (1, Decimal(2_000_000))}
    deals.cancel(made[1], by=trade.supervisor, now=trade.at("12:00"), reason="退房")
    assert results.of_month(trade.office, month) == {rep.pk: (9, Decimal(9))}
    assert results.of_day(trade.office, month) == {}
    assert results.of_day(trade.office, date(2026, 3, 1)) == {}


@pytest.mark.rule("REC-05")
def test_a_day_of_nothing_but_cancelled_contracts_keeps_the_order_as_one_without_deals(trade):
    deal = deals.subscribe(
        trade.buyer, Unit.objects.order_by("list_price").first(), by=trade.people["A"], now=trade.at("10:00")
    )
    deals.contract(deal, by=trade.manager, now=trade.at("11:00"))
    assert results.signed(trade.office, trade.on, trade.on) == {trade.people["A"].pk: (1, Decimal(1_000_000))}
    deals.cancel(deal, by=trade.supervisor, now=trade.at("12:00"), reason="退房")
    assert results.signed(trade.office, trade.on, trade.on) is None

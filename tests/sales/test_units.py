"""Units added, repriced, held and released, and laid out by floor and room."""

from __future__ import annotations

import pytest

from common.errors import RuleError
from sales import deals, unit_changes, unit_grid, units
from sales.models import Unit


def laid(code, floor, room, entrance="1"):
    return {"code": code, "floor": floor, "room": room, "entrance": entrance}


def test_a_grid_has_floors_downwards_and_rooms_across():
    found = unit_grid.grid(
        [laid("a", 2, "201"), laid("b", 10, "1002"), laid("c", 2, "210"), laid("d", -1, "01"), laid("e", None, "x")]
    )
    assert found.columns == [("1", "01"), ("1", "02"), ("1", "10")]
    assert [(floor, [cell and cell["code"] for cell in cells]) for floor, cells in found.rows] == [
        (10, [None, "b", None]),
        (2, ["a", None, "c"]),
        (-1, ["d", None, None]),
    ]
    assert [unit["code"] for unit in found.loose] == ["e"]


def test_two_units_in_one_place_are_both_shown():
    found = unit_grid.grid([laid("a", 2, "201"), laid("b", 2, "201")])
    assert ([row[1][0]["code"] for row in found.rows], [one["code"] for one in found.loose]) == (["a"], ["b"])


@pytest.mark.rule("DEAL-01")
def test_only_the_manager_of_the_office_changes_units(trade, rivals):
    unit = Unit.objects.get(code="1-1-101")
    at = trade.at("12:00")
    for who in (trade.people["A"], trade.supervisor, rivals.manager):
        with pytest.raises(RuleError):
            units.hold(unit, by=who, now=at)
        with pytest.raises(RuleError):
            units.reprice(unit, list_price=1, by=who, now=at)
        with pytest.raises(RuleError):
            units.add(trade.office, by=who, now=at, code="n", list_price=1)
    assert Unit.objects.filter(office=trade.office, state="for_sale", list_price=1_000_000).count() == 1


@pytest.mark.rule("DEAL-01")
def test_a_unit_held_back_cannot_be_subscribed_until_released(trade):
    unit = Unit.objects.get(code="1-1-101")
    units.hold(unit, by=trade.manager, now=trade.at("12:00"))
    with pytest.raises(RuleError):
        units.hold(unit, by=trade.manager, now=trade.at("12:00"))
    with pytest.raises(RuleError) as refused:
        deals.subscribe(trade.buyer, unit, by=trade.people["A"], now=trade.at("12:00"))
    assert refused.value.rule == "DEAL-01"
    units.release(unit, by=trade.manager, now=trade.at("12:01"))
    deals.subscribe(trade.buyer, unit, by=trade.people["A"], now=trade.at("12:02"))
    with pytest.raises(RuleError):
        units.hold(unit, by=trade.manager, now=trade.at("12:03"))


@pytest.mark.rule("DEAL-01")
def test_another_list_price_is_kept_with_its_author_and_leaves_deals_alone(trade):
    unit = Unit.objects.get(code="1-1-101")
    deal = deals.subscribe(trade.buyer, unit, by=trade.people["A"], now=trade.at("12:00"))
    for price in ("900000", "900000"):
        units.reprice(unit, list_price=price, by=trade.manager, now=trade.at("13:00"))
    deal.refresh_from_db()
    assert (deal.price, deal.list_price) == (1_000_000, 1_000_000)
    last = unit_changes.changes(unit)[0]
    assert (last.list_price, last.by, len(unit_changes.changes(unit))) == (900_000, trade.manager, 3)


@pytest.mark.rule("DEAL-01")
def test_a_code_is_used_once(trade):
    with pytest.raises(RuleError):
        units.add(trade.office, by=trade.manager, now=trade.at("12:00"), code=" 1-1-101 ", list_price=1)


@pytest.mark.rule("DEAL-01")
def test_each_state_that_a_deal_gives_a_unit_is_kept_with_author_and_time(trade):
    unit = Unit.objects.get(code="1-1-101")
    deal = deals.subscribe(trade.buyer, unit, by=trade.people["A"], now=trade.at("12:00"))
    deals.contract(deal, by=trade.manager, now=trade.at("13:00"))
    deals.cancel(deal, by=trade.manager, now=trade.at("14:00"), reason="不买了")
    assert [(one.state, one.by, one.at) for one in unit_changes.changes(unit, limit=3)] == [
        ("for_sale", trade.manager, trade.at("14:00")),
        ("contracted", trade.manager, trade.at("13:00")),
        ("subscribed", trade.people["A"], trade.at("12:00")),
    ]

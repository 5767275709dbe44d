"""Contracts: five parts, each missing one named; discount and units as approved; one unit in one contract (BULK-06)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from bigaccounts import climb, contracts
from bigaccounts.lists import BuyerLine, InstalmentLine
from bigaccounts.models import ContractUnit, Place
from common.errors import RuleError
from sales import units as unit_rules
from sales.models import Unit


def draft(trade, case, **said):
    return contracts.draft(case, by=trade.supervisor, now=trade.now, **{**trade.parts(), **said})


def sign(trade, case):
    return contracts.sign(case, by=trade.supervisor, now=trade.now)


@pytest.mark.rule("BULK-06")
def test_a_complete_contract_is_signed_and_its_units_are_reserved(trade):
    case = trade.signed("4")
    rows = list(case.contract_units.select_related("unit"))
    for row in rows:
        row.case = case
    assert {(row.place, row.unit.state, row.unit.held_for, row.price) for row in rows} == {
        ("live", "held", f"bulk:{case.pk}", Decimal("960000.00"))
    }
    assert (case.state, case.units, len(rows)) == ("signed", 12, 12)
    assert contracts.totals(case) == (Decimal("12000000.00"), Decimal("11520000.00"))


@pytest.mark.rule("BULK-06")
@pytest.mark.parametrize(
    ("without", "part"),
    [
        ({"buyers": []}, "buyers"),
        ({"units": []}, "units"),
        ({"way": ""}, "payment"),
        ({"instalments": []}, "payment"),
        ({"percent": None}, "discount"),
        ({"special": " "}, "special"),
    ],
)
def test_one_part_missing_is_named_and_nothing_is_signed(trade, without, part):
    case = trade.discounted()
    draft(trade, case, **without)
    case = trade.fresh(case)
    assert contracts.missing(case) == [part]
    with pytest.raises(RuleError) as refused:
        sign(trade, case)
    assert refused.value.rule == "BULK-06"
    assert str(contracts.PARTS[part]) in str(refused.value)
    assert trade.fresh(case).state == "approved"
    assert not Unit.objects.exclude(state="for_sale").exists()


@pytest.mark.rule("BULK-06")
@pytest.mark.parametrize("percent", ["3.9999", "4.0001", "0"])
def test_a_discount_that_was_not_approved_is_not_signed_and_not_told(trade, percent):
    case = trade.drafted("4")
    draft(trade, case, percent=percent)
    case = trade.fresh(case)
    with pytest.raises(RuleError) as refused:
        sign(trade, case)
    assert refused.value.rule == "BULK-06"
    assert "4" not in str(refused.value)


@pytest.mark.rule("BULK-06")
@pytest.mark.parametrize("count", [11, 13])
def test_another_number_of_units_than_approved_is_not_signed(trade, count):
    case = trade.drafted(units=12)
    draft(trade, case, units=trade.units(count))
    with pytest.raises(RuleError) as refused:
        sign(trade, trade.fresh(case))
    assert refused.value.rule == "BULK-06"


@pytest.mark.rule("BULK-06")
def test_without_a_discount_the_plan_is_enough(trade):
    case = trade.negotiating(12)
    draft(trade, case, percent="0")
    sign(trade, trade.fresh(case))
    row = ContractUnit.objects.select_related("case__key").first()
    assert row.price == Decimal("1000000.00")


@pytest.mark.rule("BULK-05")
def test_a_discount_that_waits_or_was_changed_stops_the_signing(trade):
    case = trade.drafted("4")
    climb.ask(case, by=trade.supervisor, now=trade.now, percent="4")
    with pytest.raises(RuleError) as refused:
        sign(trade, trade.fresh(case))
    assert refused.value.rule == "BULK-06"
    climb.withdraw(trade.fresh(case), by=trade.supervisor, now=trade.now)
    climb.ask(trade.fresh(case), by=trade.supervisor, now=trade.now, percent="3")
    climb.decide(trade.fresh(case), by=trade.branch_manager, now=trade.now, decision="refuse", reason="不行")
    with pytest.raises(RuleError):
        sign(trade, trade.fresh(case))


@pytest.mark.rule("BULK-06")
def test_buyers_are_listed_once(trade):
    case = trade.discounted()
    for twice in (
        [BuyerLine("王小平"), BuyerLine("王小平")],
        [BuyerLine("王小平", "12x"), BuyerLine("王 小平", "12X")],
        [BuyerLine("")],
        [BuyerLine("长" * 61)],
    ):
        with pytest.raises(RuleError) as refused:
            draft(trade, case, buyers=twice)
        assert refused.value.rule == "BULK-06"
    draft(trade, case, buyers=[BuyerLine("王小平", "1"), BuyerLine("王小平", "2")])
    assert case.buyers.count() == 2


@pytest.mark.rule("BULK-06")
def test_a_unit_that_is_not_to_be_had_is_refused(trade, rivals):
    case, (first, *rest) = trade.discounted(), trade.units(12)
    with pytest.raises(RuleError) as refused:
        draft(trade, case, units=[*rest, rivals.units(1)[0]])
    assert refused.value.rule == "OFF-01"
    with pytest.raises(RuleError):
        draft(trade, case, units=[first, *rest, first])
    unit_rules.hold(first, by=trade.manager, now=trade.now)
    with pytest.raises(RuleError) as refused:
        draft(trade, case, units=[first, *rest])
    assert refused.value.rule == "BULK-06"
    assert not case.contract_units.exists()


@pytest.mark.rule("BULK-06")
@pytest.mark.rule("DEAL-01")
def test_a_unit_in_another_contract_is_refused_at_the_draft_and_at_the_signing(trade):
    case = trade.drafted("4")
    other = trade.signed("3")
    with pytest.raises(RuleError) as refused:
        sign(trade, case)
    assert refused.value.rule == "BULK-06"
    assert trade.fresh(case).state == "approved"
    with pytest.raises(RuleError):
        draft(trade, case)
    assert other.contract_units.filter(place=Place.LIVE).count() == 12
    with pytest.raises(RuleError) as refused:
        unit_rules.release(trade.units(1)[0], by=trade.manager, now=trade.now)
    assert refused.value.rule == "DEAL-01"


def test_the_database_keeps_a_unit_in_one_contract_alone(trade):
    case, other = trade.signed(), trade.opened()
    row = case.contract_units.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractUnit.objects.create(case=other, unit=row.unit, place=Place.LIVE, list_price=1)


@pytest.mark.rule("BULK-06")
def test_only_whoever_runs_the_case_drafts_and_signs(trade):
    case = trade.drafted()
    for by in (trade.other_supervisor, trade.clerk, trade.finance, trade.branch_manager, trade.people["A"]):
        with pytest.raises(RuleError):
            contracts.sign(case, by=by, now=trade.now)
        with pytest.raises(RuleError):
            contracts.draft(case, by=by, now=trade.now)
    sign(trade, case)
    with pytest.raises(RuleError):
        draft(trade, trade.fresh(case))
    with pytest.raises(RuleError):
        sign(trade, trade.fresh(case))


@pytest.mark.rule("BULK-11")
def test_no_figure_of_a_contract_lies_in_the_clear(trade):
    """Every column of every table: neither the percent nor a price, nor a buyer's name, in any spelling."""
    from tests.test_canaries import found

    case = trade.drafted("7.3519", buyers=[BuyerLine("购房甲壬", "330109")], way="条款甲壬", special="特约甲壬")
    contracts.draft(
        case,
        by=trade.supervisor,
        now=trade.now,
        **{
            **trade.parts("7.3519"),
            "buyers": [BuyerLine("购房甲壬", "330109")],
            "way": "条款甲壬",
            "special": "特约甲壬",
            "instalments": [InstalmentLine(date(2026, 4, 1), Decimal("4321987.65"))],
        },
    )
    sign(trade, trade.fresh(case))
    secrets = {
        "percent": "7.3519",
        "price": "926481",
        "amount": "4321987",
        "buyer": "购房甲壬",
        "way": "条款甲壬",
        "special": "特约甲壬",
    }
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            values = (value for row in cursor.fetchall() for value in row)
            rows[table] = b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in values)
    assert found(secrets, rows) == []
    assert found({"name": "supervisor"}, rows) != []

"""Execution: formalities by the contract alone, changes of units and buyers, payments, flipping (BULK-08..10)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bigaccounts import buyers, execution, flipping, watching
from bigaccounts.lists import BuyerLine
from bigaccounts.models import Freeze, Place, Purpose
from common.errors import RuleError
from sales import deals, results
from sales.models import Deal, Unit
from staff.models import Notice
from tests.house import phone


@pytest.fixture
def signed(trade):
    """A signed contract, and two customers: one on the list, one not."""
    trade.sign_in("A", "B")
    trade.buyer = trade.customer(trade.call("09:30", "A", name="王小平", phone=phone(1)))
    trade.stranger = trade.customer(trade.call("09:40", "B", name="李四海", phone=phone(2)))
    return trade.signed("4")


def take(trade, case, **said):
    said = {"customer": trade.buyer, "unit": trade.units(1)[0], "price": "960000", "by": trade.clerk, **said}
    return execution.take(case, now=trade.now, **said)


def refused(rule, call, *args, **kwargs):
    with pytest.raises(RuleError) as error:
        call(*args, **kwargs)
    assert error.value.rule == rule, str(error.value)


@pytest.mark.rule("BULK-10")
def test_a_listed_buyer_takes_a_listed_unit_at_the_contract_price(trade, signed):
    row = take(trade, signed)
    assert (row.deal.state, row.deal.rep, row.deal.confirmed_by) == ("contracted", trade.people["A"], trade.clerk)
    assert (row.deal.price, row.deal.price_sealed) == (Decimal(1_000_000), True)
    unit = Unit.objects.get(pk=row.unit_id)
    assert (unit.state, unit.held_for) == ("contracted", "")
    assert execution.watch(trade.fresh(signed), today=trade.on).taken == 1
    assert trade.fresh(signed).contract_units.get(deal=row.deal).buyer.place == Place.LIVE


@pytest.mark.rule("BULK-10")
def test_whatever_is_not_the_contracts_is_refused(trade, signed, rivals):
    outside = trade.units(1, 20)[0]
    refused("BULK-10", take, trade, signed, customer=trade.stranger)
    refused("BULK-10", take, trade, signed, unit=outside)
    for price in ("960000.01", "1000000", "959999"):
        refused("BULK-10", take, trade, signed, price=price)
    for price in ("0", "-1", "x", "960000.001"):
        refused("DEAL-02", take, trade, signed, price=price)
    refused("BULK-10", take, trade, signed, by=trade.people["A"])
    refused("BULK-10", take, trade, signed, by=rivals.clerk)
    assert not Deal.objects.exists()
    take(trade, signed)
    refused("BULK-10", take, trade, signed)
    assert Deal.objects.count() == 1


@pytest.mark.rule("BULK-10")
def test_no_formalities_before_the_contract_or_after_it_was_given_up(trade, signed):
    refused("BULK-10", take, trade, trade.discounted())
    execution.drop(signed, by=trade.manager, now=trade.now, reason="违约")
    refused("BULK-10", take, trade, trade.fresh(signed))
    assert set(Unit.objects.filter(office=trade.office).values_list("state", "held_for")) == {("for_sale", "")}


@pytest.mark.rule("BULK-10")
def test_flipping_freezes_until_the_marketing_manager_lifts_it(trade, signed):
    refused("BULK-10", flipping.freeze, signed, by=trade.clerk, now=trade.now, reason=" ")
    flipping.freeze(signed, by=trade.clerk, now=trade.now, reason="挂牌转卖")
    refused("BULK-10", flipping.freeze, signed, by=trade.clerk, now=trade.now, reason="再次")
    refused("BULK-10", take, trade, signed)
    assert {one.user for one in Notice.objects.filter(key__contains=":freeze:")} == {
        trade.manager,
        trade.clerk,
        trade.supervisor,
    }
    for by in (trade.clerk, trade.supervisor, trade.branch_manager):
        refused("BULK-10", flipping.lift, signed, by=by, now=trade.now, reason="查过")
    refused("BULK-10", flipping.lift, signed, by=trade.manager, now=trade.now, reason="")
    assert flipping.lift(signed, by=trade.manager, now=trade.now, reason="查过") == 1
    refused("BULK-10", flipping.lift, signed, by=trade.manager, now=trade.now, reason="查过")
    take(trade, signed)


@pytest.mark.rule("BULK-10")
def test_one_buyer_alone_can_be_frozen(trade, signed):
    rows = {row.name: row for row in signed.buyers.select_related("case__key")}
    flipping.freeze(signed, by=trade.supervisor, now=trade.now, reason="疑", buyer=rows["云栖大学"])
    take(trade, signed)
    flipping.freeze(signed, by=trade.supervisor, now=trade.now, reason="疑", buyer=rows["王小平"])
    refused("BULK-10", take, trade, signed, unit=trade.units(1, 2)[0])
    assert Freeze.objects.filter(lifted_at__isnull=True).count() == 2


def test_a_bulk_deal_is_undone_in_the_case_alone(trade, signed):
    row = take(trade, signed)
    refused("BULK-10", deals.cancel, row.deal, by=trade.supervisor, now=trade.now, reason="退")
    refused("BULK-10", execution.take_back, signed, by=trade.clerk, now=trade.now, unit=row.unit, reason="退")
    execution.take_back(signed, by=trade.manager, now=trade.now, unit=row.unit, reason="退房")
    unit = Unit.objects.get(pk=row.unit_id)
    assert (unit.state, unit.held_for, Deal.objects.get().state) == ("held", f"bulk:{signed.pk}", "cancelled")
    take(trade, signed)


@pytest.mark.rule("BULK-11")
def test_figures_count_a_bulk_deal_at_its_list_price(trade, signed):
    take(trade, signed)
    assert results.of_day(trade.office, trade.on) == {trade.people["A"].pk: (1, Decimal("1000000.00"))}


@pytest.mark.rule("BULK-08")
def test_a_change_of_units_is_reported_to_branch_and_hq_at_once(trade, signed):
    before = {one.pk for one in Notice.objects.all()}
    units = [*trade.units(11), *trade.units(3, 15)]
    execution.change_units(signed, by=trade.clerk, now=trade.now, units=units, reason="加两套")
    told = Notice.objects.exclude(pk__in=before)
    assert {one.user for one in told} == {trade.manager, trade.branch_manager, trade.hq}
    assert all("12" in one.text and "14" in one.text for one in told)
    case = trade.fresh(signed)
    assert (case.units, case.hq_since is not None, case.hq_prices) == (14, True, False)
    assert set(Unit.objects.filter(held_for=f"bulk:{case.pk}")) == set(units)
    assert trade.units(1, 12)[0].state == "for_sale"


@pytest.mark.rule("BULK-08")
@pytest.mark.rule("BULK-02")
def test_a_change_of_units_keeps_to_the_rules(trade, signed):
    change = {"by": trade.clerk, "now": trade.now, "reason": "变动"}
    refused("BULK-02", execution.change_units, signed, units=trade.units(10), **change)
    refused("BULK-08", execution.change_units, signed, units=trade.units(12), **change)
    refused("BULK-08", execution.change_units, signed, units=trade.units(11), **{**change, "reason": ""})
    refused("BULK-08", execution.change_units, signed, units=trade.units(11), **{**change, "by": trade.people["A"]})
    take(trade, signed, unit=trade.units(1, 12)[0])
    refused("BULK-08", execution.change_units, signed, units=trade.units(11), **change)
    assert trade.fresh(signed).units == 12


@pytest.mark.rule("BULK-08")
def test_payments_are_watched_against_the_schedule(trade, signed):
    watch = execution.watch(signed, today=trade.on)
    assert (watch.contracted, watch.taken, watch.all, watch.paid, watch.overdue) == (12, 0, 2, 0, 0)
    first = signed.instalments.order_by("due_on").first()
    trade.sleep(31)
    assert execution.watch(signed, today=trade.on).overdue == 1
    assert watching.remind(now=trade.now) == 5  # late filing to three, the overdue instalment to two
    execution.pay(signed, by=trade.clerk, now=trade.now, instalment=first)
    refused("BULK-08", execution.pay, signed, by=trade.clerk, now=trade.now, instalment=first)
    refused("BULK-08", execution.pay, signed, by=trade.finance, now=trade.now, instalment=first)
    watch = execution.watch(signed, today=trade.on)
    assert (watch.paid, watch.overdue, watch.amount_paid) == (1, 0, Decimal(5_000_000))
    assert watching.remind(now=trade.now) == 0


def ask(trade, case, *names, **said):
    proof = trade.attach(case, Purpose.PROOF)
    said = {"by": trade.clerk, "reason": "调动", "proof": proof, **said}
    return buyers.ask(case, now=trade.now, buyers=[BuyerLine(name) for name in names], **said)


def listed(trade, case):
    rows = trade.fresh(case).buyers.filter(place=Place.LIVE).select_related("case__key").order_by("pk")
    return [row.name for row in rows]


@pytest.mark.rule("BULK-09")
def test_buyers_change_with_proof_verification_and_approval(trade, signed):
    ask(trade, signed, "云栖大学", "李四海")
    refused("BULK-10", take, trade, signed, customer=trade.stranger)
    refused("BULK-09", buyers.decide, signed, by=trade.branch_manager, now=trade.now, decision="approve")
    buyers.decide(signed, by=trade.manager, now=trade.now, decision="approve")
    assert listed(trade, signed) == ["云栖大学", "王小平"]
    refused("BULK-09", buyers.decide, signed, by=trade.manager, now=trade.now, decision="approve")
    buyers.decide(signed, by=trade.branch_manager, now=trade.now, decision="approve")
    assert listed(trade, signed) == ["云栖大学", "李四海"]
    refused("BULK-10", take, trade, signed)
    take(trade, signed, customer=trade.stranger)


@pytest.mark.rule("BULK-09")
def test_a_change_of_buyers_needs_its_proof_and_comes_one_at_a_time(trade, signed):
    wrong = trade.attach(signed, Purpose.OTHER)
    for proof in (None, wrong):
        refused("BULK-09", ask, trade, signed, "云栖大学", proof=proof)
    refused("BULK-09", ask, trade, signed, "云栖大学", reason=" ")
    refused("BULK-09", ask, trade, signed)
    refused("BULK-06", ask, trade, signed, "李四海", "李四海")
    refused("BULK-09", ask, trade, signed, "云栖大学", by=trade.people["A"])
    ask(trade, signed, "云栖大学")
    refused("BULK-09", ask, trade, signed, "王小平")


@pytest.mark.rule("BULK-09")
def test_a_refused_change_leaves_the_list_and_nobody_verifies_their_own(trade, signed):
    ask(trade, signed, "云栖大学", by=trade.manager)
    refused("BULK-09", buyers.decide, signed, by=trade.manager, now=trade.now, decision="approve")
    refused("BULK-09", buyers.decide, signed, by=trade.branch_manager, now=trade.now, decision="refuse", reason="")
    buyers.decide(signed, by=trade.branch_manager, now=trade.now, decision="refuse", reason="证明不符")
    assert listed(trade, signed) == ["云栖大学", "王小平"]


@pytest.mark.rule("BULK-09")
def test_whoever_took_a_unit_stays_on_the_list(trade, signed):
    take(trade, signed)
    refused("BULK-09", ask, trade, signed, "云栖大学")

"""What is typed wrongly on the pages of bulk cases: refused by its rule, nothing half done, everything kept."""

from __future__ import annotations

from typing import Any

import pytest

from bigaccounts import climb
from bigaccounts.models import Ask, Buyer, BuyerChange, ContractUnit, Paper
from sales.models import Deal, Unit
from staff.models import ApprovalRequest

pytestmark = pytest.mark.django_db


def act(client, case, name: str, **said: Any):
    return client.post(f"/bulk/{case.pk}/do/{name}/", said)


def refused(answer, rule: str, *kept: str) -> None:
    """The same page, the summary first, the rule named, what was typed kept."""
    body = answer.content.decode()
    assert (answer.status_code, "data-error-summary" in body) == (422, True)
    assert [word for word in (rule, *kept) if word not in body] == []


@pytest.mark.rule("BULK-05")
@pytest.mark.parametrize("percent", ["0", "-1", "100", "100.5", "5.00001", "x"])
def test_what_is_no_discount_is_refused_where_it_is_asked_for(trade, sign_in, percent):
    case = trade.negotiating()
    answer = act(sign_in(trade.supervisor), case, "ask", percent=percent, units="12", reason="集体购房")
    refused(answer, "BULK-05", "集体购房", f'value="{percent}"')
    assert (trade.fresh(case).state, Ask.objects.count()) == ("negotiating", 0)


@pytest.mark.rule("BULK-02")
@pytest.mark.parametrize("units", ["10", "0", "1000000"])
@pytest.mark.parametrize(("stage", "name"), [("opened", "plan"), ("negotiating", "ask")])
def test_ten_units_are_refused_in_a_plan_and_with_a_discount(trade, sign_in, stage, name, units):
    case = getattr(trade, stage)()
    said = {"percent": "3", "units": units, "reason": "集体购房", "terms": "团购方案"}
    refused(act(sign_in(trade.supervisor), case, name, **said), "BULK-02", f'value="{units}"')
    assert trade.fresh(case).units == 12


@pytest.mark.rule("BULK-05")
@pytest.mark.parametrize("limits", [{"hq": ""}, {"hq": "5"}, {"hq": "4"}, {"chairman": "101"}])
def test_a_table_with_a_hole_or_equal_rows_is_refused_where_it_is_set(trade, sign_in, limits):
    client = sign_in(trade.manager)
    form = client.get("/discounts/").context["form"]
    typed = {name: str(form[name].value()) for name in form.fields if name != "reason"}
    answer = client.post("/discounts/", {**typed, "reason": "开盘政策", **limits})
    refused(answer, next(iter(limits.values())) or "data-error-summary", "开盘政策")
    again = client.get("/discounts/").context["form"]
    assert {name: str(again[name].value()) for name in typed} == typed


@pytest.mark.rule("BULK-05")
def test_a_decision_on_a_discount_that_was_taken_back_is_refused_in_the_list_and_in_the_case(trade, sign_in):
    case = trade.negotiating()
    climb.ask(case, by=trade.supervisor, now=trade.now, percent="3")
    waiting, branch = ApprovalRequest.objects.get(kind="bulk.discount"), sign_in(trade.branch_manager)
    climb.withdraw(case, by=trade.supervisor, now=trade.now)
    said = {"decision": "approve", "step": "0", "reason": "同意"}
    answer = branch.post(f"/approvals/{waiting.pk}/decide/", said, follow=True)
    assert answer.status_code in (200, 404)
    answer = branch.post(f"/bulk/{case.pk}/do/decide/", said, follow=True)
    assert (answer.status_code, "BULK-05" in answer.content.decode()) == (200, True)
    assert trade.fresh(case).state == "negotiating"
    assert not Ask.objects.filter(state="approved").exists()


def draft(trade, **more: str) -> dict[str, str]:
    codes = " ".join(unit.code for unit in trade.units(12))
    said = {"buyers": "云栖大学\n王小平，1234", "units": codes, "way": "分期", "instalments": "2026-04-01 5,000,000"}
    return {**said, "percent": "4", "special": "无", **more}


@pytest.mark.rule("BULK-06")
@pytest.mark.parametrize("buyers", ["云栖大学\n云栖大学", "王小平，1234\n王小平, 1234"])
def test_a_buyer_listed_twice_is_refused_in_the_draft(trade, sign_in, buyers):
    case = trade.discounted()
    answer = act(sign_in(trade.supervisor), case, "draft", **draft(trade, buyers=buyers))
    refused(answer, "BULK-06", "分期", "5,000,000")
    assert not Buyer.objects.exists()


@pytest.mark.rule("BULK-06", "DEAL-01")
@pytest.mark.parametrize("state", ["subscribed", "contracted", "held", "delivered"])
def test_a_unit_already_sold_is_refused_in_the_draft(trade, sign_in, state):
    case = trade.discounted()
    Unit.objects.filter(code=trade.units(1)[0].code, office=trade.office).update(state=state)
    refused(act(sign_in(trade.supervisor), case, "draft", **draft(trade)), trade.units(1)[0].code, "分期")
    assert not ContractUnit.objects.exists()


@pytest.mark.rule("BULK-06", "DEAL-01")
def test_a_unit_in_another_contract_is_refused_in_the_draft(trade, sign_in):
    trade.signed()
    case = trade.discounted()
    refused(act(sign_in(trade.supervisor), case, "draft", **draft(trade)), "BULK-06", "分期")
    assert ContractUnit.objects.values("case").distinct().count() == 1


@pytest.mark.rule("BULK-10")
def test_an_unlisted_buyer_an_unlisted_unit_and_another_price_are_refused_with_what_was_typed(trade, sign_in):
    case, clerk = trade.signed(), sign_in(trade.clerk)
    listed = trade.customer(trade.call("11:00", "A", name="王小平", phone="15400000001"))
    stranger = trade.customer(trade.call("11:01", "A", name="赵大力", phone="15400000002"))
    inside, outside = trade.units(1)[0], trade.units(1, 20)[0]
    for said in (
        {"customer": stranger.number, "unit": inside.pk, "price": "960000"},
        {"customer": listed.number, "unit": inside.pk, "price": "960000.01"},
        {"customer": listed.number, "unit": inside.pk, "price": "1000000"},
    ):
        refused(act(clerk, case, "take", **said), "BULK-10", f'value="{said["price"]}"')
    answer = act(clerk, case, "take", customer=listed.number, unit=outside.pk, price="960000")
    assert answer.status_code == 422
    for price in ("0", "-1", "960000.001", "10000000000000"):
        answer = act(clerk, case, "take", customer=listed.number, unit=inside.pk, price=price)
        assert answer.status_code == 422, price
    assert not Deal.objects.exists()


@pytest.mark.rule("BULK-09")
def test_a_change_of_buyers_without_proof_or_to_the_same_list_is_refused(trade, sign_in):
    case, clerk = trade.signed(), sign_in(trade.clerk)
    answer = act(clerk, case, "buyers", buyers="云栖大学\n李新人", reason="换人")
    assert (answer.status_code, "李新人" in answer.content.decode()) == (422, True)
    assert (BuyerChange.objects.count(), Paper.objects.count()) == (0, 0)

"""The pages of deals: subscribed on the customer's, through their stages, cancelled, listed; who may approve what."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sales import deals, discounts, price_approval
from sales.models import Deal, DiscountAuthority, Unit
from staff.models import Decision
from staff.roles import Role
from tests.factories import staff_member
from tests.house import phone
from tests.markup import HTMX


def of(customer) -> str:
    """The deals of a customer."""
    return f"/customers/{customer.pk}/deals/"


@pytest.fixture
def deal(trade) -> Deal:
    """A's customer has subscribed at 1.5 % off."""
    unit = Unit.objects.get(code="1-1-101")
    return deals.subscribe(trade.buyer, unit, by=trade.people["A"], now=trade.at("10:00"), price=Decimal(985000))


def approve(deal: Deal, *, by, now) -> None:
    """The next step of the climb for the price."""
    asked = price_approval.latest(deal)
    price_approval.decide(asked, by=by, decision=Decision.APPROVE, reason="", now=now)


def stage() -> str:
    return Deal.objects.get().state


@pytest.mark.rule("DEAL-02")
def test_a_unit_is_subscribed_on_the_customers_page_and_goes_through_its_stages(trade, sign_in):
    rep = sign_in(trade.people["A"])
    page = rep.get(of(trade.buyer))
    assert (page.context["refusal"], len(page.context["offered"])) == (None, 2)
    made = rep.post(of(trade.buyer), {"unit": "1-1-101", "price": "995,000"})
    deal = Deal.objects.get()
    assert (made["Location"], deal.price, deal.rep) == (f"/deals/{deal.pk}/", 995_000, trade.people["A"])
    supervisor, clerk = sign_in(trade.supervisor), sign_in(trade.clerk)
    states = []
    for client, act in ((supervisor, "contract"), (clerk, "pay"), (clerk, "deliver")):
        assert client.post(f"/deals/{deal.pk}/{act}/").status_code == 302
        states.append(stage())
    assert states == ["contracted", "paid", "delivered"]
    body = rep.get(f"/deals/{deal.pk}/").content.decode()
    assert [words in body for words in ("995,000.00", "0.50", "supervisor")] == [True] * 3
    assert rep.get("/deals/").context["deals"][0]["state"] == "delivered"


@pytest.mark.rule("DEAL-03")
def test_a_discount_beyond_the_authority_is_refused_in_words_and_the_manager_confirms(trade, deal, sign_in):
    page = sign_in(trade.supervisor).get(f"/deals/{deal.pk}/")
    assert page.context["contract_refusal"].rule == "DEAL-03"
    body = page.content.decode()
    assert ("1.50" in body, "DEAL-03" in body, f"/deals/{deal.pk}/contract/" in body) == (True, True, True)
    refused = sign_in(trade.supervisor).post(f"/deals/{deal.pk}/contract/")
    assert (refused.status_code, "DEAL-03" in refused.content.decode()) == (422, True)
    assert stage() == "subscribed"
    assert sign_in(trade.manager).post(f"/deals/{deal.pk}/contract/").status_code == 302
    assert stage() == "contracted"


@pytest.mark.rule("DEAL-03")
@pytest.mark.parametrize(
    ("price", "stands"),
    [
        ("", 985_000),
        ("985,000.00", 985_000),
        ("990,000", 990_000),
        ("1000000", 1_000_000),
        ("984,999.99", "984999.99"),
    ],
)
def test_the_contract_stands_at_the_price_of_the_signed_paper(trade, deal, sign_in, price, stands):
    manager = sign_in(trade.manager)
    assert manager.post(f"/deals/{deal.pk}/contract/", {"price": price}).status_code == 302
    kept = Deal.objects.get()
    assert (kept.state, kept.price) == ("contracted", Decimal(stands))
    assert f"{kept.price:,.2f}" in manager.get(f"/deals/{deal.pk}/").content.decode()


def test_a_contract_above_the_list_price_has_to_be_meant(trade, deal, sign_in):
    manager, path = sign_in(trade.manager), f"/deals/{deal.pk}/contract/"
    body = manager.post(path, {"price": "9,850,000"}, headers=HTMX).content.decode()
    assert ("1,000,000.00" in body, 'name="certain"' in body, 'value="9,850,000"' in body) == (True, True, True)
    assert ('name="certain"' in manager.get(f"/deals/{deal.pk}/").content.decode(), stage()) == (False, "subscribed")
    assert manager.post(path, {"price": "1,000,000.01", "certain": "on"}).status_code == 302
    assert (stage(), Deal.objects.get().price) == ("contracted", Decimal("1000000.01"))


@pytest.mark.rule("DEAL-03")
@pytest.mark.parametrize(("price", "by_climb"), [("", True), ("990,000", True), ("984,999.99", False)])
def test_the_page_says_by_whom_the_price_of_the_contract_was_approved(trade, deal, sign_in, price, by_climb):
    for who in (trade.supervisor, trade.manager):
        approve(deal, by=who, now=trade.at("11:00"))
    manager = sign_in(trade.manager)
    assert manager.post(f"/deals/{deal.pk}/contract/", {"price": price}).status_code == 302
    body = manager.get(f"/deals/{deal.pk}/").content.decode()
    assert (manager.get(f"/deals/{deal.pk}/").context["with_contract"], "随合同由" in body) == (
        not by_climb,
        not by_climb,
    )


def test_each_form_of_the_deals_page_comes_back_alone(trade, deal, sign_in):
    manager = sign_in(trade.manager)
    for act, data, own, other in (
        ("contract", {"price": "x"}, 'id="contract"', 'id="cancel"'),
        ("cancel", {"reason": ""}, 'id="cancel"', 'id="contract"'),
    ):
        body = manager.post(f"/deals/{deal.pk}/{act}/", data, headers=HTMX).content.decode()
        assert (own in body, other in body) == (True, False)


@pytest.mark.rule("DEAL-03")
def test_a_supervisor_may_confirm_a_contract_whose_price_needs_nobody_else(trade, deal, sign_in):
    supervisor = sign_in(trade.supervisor)
    for price, status in (("989,999.99", 422), ("900000", 422), ("990,000", 302)):
        assert supervisor.post(f"/deals/{deal.pk}/contract/", {"price": price}).status_code == status
    assert (stage(), Deal.objects.get().price) == ("contracted", 990_000)


@pytest.mark.parametrize("price", ["0", "-1", "1.234", "1000000000000", "x", "NaN", "1e5"])
def test_a_price_of_the_contract_that_is_none_is_refused_with_what_was_typed(trade, deal, sign_in, price):
    answer = sign_in(trade.manager).post(f"/deals/{deal.pk}/contract/", {"price": price}, headers=HTMX)
    assert (answer.status_code, f'value="{price}"' in answer.content.decode(), stage()) == (422, True, "subscribed")


def test_a_contract_that_stands_already_is_refused_where_it_was_asked(trade, deal, sign_in):
    manager = sign_in(trade.manager)
    for status in (302, 422):
        answer = manager.post(f"/deals/{deal.pk}/contract/", {"price": ""})
        assert answer.status_code == status
    assert "DEAL-02" in answer.content.decode()
    assert "contract/" not in manager.get(f"/deals/{deal.pk}/").content.decode()


@pytest.mark.rule("DEAL-02")
@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"unit": "nowhere"},
        {"unit": "9-9-909"},
        *({"unit": "1-1-101", "price": price} for price in ("0", "-1", "1.234", "1000000000000", "x")),
    ],
)
def test_a_misshapen_subscription_is_shown_again_and_not_kept(trade, rivals, sign_in, typed):
    response = sign_in(trade.people["A"]).post(of(trade.buyer), typed, headers=HTMX)
    assert response.status_code == 422
    assert "data-error-summary" in response.content.decode()
    assert Deal.objects.count() == 0


@pytest.mark.rule("DEAL-01")
def test_a_sold_unit_is_refused_with_its_rule(trade, deal, sign_in):
    other = trade.customer(trade.visit("10:30", phone=phone(2)))
    response = sign_in(trade.people["B"]).post(of(other), {"unit": "1-1-101"})
    assert response.status_code == 422
    assert "DEAL-01" in response.content.decode()


@pytest.mark.rule("DEAL-02")
def test_after_the_contract_the_rep_changes_nothing(trade, deal, sign_in):
    rep = sign_in(trade.people["A"])
    assert rep.get(f"/deals/{deal.pk}/").context["may_cancel"] is True
    assert rep.post(f"/deals/{deal.pk}/cancel/", {"reason": " "}).status_code == 422
    deals.contract(deal, by=trade.manager, now=trade.at("11:00"))
    assert rep.get(f"/deals/{deal.pk}/").context["may_cancel"] is False
    refused = rep.post(f"/deals/{deal.pk}/cancel/", {"reason": "反悔"})
    assert refused.status_code == 422
    for act in ("contract", "pay", "deliver"):
        assert rep.post(f"/deals/{deal.pk}/{act}/").status_code == 403
    assert stage() == "contracted"
    assert sign_in(trade.supervisor).post(f"/deals/{deal.pk}/cancel/", {"reason": "贷款未批"}).status_code == 302
    assert (stage(), Unit.objects.get(code="1-1-101").state) == ("cancelled", "for_sale")
    assert "贷款未批" in rep.get(f"/deals/{deal.pk}/").content.decode()


def test_a_stage_that_cannot_follow_is_refused_in_words(trade, deal, sign_in):
    followed = sign_in(trade.clerk).post(f"/deals/{deal.pk}/deliver/", follow=True)
    assert "DEAL-02" in followed.content.decode()
    assert stage() == "subscribed"


def test_a_colleague_and_another_office_find_no_such_deal(trade, rivals, deal, sign_in):
    for who in (trade.people["B"], rivals.people["X"], rivals.supervisor):
        client = sign_in(who)
        assert client.get(f"/deals/{deal.pk}/").status_code == 404
        assert client.get(of(trade.buyer)).status_code == 404
        assert client.post(of(trade.buyer), {"unit": "1-1-101b"}).status_code == 404
        assert client.post(f"/deals/{deal.pk}/cancel/", {"reason": "x"}).status_code == 404
        assert client.get("/deals/").context["deals"] == []
    assert sign_in(rivals.supervisor).post(f"/deals/{deal.pk}/contract/").status_code == 404
    assert (stage(), Deal.objects.count()) == ("subscribed", 1)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.PLANNER, Role.ADMIN])
def test_a_role_without_the_duty_is_refused(trade, deal, sign_in, role):
    client = sign_in(staff_member(role, trade.office))
    paths = ("/deals/", f"/deals/{deal.pk}/", of(trade.buyer), "/discounts/")
    assert {client.get(path).status_code for path in paths} == {403}


def test_wrong_methods_are_refused(trade, deal, sign_in):
    client = sign_in(trade.manager)
    assert {client.post(path).status_code for path in ("/deals/", f"/deals/{deal.pk}/")} == {405}
    assert {client.put(path).status_code for path in (of(trade.buyer), "/discounts/")} == {405}
    acts = ("contract", "pay", "deliver", "cancel")
    assert {client.get(f"/deals/{deal.pk}/{act}/").status_code for act in acts} == {405}


def test_statements_stay_the_same_with_more_deals(trade, deal, sign_in):
    client = sign_in(trade.supervisor)
    counts = {path: [] for path in ("/deals/", of(trade.buyer), f"/deals/{deal.pk}/")}
    for n in range(3):
        deals.add_units(trade.office, [{"code": f"n{n}", "list_price": 5}])
        deals.subscribe(trade.buyer, Unit.objects.get(code=f"n{n}"), by=trade.people["A"], now=trade.at("11:00"))
        for path, seen in counts.items():
            with CaptureQueriesContext(connection) as caught:
                assert client.get(path).status_code == 200
            seen.append(len(caught))
    assert [len(set(seen)) for seen in counts.values()] == [1, 1, 1]


@pytest.mark.rule("DEAL-03")
def test_the_manager_sets_who_may_approve_what_and_every_change_is_kept(trade, deal, sign_in):
    manager = sign_in(trade.manager)
    page = manager.get("/discounts/")
    typed = {name: str(page.context["form"][name].value()) for name in discounts.DEFAULTS}
    for wrong in ({"supervisor": "101"}, {"supervisor": "-1"}, {"supervisor": ""}, {"reason": ""}):
        assert manager.post("/discounts/", {**typed, "reason": "开盘", **wrong}).status_code == 422
    assert manager.post("/discounts/", {**typed, "supervisor": "1.5", "reason": "开盘"}).status_code == 302
    assert DiscountAuthority.objects.get(office=trade.office, role="supervisor").percent == Decimal("1.5")
    kept = discounts.changes(trade.office)
    assert (kept[0].by, kept[0].reason, kept[0].percent, len(kept)) == (trade.manager, "开盘", Decimal("1.5"), 6)
    assert "开盘" in manager.get("/discounts/").content.decode()
    assert sign_in(trade.supervisor).post(f"/deals/{deal.pk}/contract/").status_code == 302
    assert sign_in(trade.supervisor).get("/discounts/").status_code == 403

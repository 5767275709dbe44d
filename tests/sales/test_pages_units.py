"""The pages of the units: grid, list, one unit, and what the manager does there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sales import deals
from sales.models import Unit
from staff.roles import Role
from tests.factories import staff_member
from tests.markup import HTMX

NEW = {"code": "3-1-1201", "building": "3", "entrance": "1", "floor": "12", "room": "1201", "list_price": "1,200,000"}


def address(unit: Unit, act: str = "") -> str:
    return f"/units/{unit.pk}/{act}"


@pytest.fixture
def unit(trade) -> Unit:
    return Unit.objects.get(code="1-1-101")


@pytest.mark.rule("DEAL-01")
def test_the_manager_adds_a_unit_which_appears_in_the_grid_and_the_list(trade, sign_in):
    manager = sign_in(trade.manager)
    assert manager.get("/units/new/").status_code == 200
    made = manager.post("/units/new/", NEW)
    assert (made.status_code, made["Location"]) == (302, address(Unit.objects.get(code="3-1-1201")))
    rep = sign_in(trade.people["A"])
    grid = rep.get("/units/?building=3")
    assert [(floor, [cell["code"] for cell in cells]) for floor, cells in grid.context["grid"].rows] == [
        (12, ["3-1-1201"])
    ]
    assert "1,200,000.00" in grid.content.decode()
    assert [row["code"] for row in rep.get("/units/list/").context["units"]] == ["1-1-101", "1-1-101b", "3-1-1201"]
    assert "<html" not in rep.get("/units/", headers=HTMX).content.decode()


def test_a_state_is_colour_dot_and_word(trade, unit, sign_in):
    deals.subscribe(trade.buyer, unit, by=trade.people["A"], now=trade.at("10:00"))
    body = sign_in(trade.clerk).get("/units/").content.decode()
    assert '<span class="badge pending">已认购</span>' in body
    assert "unit-subscribed" in body


@pytest.mark.parametrize(
    "wrong",
    [
        *({"list_price": price} for price in ("0", "-1", "1.234", "1e12", "abc", "")),
        {"code": ""},
        {"code": "1-1-101"},
        {"code": "x" * 41},
        {"floor": "x"},
        {"floor": "201"},
        {"area": "0"},
        {"area": "1.234"},
    ],
)
def test_a_misshapen_unit_is_shown_again_and_not_kept(trade, sign_in, wrong):
    response = sign_in(trade.manager).post("/units/new/", {**NEW, **wrong}, headers=HTMX)
    assert response.status_code == 422
    assert "data-error-summary" in response.content.decode()
    assert Unit.objects.count() == 2


@pytest.mark.rule("DEAL-01")
def test_the_manager_prices_holds_and_releases(trade, unit, sign_in):
    manager = sign_in(trade.manager)
    assert manager.post(address(unit, "price/"), {"list_price": "x"}).status_code == 422
    assert manager.post(address(unit, "price/"), {"list_price": "990000"}).status_code == 302
    states = []
    for act in ("hold/", "release/", "release/"):
        assert manager.post(address(unit, act)).status_code == 302
        unit.refresh_from_db()
        states.append(unit.state)
    assert (unit.list_price, states) == (990_000, ["held", "for_sale", "for_sale"])
    page = manager.get(address(unit))
    assert "DEAL-01" in page.content.decode()
    assert len(page.context["changes"]) == 4


def test_only_the_manager_changes_and_the_others_see_no_buttons(trade, unit, sign_in):
    for who in (trade.people["A"], trade.supervisor, trade.clerk):
        client = sign_in(who)
        page = client.get(address(unit))
        assert (page.status_code, page.context["manages"], page.context["may_hold"]) == (200, False, False)
        assert client.get("/units/new/").status_code == 403
        for act in ("price/", "hold/", "release/"):
            assert client.post(address(unit, act), {"list_price": "1"}).status_code == 403
    unit.refresh_from_db()
    assert (unit.state, unit.list_price) == ("for_sale", 1_000_000)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.PLANNER, Role.ADMIN])
def test_a_role_without_the_duty_is_refused(trade, unit, sign_in, role):
    client = sign_in(staff_member(role, trade.office))
    assert {client.get(path).status_code for path in ("/units/", "/units/list/", address(unit))} == {403}


def test_another_office_finds_no_such_unit(trade, rivals, unit, sign_in):
    for who in (rivals.manager, rivals.people["X"]):
        client = sign_in(who)
        assert client.get(address(unit)).status_code == 404
        assert "1-1-101" not in client.get("/units/").content.decode() + client.get("/units/list/").content.decode()
    assert sign_in(rivals.manager).post(address(unit, "hold/")).status_code == 404


def test_wrong_methods_are_refused(trade, unit, sign_in):
    client = sign_in(trade.manager)
    assert {client.post(path).status_code for path in ("/units/", "/units/list/", address(unit))} == {405}
    assert {client.get(address(unit, act)).status_code for act in ("price/", "hold/", "release/")} == {405}


def test_a_unit_shows_its_deal_only_to_those_who_may_see_the_customer(trade, unit, sign_in):
    deal = deals.subscribe(trade.buyer, unit, by=trade.people["A"], now=trade.at("10:00"))
    link = f"/deals/{deal.pk}/"
    seen = {who: link in sign_in(trade.people[who]).get(address(unit)).content.decode() for who in "AB"}
    assert seen == {"A": True, "B": False}


def test_statements_stay_the_same_with_more_units(trade, unit, sign_in):
    client = sign_in(trade.manager)
    for path in ("/units/", "/units/list/", address(unit)):
        counts = []
        for n in range(3):
            client.post("/units/new/", {**NEW, "code": f"{path}{n}", "room": f"12{n}", "building": ""})
            with CaptureQueriesContext(connection) as caught:
                assert client.get(path).status_code == 200
            counts.append(len(caught))
        assert len(set(counts)) == 1


def test_a_filter_that_is_none_is_ignored(trade, sign_in):
    client = sign_in(trade.clerk)
    assert [len(client.get(f"/units/list/?state={state}").context["units"]) for state in ("x", "held", "for_sale")] == [
        2,
        0,
        2,
    ]
    assert client.get("/units/?building=nowhere").context["building"] == ""


@pytest.mark.rule("DEAL-01")
def test_the_list_is_in_the_order_in_which_people_count_page_by_page(trade, sign_in, monkeypatch):
    monkeypatch.setattr("sales.views.units.PAGE", 2)
    deals.add_units(
        trade.office, [{"code": code, "list_price": 1} for code in ("1-1-1001", "1-1-11", "1-10-1", "1-2-1")]
    )
    client, seen, address = sign_in(trade.clerk), [], "/units/list/"
    while address:
        page = client.get(address).context
        seen += [row["code"] for row in page["units"]]
        cursor = page["page"].next_cursor
        address = cursor and f"/units/list/?cursor={cursor}"
    assert seen == ["1-1-11", "1-1-101", "1-1-101b", "1-1-1001", "1-2-1", "1-10-1"]


def test_the_list_is_read_along_an_index(trade):
    rows = Unit.objects.filter(office=trade.office).order_by("place", "code")[:50]
    plan = rows.explain()
    if connection.vendor == "sqlite":
        assert "unit_place" in plan
        assert "TEMP B-TREE" not in plan

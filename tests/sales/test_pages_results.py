"""The page on which the manager enters results."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sales import deals
from sales.models import Result, Unit
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member
from tests.markup import HTMX


@pytest.fixture(autouse=True)
def march():
    with time_machine.travel("2026-03-02T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def office(db):
    return OfficeFactory()


@pytest.fixture
def reps(office):
    return [staff_member(Role.REP, office, n, name=name) for n, name in enumerate("甲乙丙", 1)]


@pytest.fixture
def manager(office) -> Client:
    client = Client()
    client.force_login(staff_member(Role.MARKETING_MANAGER, office))
    return client


def typed(*rows):
    """What is posted for (rep, deals, amount)."""
    return {
        name: value
        for rep, deals, amount in rows
        for name, value in ((f"deals_{rep.pk}", deals), (f"amount_{rep.pk}", amount))
    }


def ranking(response) -> list[tuple[str, int | None]]:
    return [(row["person"].name, row["deals"]) for row in response.context["ranked"]]


@pytest.mark.rule("REC-04")
def test_results_of_last_month_are_entered_and_ranked(manager, reps):
    page = manager.get("/results/")
    assert (str(page.context["first"]), str(page.context["last"])) == ("2026-02-01", "2026-02-28")
    assert ranking(page) == [("甲", None), ("乙", None), ("丙", None)]
    response = manager.post("/results/", typed((reps[0], "0", ""), (reps[1], "", ""), (reps[2], "2", "3000000.50")))
    assert response.status_code == 302
    assert ranking(manager.get("/results/")) == [("丙", 2), ("甲", 0), ("乙", None)]
    assert {row.user: row.amount for row in Result.objects.all()} == {reps[0]: 0, reps[2]: Decimal("3000000.50")}


@pytest.mark.rule("REC-05")
def test_a_day_has_results_of_its_own(manager, reps):
    address = "/results/?period=day&day=2026-03-01"
    assert manager.post(address, typed((reps[1], "1", "5"))).status_code == 302
    row = Result.objects.get()
    assert (str(row.first), str(row.last)) == ("2026-03-01", "2026-03-01")
    assert ranking(manager.get(address))[0] == ("乙", 1)
    assert ranking(manager.get("/results/"))[0] == ("甲", None)


def test_bad_figures_are_shown_again_and_nothing_is_kept(manager, reps):
    for row in ((reps[0], "-1", ""), (reps[0], "x", "1"), (reps[0], "1", "1e99"), (reps[0], "0", "5")):
        response = manager.post("/results/", typed((reps[1], "1", "1"), row), headers=HTMX)
        assert response.status_code == 422
        assert "<html" not in response.content.decode()
    assert Result.objects.count() == 0


@pytest.mark.parametrize("query", ["period=year", "day=x", "period=day&day=0001-01-01", "day=9999-12-31"])
def test_a_period_that_is_none_is_ignored(manager, reps, query):
    assert manager.get(f"/results/?{query}").status_code == 200


@pytest.mark.parametrize("role", [Role.REP, Role.SUPERVISOR, Role.CLERK, Role.FINANCE])
def test_only_the_manager_sees_and_enters(office, reps, role):
    client = Client()
    client.force_login(staff_member(role, office))
    assert client.get("/results/").status_code == 403
    assert client.post("/results/", typed((reps[0], "1", "1"))).status_code == 403
    assert client.put("/results/").status_code == 405
    assert Result.objects.count() == 0


def test_another_offices_reps_cannot_be_entered_and_do_not_appear(manager, reps):
    stranger = staff_member(Role.REP, name="外店人")
    assert manager.post("/results/", typed((stranger, "1", "1"))).status_code == 302
    assert Result.objects.count() == 0
    assert "外店人" not in manager.get("/results/").content.decode()


def test_statements_stay_the_same_with_more_reps(office, manager, reps):
    counts = []
    for n in range(4, 7):
        with CaptureQueriesContext(connection) as caught:
            manager.get("/results/")
        counts.append(len(caught))
        staff_member(Role.REP, office, n)
    assert len(set(counts)) == 1


@pytest.mark.rule("REC-04")
def test_where_contracts_were_signed_the_page_says_so_and_asks_for_nothing(trade, sign_in):
    made = deals.subscribe(trade.buyer, Unit.objects.first(), by=trade.people["A"], now=trade.at("10:00"))
    client, address = sign_in(trade.manager), "/results/?period=day&day=2026-03-02"
    page = client.get(address)
    assert (page.context["from_contracts"], "results-form" in page.content.decode()) == (False, True)
    deals.contract(made, by=trade.manager, now=trade.at("11:00"))
    page = client.get(address)
    assert (page.context["from_contracts"], "results-form" in page.content.decode()) == (True, False)
    assert ranking(page)[0] == ("A", 1)

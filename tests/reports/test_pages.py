"""The pages of the month: by role, closed and running, with the lines behind the figures."""

from __future__ import annotations

import io
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from common.excel import MIME
from customers import contact_signing
from reports import archive
from reports.models import MonthArchive, Receipt
from staff.models import AccessLog
from staff.roles import Role
from tests.factories import staff_member
from tests.house import phone
from tests.reports.conftest import APRIL

pytestmark = pytest.mark.django_db


@pytest.fixture
def april(shop):
    """March had a visit with a contact; it is 2 April now, March is closed."""
    shop.told = shop.visit("09:30", name="王小明", phone=phone(1))
    shop.kept = shop.followed(shop.told, "11:00")
    shop.on = APRIL
    archive.close_months(now=shop.at("02:00"))
    shop.on = date(2026, 4, 2)
    with time_machine.travel(shop.at("10:00"), tick=False):
        yield shop


def page(shop, month: str = "2026-03", rest: str = "") -> str:
    return f"/reports/{shop.office.pk}/{month}/{rest}"


def figure(response, name: str) -> str:
    """The value of a row of the summary."""
    summary = response.context["summary"]
    keys = [key.partition(":")[0] for key in summary.table.keys]
    return summary.rows[keys.index(name)][1].text


@pytest.mark.rule("REP-04")
def test_the_menu_leads_to_the_month_and_the_month_to_its_lines(april, sign_in):
    client = sign_in(april.manager)
    assert client.get("/reports/").context["month"] == APRIL
    response = client.get(page(april))
    assert (figure(response, "visits"), figure(response, "follow_ups")) == ("1", "1")
    body = response.content.decode()
    assert (body.count('role="img"') >= 6, "<style" in body, ' style="' in body) == (True, False, False)
    behind = client.get(page(april, rest="lines/visits/"))
    assert [row["no"] for row in behind.context["rows"]] == [1]
    assert "王小明" not in behind.content.decode()


@pytest.mark.rule("REP-05")
def test_a_closed_month_shows_its_archive_whatever_is_corrected_later(april, sign_in):
    contact_signing.reject(april.kept, by=april.supervisor, now=april.at("09:00"), reason="没有通话")
    client = sign_in(april.supervisor)
    assert figure(client.get(page(april)), "follow_ups") == "1"
    assert figure(client.get(page(april, "2026-04")), "contacts_rejected") == "1"
    assert MonthArchive.objects.get().figures_sha256 in client.get(page(april)).content.decode()


@pytest.mark.rule("REP-05")
def test_the_workbook_of_a_closed_month_is_the_archived_one_and_the_download_is_logged(april, sign_in):
    response = sign_in(april.planner).get(page(april, rest="workbook/"))
    assert response.content == bytes(MonthArchive.objects.get().workbook)
    entry = AccessLog.objects.get(user=april.planner)
    assert (entry.action, entry.subject) == ("downloaded", "month:2026-03")


@pytest.mark.rule("REP-05", "ACC-05")
@pytest.mark.parametrize("month", ["2026-03", "2026-04"])
def test_asking_for_the_head_of_a_workbook_builds_and_logs_nothing(april, sign_in, month):
    client = sign_in(april.planner)
    with CaptureQueriesContext(connection) as asked:
        response = client.head(page(april, month, "workbook/"))
    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"", MIME)
    assert f"-{month}.xlsx" in response["Content-Disposition"]
    assert [one["sql"] for one in asked if "followup" in one["sql"] or "montharchive" in one["sql"]] == []
    assert AccessLog.objects.filter(action="downloaded").count() == 0
    assert sign_in(staff_member(Role.HQ, april.office)).head(page(april, month, "workbook/")).status_code == 403


@pytest.mark.rule("REP-07")
def test_the_workbook_of_a_running_month_carries_the_readers_name(april, sign_in):
    content = sign_in(april.manager).get(page(april, "2026-04", "workbook/")).content
    assert "manager" in load_workbook(io.BytesIO(content)).worksheets[0]["A1"].value


@pytest.mark.rule("REP-05", "HAND-03")
def test_the_planner_takes_the_month_over_on_its_page(april, sign_in):
    client = sign_in(april.planner)
    assert client.get(page(april)).context["may_take"] is True
    assert client.post(page(april, rest="take-over/")).status_code == 302
    assert Receipt.objects.get().by == april.planner
    assert client.get(page(april)).context["may_take"] is False
    again = client.post(page(april, rest="take-over/"), follow=True)
    assert "REP-05" in again.content.decode()
    assert sign_in(april.manager).post(page(april, rest="take-over/")).status_code == 403


@pytest.mark.rule("OFF-03")
def test_the_planner_sees_figures_and_opens_no_lines(april, sign_in):
    client = sign_in(april.planner)
    assert "/lines/" not in client.get(page(april)).content.decode()
    assert client.get(page(april, rest="lines/visits/")).status_code == 403


@pytest.mark.rule("OFF-03", "REP-04")
@pytest.mark.parametrize(("role", "persons"), [(Role.BRANCH_MANAGER, True), (Role.HQ, False), (Role.CHAIRMAN, False)])
def test_those_above_offices_compare_them_and_hq_sees_no_single_person(april, sign_in, role, persons):
    client = sign_in(staff_member(role, april.office))
    assert client.get("/reports/").context["places"] == client.get("/reports/offices/").context["places"]
    compared = client.get("/reports/offices/?month=2026-03")
    assert [[cell.text for cell in row[:2]] for _place, row in compared.context["places"]] == [[april.office.name, "1"]]
    response = client.get(page(april))
    keys = {one.table.key for one in response.context["tables"]}
    assert ("by_rep" in keys, "/lines/" in response.content.decode()) == (persons, False)
    assert client.get(page(april, rest="workbook/")).status_code == (200 if persons else 403)


@pytest.mark.rule("OFF-01")
def test_another_offices_month_is_not_there(april, sign_in):
    stranger = staff_member(Role.MARKETING_MANAGER)
    for rest in ("", "workbook/", "lines/visits/"):
        assert sign_in(stranger).get(page(april, rest=rest)).status_code == 404
    assert sign_in(april.people["A"]).get(page(april)).status_code == 403


@pytest.mark.rule("REP-04")
def test_a_month_to_come_says_so_and_no_month_at_all_is_not_there(april, sign_in):
    client = sign_in(april.manager)
    response = client.get(page(april, "2026-05"))
    assert (response.status_code, response.context["future"], response.context["after"]) == (200, True, None)
    assert client.get(page(april, "2026-05", "workbook/")).status_code == 404
    for wrong in ("2026-13", "2026-00", "0000-01", "1999-12", "2100-01"):
        assert client.get(page(april, wrong)).status_code == 404
    assert client.get("/reports/offices/?month=x").status_code == 404


@pytest.mark.rule("REP-06")
@pytest.mark.parametrize("asked", ["rep=x", "source=moon", "day=2026-02-31", "rep=99999999999999999999", "ground=x"])
def test_lines_that_nothing_names_are_not_there(april, sign_in, asked):
    assert sign_in(april.manager).get(page(april, rest=f"lines/defeats/?{asked}")).status_code == 404


@pytest.mark.rule("REP-06")
def test_lines_of_every_figure_open_with_every_filter(april, sign_in):
    client = sign_in(april.manager)
    asked = f"rep={april.people['A'].pk}&source=walk_in&day=2026-03-02"
    for name in ("visits", "calls", "web", "first", "repeat", "new", "deals", "defeats", "lapsed", "follow_ups"):
        assert client.get(page(april, rest=f"lines/{name}/?{asked}")).status_code == 200, name
    assert client.get(page(april, rest="lines/nothing/")).status_code == 404


@pytest.mark.parametrize("month", ["2026-03", "2026-04"])
def test_the_page_asks_as_much_of_three_visitors_as_of_one(april, sign_in, month):
    client, counts = sign_in(april.manager), []
    for n in (2, 3, 4):
        april.sign_in("A", "B") if n == 2 else None
        april.call("09:0" + str(n), "A", phone=phone(n))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page(april, month)).status_code == 200
        counts.append(len(caught))
    assert counts[1] == counts[2]
    assert max(counts) <= 60

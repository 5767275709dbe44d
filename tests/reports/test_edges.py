"""Months at the edges: before the office began, its first one, one in which nothing happened, a leap year's February."""

from __future__ import annotations

import io
from datetime import date

import pytest
import time_machine
from openpyxl import load_workbook

from common.errors import RuleError
from reports import archive, canonical
from reports.models import MonthArchive
from staff.models import Office
from staff.roles import Role
from tests.factories import staff_member
from tests.house import phone
from tests.reports.conftest import APRIL, MARCH, MAY, Shop

pytestmark = pytest.mark.django_db


def page(shop: Shop, month: str, rest: str = "") -> str:
    return f"/reports/{shop.office.pk}/{month}/{rest}"


@pytest.mark.rule("REP-05")
def test_a_month_before_the_office_began_says_so_and_is_not_closed(shop, sign_in):
    shop.visit("09:30", phone=phone(1))
    shop.on = APRIL
    with pytest.raises(RuleError, match="还没有启用"):
        archive.close(shop.office, date(2026, 2, 1), now=shop.at("12:00"))
    with time_machine.travel(shop.at("12:00"), tick=False):
        client = sign_in(shop.manager)
        response = client.get(page(shop, "2026-02"))
        body = response.content.decode()
        assert ("还没有启用" in body, "2026-03-02 09:30" in body, "tables" in response.context) == (True, True, False)
        assert client.get(page(shop, "2026-02", "workbook/")).status_code == 404
        first = client.get(page(shop, "2026-03"))
        assert (first.context["before"], first.context["after"]) == (None, APRIL)


@pytest.mark.rule("REP-04")
def test_an_office_without_a_line_shows_this_month_and_none_before(shop, sign_in):
    with time_machine.travel(shop.at("12:00"), tick=False):
        client = sign_in(shop.manager)
        assert client.get(page(shop, "2026-03")).context["figures"].flow.visits == 0
        assert "还没有启用" in client.get(page(shop, "2026-02")).content.decode()
        assert client.get(page(shop, "2026-03", "workbook/")).status_code == 200
    with pytest.raises(RuleError):
        archive.close(shop.office, MARCH, now=shop.at("12:00", APRIL))


@pytest.mark.rule("REP-04")
def test_the_first_month_begins_with_nobody_and_stands_alone_in_the_trend(shop):
    shop.visit("09:30", phone=phone(1))
    first, second = shop.month(MARCH), shop.month(APRIL)
    assert (first.flow.open_start, first.flow.open_end, second.flow.open_start) == (0, 1, 1)
    assert ([row.month for row in first.trend], [row.month for row in second.trend]) == ([MARCH], [MARCH, APRIL])


@pytest.mark.rule("REP-04", "REP-05")
def test_a_month_in_which_nothing_happened_is_closed_like_any_other(shop, sign_in):
    shop.visit("09:30", phone=phone(1))
    shop.on = MAY
    assert archive.close_months(now=shop.at("02:00")) == 2
    kept = MonthArchive.objects.get(month=APRIL)
    found = archive.read(kept)
    assert (found.flow.visits, found.flow.conversion, found.cohort_rate) == (0, None, None)
    assert [row.month for row in found.trend] == [MARCH, APRIL]
    rows = {row[0].value: row[1].value for row in load_workbook(io.BytesIO(bytes(kept.workbook))).worksheets[1]}
    assert (rows["来访"], rows["同期转化率"]) == (0, None)
    with time_machine.travel(shop.at("12:00"), tick=False):
        stats = dict(sign_in(shop.manager).get(page(shop, "2026-04")).context["stats"])
    assert (stats["来访"].text, stats["来访"].url, stats["同期转化率"].text) == ("0", "", "—")


@pytest.mark.rule("REP-04", "OWN-06")
def test_the_february_of_a_leap_year_has_its_last_day():
    shop = Shop("A", on=date(2028, 1, 30))
    shop.sign_in("A")
    shop.call("10:00", "A", phone=phone(1))  # valid to 29 February
    shop.on = date(2028, 2, 29)
    shop.call("23:59:59", "A", phone=phone(2))
    shop.on = date(2028, 3, 1)
    shop.call("00:00", "A", phone=phone(3))
    assert archive.close_months(now=shop.at("01:59")) == 1  # January alone
    assert archive.close_months(now=shop.at("02:00")) == 1
    found = archive.read(MonthArchive.objects.get(month=date(2028, 2, 1)))
    assert (len(found.days), found.days[-1].day, found.days[-1].calls) == (29, date(2028, 2, 29), 1)
    assert (found.flow.calls, found.flow.lapsed, found.flow.open_end) == (1, 0, 2)
    march = shop.month(date(2028, 3, 1), at=date(2028, 3, 2))
    assert (march.flow.calls, march.flow.lapsed) == (1, 1)


@pytest.mark.rule("REP-04")
def test_an_office_with_one_rep_is_closed(db):
    shop = Shop("A")
    shop.sign_in("A")
    shop.visit("09:30", phone=phone(1))
    shop.on = APRIL
    assert archive.close_months(now=shop.at("02:00")) == 1
    sheet = load_workbook(io.BytesIO(bytes(MonthArchive.objects.get().workbook)))["接待公平"]
    assert [cell.value for cell in list(sheet)[2]][:3] == ["A", 1, 1]


@pytest.mark.rule("REP-05", "OWN-06")
def test_a_registration_that_runs_on_over_two_closings_is_counted_where_it_stood(shop):
    shop.on = date(2026, 3, 31)
    told = shop.call("10:00", "A", phone=phone(1))
    shop.on = date(2026, 4, 30)
    shop.followed(told, "10:00")  # valid to 30 May
    texts = []
    for day in (date(2026, 6, 1), date(2026, 7, 1)):
        shop.on = day
        texts.append([canonical.text(shop.month(month, at=day)) for month in (MARCH, APRIL, MAY)])
    assert texts[0] == texts[1]
    flows = [shop.month(month).flow for month in (MARCH, APRIL, MAY)]
    assert [(flow.new, flow.lapsed, flow.open_end) for flow in flows] == [(1, 0, 1), (0, 0, 1), (0, 1, 0)]


@pytest.mark.rule("REP-05")
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_what_happens_between_the_two_midnights_belongs_to_the_local_month(zone, sign_in):
    """New Year in UTC is eight hours behind Shanghai and five ahead of New York."""
    shop = Shop("A", zone=zone, on=date(2026, 3, 31))
    shop.sign_in("A")
    for n, clock in enumerate(("07:59", "08:01", "18:59", "19:01", "23:59"), 1):
        shop.call(clock, "A", phone=phone(n))
    shop.on = APRIL
    for n, clock in enumerate(("00:00", "07:59", "08:01"), 6):
        shop.call(clock, "A", phone=phone(n))
    shop.on = MAY
    archive.close_months(now=shop.at("02:00"))
    found = [archive.read(one) for one in MonthArchive.objects.order_by("month")]
    assert [one.flow.calls for one in found] == [5, 3]
    assert [one.days[at].calls for one, at in zip(found, (-1, 0), strict=True)] == [5, 3]


@pytest.mark.rule("REP-04")
def test_a_trend_has_twelve_months_and_those_in_which_nothing_happened_are_there_with_zeros(shop):
    shop.visit("09:30", phone=phone(1))
    shop.on = date(2027, 5, 10)
    shop.call("10:00", "A", phone=phone(2))
    rows = shop.month(date(2027, 5, 1), at=shop.on).trend
    assert [f"{row.month:%y-%m}" for row in rows] == [
        *(f"26-{n:02}" for n in range(6, 13)),
        *(f"27-{n:02}" for n in range(1, 6)),
    ]
    assert [(row.visits, row.new, row.open_end, row.conversion) for row in rows[:-1]] == [(0, 0, 0, None)] * 11
    assert (rows[-1].calls, rows[-1].new, rows[-1].conversion) == (1, 1, 0.0)


@pytest.mark.rule("REP-04", "OFF-03")
def test_offices_side_by_side_count_each_by_its_own_clock_and_add_up(shop, sign_in):
    west = Shop("W", zone="America/New_York", on=date(2026, 3, 31))
    Office.objects.filter(pk=west.office.pk).update(branch=shop.office.branch)
    shop.on = date(2026, 3, 31)
    shop.call("23:30", "A", phone=phone(1))
    west.call("23:30", "W", phone=phone(2))
    with time_machine.travel(west.at("12:00", date(2026, 4, 2)), tick=False):
        boss = sign_in(staff_member(Role.BRANCH_MANAGER, shop.office))
        context = boss.get("/reports/offices/?month=2026-03").context
    assert [row[2].text for _place, row in context["places"]] == ["1", "1"]
    assert context["table"].total[2].text == "2"

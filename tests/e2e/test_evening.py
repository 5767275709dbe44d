"""The end of a day and of a month: the meeting, reports, stock-taking, figures, tables in and out, in real browsers."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from customers import contacts
from customers.models import FollowUp, RegisterLine
from reports.models import DayReport, StockTick
from staff.roles import Role
from tests.exchange.tables import xlsx
from tests.house import House, phone

from .seat import DESK, PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TABLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def house():
    """An office whose rep A got two customers yesterday and called one of them just now."""
    house = House("AB")
    house.on = timezone.localdate() - timedelta(days=1)
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    told = [house.call(f"10:0{n}", "A", name=f"客户{n}", phone=phone(n)) for n in (1, 2)]
    house.on = timezone.localdate()
    said = {"manner": "phone", "reached": True, "result": "想看三房", "level": "A"}
    contacts.record(house.customer(told[0]), by=house.people["A"], now=timezone.now(), **said)
    return house


def first_sheet(content):
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()]


def test_the_evening_meeting_the_daily_report_and_the_stock_taking(house, seats):
    lead = seats(house.supervisor, width=DESK, scheme="dark")
    rep = seats(house.people["A"], width=PHONE, scheme="light")
    rep.go("/reports/mine/")
    rep.page.fill("textarea[name=words] >> nth=0", "客户关心学区")
    rep.press("提交日报")
    report = DayReport.objects.get()
    assert report.submitted_at is not None
    rep.enter("/meeting/problems/", words="沙盘灯坏了")

    expect(lead.go("/meeting/").locator("#meeting")).to_contain_text("沙盘灯坏了")
    lead.press("签署勾选的项目")
    assert FollowUp.objects.get().decided_by == house.supervisor
    lead.enter("/meeting/guidance/", person=house.people["A"].pk, words="先约再访")
    lead.go("/reports/days/")
    lead.enter(f"/reports/days/{report.pk}/comment/", words="写得清楚")
    expect(rep.go("/reports/mine/").locator("#report")).to_contain_text("写得清楚")

    lead.go("/intent/")
    lead.press("开始盘点")
    page = rep.go("/intent/")
    rep.send(page.locator("form.tick button").first)
    assert StockTick.objects.count() == 1
    expect(lead.go("/intent/").locator("#main")).to_contain_text("1 / 2")
    rep.go("/reports/week/")
    for path in ("/reports/weeks/", "/meeting/"):
        lead.go(path)


def test_the_month_on_paper_and_tables_in_and_out(house, seats):
    desk = seats(house.manager, width=DESK, scheme="light")
    small = seats(house.manager, width=PHONE, scheme="dark")
    month = f"/reports/{house.office.pk}/{house.on:%Y-%m}/"
    for seat in (small, desk):
        seat.go(month)
    book = desk.fetch(desk.page.get_by_role("link", name="Excel 工作簿"))
    assert len(load_workbook(io.BytesIO(book)).sheetnames) > 5

    desk.go("/imports/")
    rows = [["日期", "姓名", "电话", "接待人"], ["2026-02-20", "老客户", phone(7), "B"], ["?", "乙", phone(8), "B"]]
    desk.enter("/imports/", kind="register", file={"name": "old.xlsx", "mimeType": TABLE, "buffer": xlsx(rows)})
    desk.press("逐行检查")
    small.go("/imports/")
    desk.enter("/start/")
    assert RegisterLine.objects.filter(receiver=house.people["B"]).count() == 1

    desk.go("/customers/")
    desk.press("导出")
    taken = first_sheet(desk.fetch(desk.page.get_by_role("link", name="下载文件")))
    assert sum("老客户" in map(str, row) for row in taken) == 1
    for path in ("/exports/", "/reports/offices/"):
        small.go(path)

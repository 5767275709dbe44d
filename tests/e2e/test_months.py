"""What is written down in the evening is met again the next day; a month is closed, followed to its lines, taken over."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from common.dates import first_of_month, month_of
from customers import contacts
from customers.models import Guidance, RegisterLine
from exchange.models import ExportJob
from reports import archive
from reports.models import MonthArchive, Receipt, WeekReport
from staff.roles import Role
from tests.exchange.tables import xlsx
from tests.house import House, phone

from .seat import DESK, PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
TABLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = ["日期", "姓名", "电话", "接待人"]


@pytest.fixture
def house():
    """An office with a customer of last month and two of yesterday, of whom rep A reached one today."""
    house = House("AB")
    house.on = timezone.localdate()
    house.manager, house.planner = house.hire("manager", Role.MARKETING_MANAGER), house.hire("planner", Role.PLANNER)
    house.on = first_of_month(house.on) - timedelta(days=3)
    house.call("10:00", "B", name="上月客户", phone=phone(3))
    house.on = timezone.localdate() - timedelta(days=1)
    house.told = [house.call(f"10:0{n}", "A", name=f"客户{n}", phone=phone(n)) for n in (1, 2)]
    house.on = timezone.localdate()
    said = {"manner": "phone", "reached": True, "result": "想看三房", "level": "A"}
    contacts.record(house.customer(house.told[0]), by=house.people["A"], now=timezone.now(), **said)
    return house


def test_guidance_of_the_meeting_waits_on_the_next_day_of_the_rep(house, seats):
    lead = seats(house.supervisor, width=DESK, scheme="light")
    rep = seats(house.people["A"], width=PHONE, scheme="dark")
    customer = house.customer(house.told[0])
    page = lead.go("/meeting/")
    expect(page.locator("#due")).to_contain_text("想看三房")
    page.locator(f"#due a[data-guide='{customer.number}']").click()
    expect(page.locator("#guidance_number")).to_have_value(str(customer.number))
    expect(page.locator("#guidance_words")).to_be_focused()
    page.keyboard.type("请其爱人一起来")
    lead.press("给出指导意见")
    assert Guidance.objects.get().customer == customer
    lead.go(f"/meeting/?guide={customer.number}")

    expect(rep.go("/today/").locator("#guided")).to_contain_text("请其爱人一起来")
    rep.follow(rep.page.locator("#guided a").first)
    expect(rep.page.locator("#contact")).to_contain_text("请其爱人一起来")
    rep.go(f"/customers/{customer.pk}/")
    expect(rep.page.locator("#guidance")).to_contain_text("请其爱人一起来")

    rep.go("/reports/week/")
    expect(rep.page.locator("#report")).to_contain_text("客户1")
    rep.page.fill("#plan textarea", "先打完逾期回访")
    rep.press("保存计划")
    rep.page.fill("#words textarea", "约到一组")
    rep.press("提交周报")
    report = WeekReport.objects.get()
    expect(lead.go("/reports/weeks/").locator("#reports")).to_contain_text("先打完逾期回访")
    lead.enter(f"/reports/weeks/{report.pk}/comment/", words="下周多约复访")
    expect(rep.go("/reports/week/").locator("#report")).to_contain_text("下周多约复访")


def test_a_month_is_closed_once_followed_to_its_lines_and_taken_over(house, seats):
    now, last = timezone.now() + timedelta(hours=3), first_of_month(house.on - timedelta(days=house.on.day))
    assert [archive.close_months(now=now), archive.close_months(now=now)] == [1, 0]
    desk = seats(house.manager, width=DESK, scheme="dark")
    planner = seats(house.planner, width=PHONE, scheme="light")
    month = f"/reports/{house.office.pk}/{month_of(last)}/"
    page = desk.go(month)
    book = desk.fetch(page.get_by_role("link", name="Excel 工作簿"))
    assert book == bytes(MonthArchive.objects.get().workbook)
    desk.follow(page.locator(".stats a").nth(1))
    expect(desk.page.locator("main")).to_contain_text("客户")

    expect(planner.go("/").locator("main")).to_contain_text("等你签收")
    planner.follow(planner.page.locator(".message a").first)
    assert planner.page.url.endswith(month)
    planner.press("签收本月")
    assert Receipt.objects.get().by == house.planner
    expect(planner.go("/reports/").locator("main")).not_to_contain_text("等你签收")
    expect(desk.go(month).locator("#archive")).to_contain_text("planner")


def test_a_table_with_errors_is_mended_and_an_export_expires(house, seats):
    desk = seats(house.manager, width=DESK, scheme="light")
    small = seats(house.manager, width=PHONE, scheme="dark")
    rows = [HEADS, ["2026-02-20", "老客户", phone(7), "B"], ["?", "乙客户", phone(8), "B"]]
    desk.go("/imports/")
    desk.enter("/imports/", kind="register", file={"name": "old.xlsx", "mimeType": TABLE, "buffer": xlsx(rows)})
    desk.press("逐行检查")
    wrong = desk.fetch(desk.page.get_by_role("link", name="下载待改正的行"))
    told = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(wrong)).worksheets[0].iter_rows()]
    assert next(row for row in told if "乙客户" in row)[2] == "?"
    small.go(desk.page.url.removeprefix(desk.url))
    desk.press("放弃导入")
    rows[2][0] = "2026-02-21"
    desk.enter("/imports/", kind="register", file={"name": "old.xlsx", "mimeType": TABLE, "buffer": xlsx(rows)})
    desk.press("逐行检查")
    desk.enter("/start/")
    assert RegisterLine.objects.filter(receiver=house.people["B"]).count() == 3

    desk.go("/intent/?level=A")
    desk.press("导出")
    taken = desk.fetch(desk.page.get_by_role("link", name="下载文件"))
    cells = str([[cell.value for cell in row] for row in load_workbook(io.BytesIO(taken)).worksheets[0].iter_rows()])
    assert ("客户1" in cells, "客户2" in cells) == (True, False)
    job = ExportJob.objects.get()
    ExportJob.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    page = small.go(f"/exports/{job.pk}/")
    expect(page.locator("#export")).to_contain_text("已过期")
    assert page.get_by_role("link", name="下载文件").count() == 0
    small.go(f"/exports/{job.pk}/file/")
    expect(small.page.locator("body")).to_contain_text("REP-07")

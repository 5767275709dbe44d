"""Closing a month: once, whoever runs it and however often, unchangeable, handed over (REP-05, HAND-03)."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import translation
from openpyxl import load_workbook

from common.errors import RuleError
from crm import schedule
from customers.models import OfficeRegister
from reports import archive, canonical, receipts, tables, workbook
from reports.models import MonthArchive, Receipt
from reports.words import WORDS
from staff.models import Notice
from tests.house import phone
from tests.reports.conftest import APRIL, MARCH, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(shop) -> MonthArchive:
    """March, with a visit, closed."""
    shop.visit("09:30", name="王小明", phone=phone(1))
    shop.on = APRIL
    assert archive.close_months(now=shop.at("02:00")) == 1
    return MonthArchive.objects.get()


@pytest.mark.rule("REP-05")
@pytest.mark.parametrize(("at", "made"), [("01:59:59", 0), ("02:00", 1)])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_month_is_closed_on_the_first_at_two_of_the_office(zone, at, made):
    shop = Shop("A", zone=zone)
    shop.call("10:00", "A", phone=phone(1))
    shop.on = APRIL
    assert archive.close_months(now=shop.at(at)) == made


@pytest.mark.rule("REP-05")
def test_closing_again_makes_no_second_archive_and_tells_nobody_twice(shop, closed):
    told = Notice.objects.filter(key=f"month:{closed.pk}")
    assert {notice.user.name for notice in told} == {"planner", "manager"}
    assert archive.close_months(now=shop.at("03:00")) == 0
    assert archive.close(shop.office, MARCH, now=shop.at("03:00")) is None
    assert (MonthArchive.objects.count(), told.count()) == (1, 2)


@pytest.mark.rule("REP-05")
def test_the_periodic_job_closes_every_month_that_was_missed(shop):
    shop.call("10:00", "A", phone=phone(1))
    shop.on = date(2026, 6, 3)
    assert schedule.run("close_months", now=shop.at("12:00")).result == "3"
    assert [f"{one.month:%m}" for one in MonthArchive.objects.order_by("month")] == ["03", "04", "05"]


@pytest.mark.rule("REP-05")
@pytest.mark.parametrize("where", ["_hand_over", "_workbook"])
def test_killed_anywhere_and_run_again_gives_one_archive_with_equal_figures(shop, monkeypatch, where):
    shop.visit("09:30", phone=phone(1))
    shop.on = APRIL
    wanted = canonical.text(shop.month(MARCH, at=APRIL))
    with monkeypatch.context() as broken:
        broken.setattr(archive, where, lambda *args, **kw: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            archive.close_months(now=shop.at("02:00"))
    assert (MonthArchive.objects.count(), Notice.objects.filter(key__startswith="month:").count()) == (0, 0)
    shop.on = date(2026, 4, 9)
    archive.close_months(now=shop.at("02:00"))
    assert MonthArchive.objects.get().figures == wanted


@pytest.mark.rule("REP-05")
def test_an_archive_proves_itself_and_a_changed_one_is_caught(shop, closed):
    assert archive.fault(closed) is None
    assert archive.read(closed) == shop.month(MARCH)
    told = [[make(found) for make in workbook.MAKERS] for found in (archive.read(closed), shop.month(MARCH))]
    assert told[0] == told[1]
    closed.figures = closed.figures.replace('"visits":1', '"visits":2')
    assert archive.fault(closed) == "figures"
    closed.refresh_from_db()
    closed.workbook = bytes(closed.workbook) + b"x"
    assert archive.fault(closed) == "workbook"


@pytest.mark.rule("REP-05")
@pytest.mark.parametrize("model", [MonthArchive, Receipt])
def test_nobody_changes_or_deletes_what_was_closed(shop, closed, model):
    receipts.take_over(closed, by=shop.planner, now=shop.at("09:00"))
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**({"figures": "{}"} if model is MonthArchive else {"at": shop.at("10:00")}))
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete(model.objects.db)


@pytest.mark.rule("REP-05")
def test_a_month_that_is_not_over_is_refused(shop):
    with pytest.raises(RuleError) as refused:
        archive.close(shop.office, MARCH, now=shop.at("12:00"))
    assert refused.value.rule == "REP-05"


@pytest.mark.rule("REP-05")
def test_an_office_that_has_not_begun_has_nothing_to_close(shop):
    shop.on = APRIL
    assert archive.close_months(now=shop.at("12:00")) == 0


@pytest.mark.rule("REP-05", "HAND-03")
def test_the_planner_takes_it_over_once_and_nobody_else_does(shop, closed):
    stranger = Shop("X")
    for who in (shop.manager, shop.supervisor, stranger.planner):
        with pytest.raises(RuleError):
            receipts.take_over(closed, by=who, now=shop.at("09:00"))
    receipt = receipts.take_over(closed, by=shop.planner, now=shop.at("09:00"))
    assert (receipt.by, receipt.at) == (shop.planner, shop.at("09:00"))
    with pytest.raises(RuleError):
        receipts.take_over(closed, by=shop.planner, now=shop.at("09:01"))


@pytest.mark.rule("REP-05", "REG-05")
def test_the_cover_names_office_month_maker_digest_and_chain(shop, closed):
    sheet = load_workbook(io.BytesIO(bytes(closed.workbook))).worksheets[0]
    said = [row[1].value for row in sheet.iter_rows(min_row=3)]
    assert said[0] == shop.office.name
    assert said[1] == "2026-03"
    assert said[5:] == [closed.figures_sha256, OfficeRegister.objects.get().head, "0" * 64]


@pytest.mark.rule("HAND-03", "PRIV-05")
def test_each_reps_customers_are_in_it_by_number_and_no_name_or_phone(shop, closed):
    book = load_workbook(io.BytesIO(bytes(closed.workbook)))
    sheet = book.worksheets[-2]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[:2] for row in rows] == [["A", 1]]
    text = str([[cell.value for cell in row] for one in book for row in one.iter_rows()])
    assert [secret for secret in ("王小明", phone(1)) if secret in text + closed.figures] == []


@pytest.mark.rule("REP-05")
def test_every_table_is_a_sheet_with_its_chart(shop, closed):
    book = load_workbook(io.BytesIO(bytes(closed.workbook)))
    assert len(book.sheetnames) >= 12
    assert sum(len(sheet._charts) for sheet in book) >= 8
    assert all(sheet.freeze_panes == "A3" and sheet.print_title_rows == "$1:$2" for sheet in book)
    assert len(workbook.MAKERS) >= 12


@pytest.mark.rule("REP-06")
def test_every_definition_of_the_page_is_in_the_workbook(shop):
    shop.sold(shop.visit("09:30", phone=phone(1)), "1-1", "11:00")
    shop.web(at="12:00", phone=phone(2))
    found = shop.month(MARCH)
    shown = tables.of_month(found, workbook.MAKERS, people=True)
    with translation.override("zh-hans"):
        archive.close(shop.office, MARCH, now=shop.at("12:00", APRIL + timedelta(days=1)))
        wanted = {
            str(words) for table in shown for words in (table.words, *(one.words for one in table.columns)) if words
        }
        wanted |= {str(words) for _title, words in WORDS.values()}
    sheet = load_workbook(io.BytesIO(bytes(MonthArchive.objects.get().workbook))).worksheets[-1]
    said = {str(row[2].value) for row in sheet.iter_rows(min_row=3)}
    assert wanted - said == set()
    assert any("大客户" in words and "标价" in words for words in said)
    numbers = [
        (t, c) for t in shown if t.key != "summary" for c in t.columns[1:] if c.form not in (tables.TEXT, tables.DAY)
    ]
    assert [(table.key, column.title) for table, column in numbers if not (column.words or table.words)] == []

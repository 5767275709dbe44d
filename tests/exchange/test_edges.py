"""Tables as offices really have them: merged heads, dates of other calendars, numbers as floats, wrong names (REG-10)."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from common import spreadsheets
from common.errors import RuleError
from customers.models import Customer, RegisterLine
from exchange import value_days, values
from exchange.models import BatchState, RowState
from tests.exchange.tables import text, xlsx
from tests.exchange.test_importing import check, old, run, upload
from tests.house import phone

__all__ = ["old"]
pytestmark = [pytest.mark.django_db, pytest.mark.rule("REG-10")]
HEADS = ["日期", "姓名", "电话", "业务员"]


def book(fill, *, mac=False) -> bytes:
    """A workbook whose first sheet ``fill`` fills."""
    made = Workbook()
    if mac:
        made.epoch = CALENDAR_MAC_1904
    fill(made.worksheets[0])
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize("mac", [False, True])
def test_days_of_either_calendar_come_as_they_are_shown(mac):
    def fill(sheet):
        sheet.append([datetime.fromisoformat("2026-03-01T09:30"), date(2026, 3, 2), time(9, 30)])

    assert list(spreadsheets.rows(book(fill, mac=mac), "xlsx")) == [["2026-03-01 09:30:00", "2026-03-02", "09:30:00"]]


@pytest.mark.parametrize(
    "said", ["2026年3月1日 星期日", "2026-03-01（周日）", "2026/3/1 周日 09:30", "2026年3月1日星期天"]
)
def test_the_day_of_the_week_beside_a_day_is_passed_over(said):
    assert value_days.day(said) == date(2026, 3, 1)
    assert value_days.clock(said) == (time(9, 30) if "09" in said else None)


@pytest.mark.parametrize("said", ["15400000001.0", "1.5400000001E+10", "1.5400000001e10", "\u202d154 0000 0001\u202c"])
def test_a_phone_number_that_a_spreadsheet_counted_is_whole_again(said):
    assert values.phone(said) == "15400000001"


def other_office_format(name: str) -> bytes:
    """An archive as other office programs make it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize("part", ["content.xml", "Index/Document.iwa", "xl/workbook.bin"])
def test_another_programs_file_under_the_name_of_a_workbook_is_refused(part):
    with pytest.raises(RuleError, match="does not fit the name"):
        list(spreadsheets.rows(other_office_format(part), "xlsx"))


@pytest.mark.parametrize("name", ["a.ods", "a.xlsm", "a.xlsb", "a.numbers", "a.et", "a.xlsx.zip"])
def test_names_of_other_forms_are_refused_with_those_that_do(name):
    with pytest.raises(RuleError, match=r"\.xlsx, \.xls or \.csv"):
        spreadsheets.form_of(name)


@pytest.mark.parametrize(
    "data", [b"<html><table></table></html>", "日期\t姓名\n".encode("gbk"), b"%PDF-1.7", b"PK\x05\x06" + bytes(18)]
)
@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_what_only_bears_the_name_of_a_workbook_is_refused(data, form):
    with pytest.raises(RuleError, match="does not fit the name"):
        list(spreadsheets.rows(data, form))


def test_two_rows_of_merged_heads_and_merged_days(old):
    def fill(sheet):
        for row in (["2026年来访登记"], ["日期", "客户", None, "业务员"], [None, "姓名", "电话", None]):
            sheet.append(row)
        for at in ("A1:D1", "A2:A3", "B2:C2", "D2:D3", "A4:A5"):
            sheet.merge_cells(at)
        sheet["A4"] = date(2026, 2, 20)
        for n, row in enumerate((["甲", int(phone(1)), "A"], ["乙", float(phone(2)), "B"]), 4):
            for column, value in zip("BCD", row, strict=True):
                sheet[f"{column}{n}"] = value

    batch = check(old, upload(old, [], data=book(fill)), fill_down=True)
    assert (batch.total, batch.bad, set(batch.mapping)) == (2, 0, {"day", "name", "phone", "owner"})
    assert run(old, batch).state == BatchState.DONE
    assert [line.at.astimezone(old.zone).date() for line in RegisterLine.objects.order_by("number")] == [
        date(2026, 2, 20)
    ] * 2
    assert Customer.objects.filter(tokens__kind="phone").count() == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
def test_new_and_known_customers_empty_rows_and_one_number_twice(old, encoding):
    run(old, check(old, upload(old, [["2026-02-10", "甲", phone(1), "A"]], heads=HEADS)))
    rows = [
        ["2026-02-20", "甲", phone(1), "A"],
        ["", "", "", ""],
        ["2026-02-20", "乙", phone(2), "B"],
        ["2026-02-21", "乙", phone(2), "B"],
        ["2026-02-21", "丙", "1.54E+10", "B"],
        ["2026-02-10", "甲", phone(1), "A"],
    ]
    data = text([HEADS, *rows], encoding, "\t")
    batch = check(old, upload(old, [], name="old.csv", data=data))
    assert {row.n: row.state for row in batch.rows.order_by("n")} == {
        **{2: RowState.GOOD, 4: RowState.GOOD, 5: RowState.GOOD},
        **{6: RowState.BAD, 7: RowState.KNOWN},
    }
    run(old, batch, set_aside=True)
    assert Customer.objects.count() == 2
    assert [line.decision for line in RegisterLine.objects.order_by("number")] == [
        "new",
        "returning",
        "new",
        "returning",
    ]


def test_a_workbook_with_a_password_says_what_to_do(old):
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    batch = upload(old, [], data=locked)
    assert (batch.state, batch.stopped_by) == (BatchState.DROPPED, "The file has a password: save it without one")


def test_only_the_first_sheet_that_holds_something_is_read():
    def fill(sheet):
        second = sheet.parent.create_sheet("登记")
        second.append(["日期"])
        sheet.parent.create_sheet("说明").append(["看不到"])

    assert list(spreadsheets.rows(book(fill), "xlsx")) == [["日期"]]
    assert list(spreadsheets.rows(xlsx([["a"]]), "xlsx")) == [["a"]]

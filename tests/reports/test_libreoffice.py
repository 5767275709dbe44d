"""The workbook of a month as LibreOffice opens it: every cell as it was written, every chart drawn (REP-04, REP-07)."""

from __future__ import annotations

import io
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from common.excel import Book, Column
from reports import archive
from reports.models import MonthArchive
from tests.common.test_excel import HOSTILE, MARK
from tests.house import phone
from tests.reports.conftest import APRIL

pytestmark = [pytest.mark.office, pytest.mark.django_db]
LIMIT = 120


def converted(content: bytes, to: str, folder: Path) -> bytes:
    """What LibreOffice makes of a workbook, without a window and with a profile of its own."""
    (folder / "book.xlsx").write_bytes(content)
    out = folder / "out"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to]
    done = subprocess.run(
        [*command, "--outdir", str(out), str(folder / "book.xlsx")], capture_output=True, text=True, timeout=LIMIT
    )
    assert done.returncode == 0, done.stderr
    return (out / f"book.{to.partition(':')[0]}").read_bytes()


def cells(content: bytes) -> dict[str, list[list[object]]]:
    """Every cell that holds something, by sheet; moments to the minute, numbers to ten places."""

    def plain(value: object) -> object:
        if isinstance(value, datetime):
            return value.replace(second=0, microsecond=0)
        return round(value, 10) if isinstance(value, float) else value

    book = load_workbook(io.BytesIO(content))
    return {
        sheet.title: [[plain(cell.value) for cell in row if cell.value is not None] for row in sheet.iter_rows()]
        for sheet in book
    }


@pytest.mark.rule("REP-04", "REP-05")
def test_a_closed_month_opens_with_every_cell_and_chart(shop, tmp_path):
    told = shop.visit("09:30", phone=phone(1))
    shop.leave(told, "10:00")
    shop.followed(told, "11:00", level="A")
    shop.sold(told, "1-1", "15:00")
    shop.on = APRIL
    archive.close_months(now=shop.at("02:00"))
    content = bytes(MonthArchive.objects.get().workbook)
    again = converted(content, "xlsx:Calc MS Excel 2007 XML", tmp_path)
    assert cells(again) == cells(content)
    charts = [len(sheet._charts) for sheet in load_workbook(io.BytesIO(content))]
    assert [len(sheet._charts) for sheet in load_workbook(io.BytesIO(again))] == charts


@pytest.mark.rule("REP-07")
def test_nothing_that_came_from_input_is_computed(tmp_path):
    book, target = Book(MARK), io.BytesIO()
    book.add("表", [Column("c", 20)], [[text] for text in HOSTILE] + [["_x0041_"]])
    book.save(target)
    sheet = load_workbook(io.BytesIO(converted(target.getvalue(), "xlsx:Calc MS Excel 2007 XML", tmp_path))).active
    assert {cell.data_type for row in sheet.iter_rows(min_row=3) for cell in row} == {"s"}


def test_a_formula_would_be_seen(tmp_path):
    """The broken twin."""
    book, target = Workbook(), io.BytesIO()
    book.active["A1"] = "=1+1"
    book.save(target)
    sheet = load_workbook(io.BytesIO(converted(target.getvalue(), "xlsx:Calc MS Excel 2007 XML", tmp_path))).active
    assert sheet["A1"].data_type == "f"

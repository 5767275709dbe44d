"""Workbooks: text stays text, every cell comes back as it went in, and a stream of rows costs no memory."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference

from common import excel
from common.errors import RuleError
from common.excel import As, Book, Column, Mark
from common.excel_cells import DAY, INTEGER, LONGEST, MOMENT, MONEY, PERCENT, begins_like_formula, plain

MARK = Mark("云栖 & 花园", "林晓燕", datetime(2026, 11, 22, 6, 8, tzinfo=UTC), "Asia/Shanghai")
HOSTILE = ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("http://x","y")']


def saved(*rows, columns=None, mark=MARK, title="表", **kw):
    """The bytes of a book with one sheet of ``rows``."""
    book, target = Book(mark), io.BytesIO()
    wide = columns or [Column(f"c{n}") for n in range(max((len(row) for row in rows), default=1))]
    book.add(title, wide, iter(rows), **kw)
    book.save(target)
    return target.getvalue()


def opened(content):
    """The first sheet, as openpyxl reads it."""
    return load_workbook(io.BytesIO(content)).worksheets[0]


def values(content):
    """What the rows hold."""
    return [[cell.value for cell in row] for row in opened(content).iter_rows(min_row=3)]


def dangers(content):
    """The cells that a spreadsheet would compute, now or when somebody edits them."""
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and begins_like_formula(cell.value)
        if cell.data_type == "f" or not cell.quotePrefix
    ]


@pytest.mark.rule("REP-07")
@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_begins_like_a_formula_stays_text(text):
    content = saved([text], total=[text], columns=[Column(text)], mark=Mark(text, text, MARK.at, MARK.zone))
    assert dangers(content) == []
    assert values(content) == [[plain(text)], [plain(text)]]


def test_a_sheet_written_without_care_is_caught():
    """The broken twin: openpyxl alone makes a formula of such text."""
    book, target = Workbook(), io.BytesIO()
    book.active.append(["=1+1", "+86", "harmless"])
    book.save(target)
    assert dangers(target.getvalue()) == ["Sheet!A1", "Sheet!B1"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_comes_back_without_its_control_characters(text):
    content = saved([text, "x"])
    assert dangers(content) == []
    got = values(content)[0][0]
    assert (got or "").replace("_x005F_", "_") == plain(text).replace("_x005F_", "_")


def test_control_characters_and_halves_of_characters_go():
    assert plain("a\x00b\x08c\x1f\ud800d\ufffe\r\ne\rf") == "abcd\ne\nf"


def test_an_escape_of_the_format_is_no_character():
    part = zipfile.ZipFile(io.BytesIO(saved(["_x0041_"]))).read("xl/worksheets/sheet1.xml").decode()
    assert "_x005F_x0041_" in part


@pytest.mark.parametrize("unit", ["长", "𠮷", "a𠮷"])
def test_too_long_a_text_is_cut_with_a_mark(unit):
    cut = plain(unit * 40_000)
    assert len(cut.encode("utf-16-le")) // 2 <= LONGEST
    assert cut.startswith(unit)
    assert not cut.endswith(unit)
    assert values(saved([unit * 40_000])) == [[cut]]


def test_a_text_of_exactly_the_greatest_length_is_whole():
    assert plain("长" * LONGEST) == "长" * LONGEST


def test_times_are_naive_and_local():
    summer = datetime(2026, 2, 28, 16, 30, tzinfo=UTC)
    content = saved([summer, summer.astimezone(ZoneInfo("America/New_York")), date(2026, 3, 1), time(8, 30)])
    local = datetime.fromisoformat("2026-03-01T00:30")
    assert values(content) == [[local, local, datetime.fromisoformat("2026-03-01"), time(8, 30)]]
    assert [cell.number_format for cell in opened(content)[3]][:3] == [MOMENT, MOMENT, DAY]


def test_a_day_before_spreadsheets_count_rightly_is_text():
    assert values(saved([date(1900, 2, 28), date(1900, 3, 1)])) == [
        ["1900-02-28", datetime.fromisoformat("1900-03-01")]
    ]


def test_numbers_keep_their_digits():
    row = [12, 10**15 - 1, 10**15, Decimal("1234567.89"), Decimal("1e-3"), Decimal("0.1234567890123456"), 0.1]
    assert values(saved(row))[0] == [12, 10**15 - 1, str(10**15), 1234567.89, 0.001, "0.1234567890123456", 0.1]
    assert values(saved([float("nan"), float("inf"), Decimal("NaN"), True]))[0] == ["nan", "inf", "NaN", True]


def test_missing_and_zero_differ():
    assert values(saved([0, None, "", "x"])) == [[0, None, None, "x"]]


def test_columns_have_widths_and_formats_and_single_values_their_own():
    columns = [Column("笔数", 9, INTEGER), Column("金额", 16.5, MONEY), Column("说明", 40, wrap=True)]
    sheet = opened(saved([3, Decimal("2.50"), "长"], [As(0.5, PERCENT), 1, "b"], columns=columns, total=[4, 3, "合计"]))
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [9, 16.5, 40]
    assert [cell.number_format for cell in sheet["A"][2:]] == [INTEGER, PERCENT, INTEGER]
    assert [cell.value for cell in sheet[2]] == ["笔数", "金额", "说明"]
    assert (sheet["C3"].alignment.wrap_text, sheet["A5"].font.bold, sheet["A2"].font.bold) == (True, True, True)


@pytest.mark.rule("REP-07")
def test_every_sheet_and_page_says_who_took_it_and_when():
    sheet = opened(saved(["x"]))
    assert sheet["A1"].value == MARK.text
    assert "林晓燕" in MARK.text
    assert "2026-11-22 14:08" in MARK.text
    assert sheet.oddFooter.left.text == MARK.text.replace("&", "&&")


def test_the_head_is_frozen_and_repeated_in_print():
    sheet = opened(saved(["x", "y"], ["z", "w"], filtered=True, total=["a", "b"], landscape=False))
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A3", "$1:$2", "A2:B4")
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("portrait", 9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_titles_are_what_a_spreadsheet_takes_and_differ():
    book, target = Book(MARK), io.BytesIO()
    for title in ["a/b[1]:*?\\", "'日报'", "日报", "history", "", "长" * 40, "长" * 40]:
        book.add(title, [Column("c")], [])
    book.save(target)
    titles = load_workbook(io.BytesIO(target.getvalue())).sheetnames
    assert titles[:4] == ["a b 1", "日报", "日报 2", "history 2"]
    assert len({title.casefold() for title in titles}) == 7
    assert max(map(len, titles)) <= 31


def test_a_native_chart_stands_beside_its_rows():
    book, target = Book(MARK), io.BytesIO()
    sheet = book.add("按日", [Column("日"), Column("来访")], [[n, n * n] for n in range(1, 6)])
    chart = BarChart()
    chart.add_data(Reference(sheet.frame, min_col=2, min_row=2, max_row=7), titles_from_data=True)
    sheet.chart(chart, "D2")
    book.save(target)
    assert len(opened(target.getvalue())._charts) == 1


def test_the_same_rows_give_the_same_bytes():
    assert saved(["x", 1]) == saved(["x", 1])
    assert saved(["x", 1]) != saved(["x", 2])


def test_an_empty_sheet_opens():
    assert values(saved(columns=[Column("c")])) == []


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(excel, "MOST_ROWS", 5)
    saved(*[["x"]] * 3)
    with pytest.raises(RuleError) as refused:
        saved(*[["x"]] * 4)
    assert refused.value.rule == "REP-07"


def test_many_rows_need_little_memory():
    rows = (["客户", n, MARK.at] for n in range(20_000))
    book, target = Book(MARK), io.BytesIO()
    book.add("表", [Column("c")] * 3, rows)
    tracemalloc.start()
    book.save(target)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000

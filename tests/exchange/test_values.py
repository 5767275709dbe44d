"""Cells as people and office programs write them (REG-10)."""

from datetime import date, time
from decimal import Decimal

import pytest

from common.errors import RuleError
from exchange import columns, value_days, value_words, values
from exchange.kinds import follow_ups, register, units
from exchange.kinds.units import _floor

pytestmark = pytest.mark.rule("REG-10")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "2026/3/1",
        "2026.3.1",
        "2026年3月1日",
        "20260301",
        "46082",
        "46082.5",
        "2026-03-01 09:30:00",
        "２０２６／３／１",
    ],
)
def test_a_day_in_any_usual_spelling(text):
    assert value_days.day(text) == date(2026, 3, 1)


@pytest.mark.parametrize(
    "text", ["2026-02-29", "3月1日", "yesterday", "2026-13-01", "0", "1899-01-01", "2100-01-01", "99999"]
)
def test_no_day_is_refused(text):
    with pytest.raises(RuleError):
        value_days.day(text)


def test_a_leap_day_is_one():
    assert value_days.day("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("9:30", time(9, 30)), ("09:30:15", time(9, 30, 15)), ("9点30分", time(9, 30)), ("9时", time(9)),
        ("下午2:05", time(14, 5)), ("上午9:30", time(9, 30)), ("2:05 PM", time(14, 5)), ("下午12:10", time(12, 10)),
        ("0.5", time(12)), ("46082.75", time(18)), ("2026-03-01 09:30", time(9, 30)), ("2026-03-01T09:30:00", time(9, 30)),
        ("2026-03-01", None), ("46082", None), ("20260301", None), ("", None), ("0:00", time(0)), ("23:59:59", time(23, 59, 59)),
    ],
)  # fmt: skip
def test_a_time_of_day(text, at):
    assert value_days.clock(text) == at


@pytest.mark.parametrize("text", ["25:00", "9:60", "soon", "下午", "24:00"])
def test_no_time_is_refused(text):
    with pytest.raises(RuleError):
        value_days.clock(text)


@pytest.mark.parametrize(
    "text",
    [
        "15400000001",
        "154-0000-0001",
        "+86 154 0000 0001",
        "15400000001.0",
        "1.5400000001E+10",
        "１５４０００００００１",
    ],
)
def test_a_phone_also_where_a_spreadsheet_made_it_a_number(text):
    assert values.phone(text) == "15400000001"


@pytest.mark.parametrize("text", ["1.54E+10", "1.540000000E10", "12345", "0755-1234567"])
def test_a_shortened_or_foreign_phone_is_refused(text):
    with pytest.raises(RuleError):
        values.phone(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234567.8", "1234567.80"),
        ("¥1,234,567", "1234567.00"),
        ("123.4万", "1234000.00"),
        ("0.01", "0.01"),
        ("100元", "100.00"),
    ],
)
def test_an_amount(text, amount):
    assert values.money(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["0", "-1", "1.234", "10000000000", "nan", "inf", "much", "1e400"])
def test_no_amount_is_refused(text):
    with pytest.raises(RuleError):
        values.money(text)


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("12.0", 12), ("No. 12", 12), ("第12号", 12), ("1,200", 1200)]
)
def test_a_whole_number(text, number):
    assert values.whole(text) == number


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "1000000000"])
def test_no_whole_number_is_refused(text):
    with pytest.raises(RuleError):
        values.whole(text)


@pytest.mark.parametrize(
    ("text", "floor"), [("3", 3), ("3层", 3), ("18F", 18), ("-1", -1), ("B1", -1), ("地下1层", -1), ("0", 0)]
)
def test_a_floor(text, floor):
    assert _floor(text) == floor


@pytest.mark.parametrize(("text", "letter"), [("A", "A"), ("a级", "A"), ("H类客户", "H")])
def test_a_level(text, letter):
    assert register.level(text) == letter


def test_words_are_known_and_others_refused_with_what_is_known():
    assert value_words.word("电话来访", register.KINDS) in ("visit", "call")
    with pytest.raises(RuleError, match="来访"):
        value_words.word("飞鸽", register.KINDS)


@pytest.mark.parametrize(("text", "answer"), [("是", True), ("否", False), ("√", True), ("", True), ("未接通", False)])
def test_yes_and_no(text, answer):
    assert value_words.yes(text, otherwise=True) is answer


HEADS = ["序号", "来访日期", "客户姓名*", "联系电话（手机）", "置业顾问", "意向级别", "获知途径", "备注"]


def test_heads_are_guessed_from_the_words_of_offices():
    assert columns.guess(HEADS, register.COLUMNS) == {
        "number": 0, "day": 1, "name": 2, "phone": 3, "owner": 4, "level": 5, "source": 6, "summary": 7,
    }  # fmt: skip


def test_no_column_of_the_file_stands_for_two_things():
    for kind in (register, follow_ups, units):
        for heads in (HEADS, ["电话", "电话", "日期"], ["编号"] * 5, ["客户"], []):
            found = columns.guess(heads, kind.COLUMNS)
            assert len(set(found.values())) == len(found)


def test_a_title_above_the_heads_is_passed_over():
    rows = [["某项目来访登记表"], [], ["日期", "姓名", "电话"], ["2026-03-01", "甲", "15400000001"]]
    assert columns.find_head(rows, register.COLUMNS) == (2, ["日期", "姓名", "电话"])


def test_of_two_rows_of_heads_the_lower_is_completed_by_the_upper():
    rows = [["日期", "客户", "", "业务员"], ["", "姓名", "电话", ""], ["2026-03-01", "甲", "15400000001", "乙"]]
    at, heads = columns.find_head(rows, register.COLUMNS)
    assert (at, heads) == (1, ["日期", "姓名", "电话", "业务员"])


def test_an_empty_file_has_no_heads():
    assert columns.find_head([], register.COLUMNS) == (0, [])


def test_a_short_row_has_empty_cells():
    assert columns.picked(["a"], {"day": 0, "name": 5}) == {"day": "a", "name": ""}

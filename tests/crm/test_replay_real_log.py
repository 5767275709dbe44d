"""A bank's real lead-to-deal log through the rules: every month agrees with figures counted by another program.

The log lies beside the repository, not in it. CI has it and must find it; elsewhere this file is empty without it.
"""

import gzip
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import translation
from openpyxl import load_workbook

from crm.replay.log import read
from crm.replay.run import run
from reports import archive
from reports.models import MonthArchive

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

if DATA.exists() or os.environ.get("CI"):

    @pytest.fixture(scope="module")
    def state(django_db_setup, django_db_blocker):
        with gzip.open(DATA / "bpic2012_504.jsonl.gz", "rt", encoding="utf-8") as rows:
            lines = read(rows)
        with django_db_blocker.unblock(), translation.override("zh-hans"), transaction.atomic():
            yield run(lines, policy={}, keep=True)
            transaction.set_rollback(True)

    @pytest.fixture(scope="module")
    def expected():
        return json.loads((DATA / "bpic2012_504.months.json").read_text(encoding="utf-8"))

    @pytest.mark.rule("LOST-04", "DEAL-02", "OWN-05")
    def test_the_real_log_gives_the_months_that_were_counted_independently(state, expected):
        got = {key: {name: state["months"][key][name] for name in figures} for key, figures in expected.items()}
        assert got == expected

    def test_the_rules_refuse_nothing_of_the_real_log(state):
        assert state["refusals"] == []

    @pytest.mark.rule("CARD-05")
    def test_cards_of_the_real_log_are_protected_when_filed_on_the_day(state):
        levels = {row["level"] for row in state["customers"].values() if row["protected"]}
        assert levels == {"H"}

    @pytest.mark.rule("REP-04", "REP-05")
    def test_every_months_workbook_reads_back_as_counted_independently(state, expected):
        """Each month is closed as the job does it; what Excel holds is compared cell by cell."""
        archive.close_months(now=datetime(2012, 4, 2, tzinfo=UTC))
        kept = {f"{one.month:%Y-%m}": one for one in MonthArchive.objects.all()}
        got = {key: told_by_excel(kept[key], key) for key in expected}
        assert got == {key: [figures, row_of(figures)] for key, figures in expected.items()}


NAMES = {
    **{"网络客户": "web", "期初在手": "open_start", "新增登记": "new", "战败": "defeats", "期末在手": "open_end"},
    **{"失效客户": "lapsed", "成交套数": "deals", "金额（元）": "deal_amount", "同期转化率": "conversion"},
    **{"回访": "follow_ups", "被跟进客户": "customers_followed"},
}


def told_by_excel(kept, key):
    """The summary of a workbook by the names of the reference, and the month's row of the year."""
    book = load_workbook(io.BytesIO(bytes(kept.workbook)))
    rows = {row[0].value: row[1].value for row in book["汇总"].iter_rows(min_row=3)}
    summary = {name: rows[words] for words, name in NAMES.items()}
    summary["deal_amount"] = f"{summary['deal_amount']:.2f}"
    year = {row[0].value: [cell.value for cell in row] for row in book["转化率"].iter_rows(min_row=3)}[key]
    return [summary, [*year[2:4], f"{year[4]:.2f}", *year[5:10]]]


def row_of(figures):
    """The same month as the sheet of twelve months tells it."""
    names = ("new", "deals", "deal_amount", "defeats", "lapsed", "follow_ups", "open_end", "conversion")
    return [figures[name] for name in names]

"""The closing killed at any moment, several at once, and three times over: one archive, one notice, equal figures."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from reports import archive, canonical
from reports.models import MonthArchive
from staff.models import Notice
from tests.house import phone
from tests.reports.conftest import APRIL, MARCH, Shop
from tests.test_concurrency import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("REP-05")]
ROOT = Path(__file__).resolve().parents[2]
MOMENTS = {
    "before the workbook": ("reports/workbook.py", "build", "call", "1"),
    "while it is written": ("common/excel.py", "_splice", "call", "5"),
    "written and not recorded": ("reports/archive.py", "_workbook", "return", "1"),
    "recorded, before the notices": ("reports/archive.py", "_hand_over", "call", "1"),
    "told, before it is all kept": ("reports/archive.py", "_hand_over", "return", "1"),
    "one month kept, the other not": ("reports/archive.py", "close", "call", "2"),
}


@pytest.fixture
def books(transactional_db) -> Shop:
    """March and April are over, with visits, a contact, a deal and a customer who left again."""
    shop = Shop()
    shop.sign_in("A", "B")
    told = [shop.visit(f"09:3{n}", phone=phone(n), source="media") for n in range(2)]
    for one in told:
        shop.leave(one, "10:30")
    shop.followed(told[0], "11:00", shop.receiver(told[0]), level="A")
    shop.sold(told[0], "1-1", "15:00")
    shop.go(APRIL, "A", "B")
    shop.call("10:00", "A", phone=phone(9))
    shop.on = date(2026, 5, 1)
    return shop


def closers(shop: Shop, folder: Path, *points: tuple[str, ...]) -> list[int]:
    """Processes that close at the same instant, with files in ``folder``; how each ended."""
    env = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    env |= {"TMPDIR": str(folder)}
    command, pipe = [sys.executable, "-m", "tests.closing_process", shop.at("02:30").isoformat()], subprocess.PIPE
    begun = [
        subprocess.Popen([*command, *point], cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True) for point in points
    ]
    assert [one.stdout.readline() for one in begun] == ["ready\n"] * len(begun)
    for one in begun:
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in begun:
        one.communicate(timeout=120)
    return [one.returncode for one in begun]


def kept() -> list[tuple[date, str]]:
    """Months archived, each with the digest of its figures, proven."""
    rows = list(MonthArchive.objects.order_by("month"))
    assert [archive.fault(one) for one in rows] == [None] * len(rows)
    return [(one.month, one.figures_sha256) for one in rows]


def told(shop: Shop) -> list[int]:
    """How often planner and manager were told of each month."""
    keys = [f"month:{pk}" for pk in MonthArchive.objects.order_by("month").values_list("pk", flat=True)]
    people = (shop.planner, shop.manager)
    assert Notice.objects.filter(key__startswith="month:").count() == len(keys) * len(people)
    return [Notice.objects.filter(key=key, user=user).count() for key in keys for user in people]


def wanted(shop: Shop) -> list[tuple[date, str]]:
    """What an undisturbed closing keeps."""
    months = (MARCH, APRIL)
    return [(one, canonical.digest(canonical.text(shop.month(one, at=date(2026, 5, 1))))) for one in months]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_and_run_again_it_keeps_one_archive_of_equal_figures(books, tmp_path, moment):
    whole = wanted(books)
    assert closers(books, tmp_path, MOMENTS[moment]) == [-9]
    assert kept() in (whole[:0], whole[:1], whole)  # a month is there as a whole or not at all
    told(books)
    archive.close_months(now=books.at("03:00"))
    assert kept() == whole
    assert told(books) == [1] * 4
    assert list(tmp_path.iterdir()) == []


def test_four_at_once_keep_one_archive(books, tmp_path):
    whole = wanted(books)
    assert closers(books, tmp_path, (), (), (), ()) == [0] * 4
    assert kept() == whole
    assert told(books) == [1] * 4
    assert list(tmp_path.iterdir()) == []


def test_closed_three_times_and_never_counted_otherwise(books):
    counts = [archive.close_months(now=books.at(clock)) for clock in ("02:00", "02:30", "12:00")]
    assert counts == [2, 0, 0]
    assert kept() == wanted(books)
    assert told(books) == [1] * 4
    rows = list(MonthArchive.objects.order_by("month"))
    assert [canonical.text(books.month(one.month)) for one in rows] == [one.figures for one in rows]

"""Every list of the product can be taken out by those who may open its page, row by row as it shows them (REP-07)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags
from openpyxl import load_workbook

from common.errors import RuleError
from common.excel import HEAD_ROW
from exchange import exporting
from exchange.lists.table import DUTIES, LISTS, open_to
from reception import roster
from staff import rewards
from staff.models import AccessLog
from tests.exchange.planting import plant
from tests.walk import ADDRESSES, LEADS
from tests.world import ANONYMOUS, ELSEWHERE, VIEWERS, WITHDRAWN, World, opened, quiet_refusals, unpacked

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REP-07")]
OPENED = {address.name: address.may for address in ADDRESSES} | {"month_lines": LEADS}
PAGE_OF = {"handover_items": "handover", "month_lines": "month_lines", "person_lines": "person_lines"}
NOW = datetime.fromisoformat("2026-03-02T11:59:00+08:00")
DAYS = ("2026-03-02", "2026-03-02", "contacts")
HERE = tuple(viewer for viewer in VIEWERS if viewer not in ELSEWHERE | {ANONYMOUS, WITHDRAWN})
HEAD_CELL, ITEM, SECTION = r'<td class="[^"]*\bhead\b', 'class="desk-item"', r"<section class=\"card\"><header><h2>"
# What one row of a page looks like where it is no row of a table.
ROW = {"signing": ITEM, "approvals": ITEM, "days": SECTION, "weeks": SECTION, "care_open": 'class="name"'}
ROW |= {"my_conduct": r"<h2>[^<]+ · [^<]+</h2>", "inspections": r'href="/conduct/inspections/|href="/inspections/\d'}
# What a workbook tells besides its page: what the page folds away, and what is the same in each of its rows.
LINE, OWNER = {"companions", "needs"}, {"owner"}
BESIDES = {"register": LINE, "my_register": LINE, "customers": OWNER, "lapsing": OWNER, "intent": {"phone"}}
BESIDES |= {"bulk": {"office"}, "conduct_objections": set()}
WITHOUT_LIST = {  # pages by key that hold no list of the business
    *("exchange/exports.html", "exchange/imports.html", "exchange/import.html"),  # what was taken out, brought in
    *("staff/inbox.html", "components/gallery.html"),
    "reports/closed.html",  # each month has a workbook of its own
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The planted office."""
    with quiet_refusals(), opened(django_db_blocker) as world:
        plant(world)
        yield world


def may(name: str) -> frozenset[str]:
    """Who opens the page of a list."""
    return OPENED["month_lines" if name == "month_lines" else PAGE_OF.get(name, LISTS[name].page or name)]


def asked(world: World, name: str) -> str:
    """What the address of the page says."""
    said = {"handover_items": f"handover={world.rows['handover'].pk}", "month_lines": "figure=new&month=2026-03"}
    said["person_lines"] = f"who={world.people['owner'].pk}&first={DAYS[0]}&last={DAYS[1]}&figure={DAYS[2]}"
    return said.get(name, {"conduct_objections": "tab=objections", "conduct_given": "tab=given"}.get(name, ""))


def address(world: World, name: str) -> str:
    """The page on which the list stands."""
    if name == "month_lines":
        return f"/reports/{world.house.office.pk}/2026-03/lines/new/"
    if name == "person_lines":
        return reverse("person_lines", args=[world.people["owner"].pk, *DAYS])
    if name == "handover_items":
        return reverse("handover", args=[world.rows["handover"].pk])
    return f"{reverse(LISTS[name].page or name)}?{asked(world, name)}"


def taken(world: World, viewer: str, name: str, query: str | None = None) -> bytes:
    """The workbook that a viewer takes out; what making it wrote is undone."""
    user, now = world.people[viewer], timezone.now()
    user.__dict__.pop("posting", None)
    query = asked(world, name) if query is None else query
    with transaction.atomic():
        job = exporting.work(exporting.ask(name, query=query, text="", by=user, now=now), now=now)
        data = exporting.fetch(job, by=user, now=now)
        logged = AccessLog.objects.filter(user=user, subject=f"export:{job.pk}")
        assert user.office is None or logged.get().office == user.office
        assert logged.exists()
        transaction.set_rollback(True)
    return data


def rows_of(data: bytes) -> list[list[Any]]:
    """The rows below mark and head."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD_ROW + 1)]


def part_of(page: str, name: str) -> str:
    """The part of a page that begins with the button of this list."""
    after = page.partition(f'name="list" value="{name}"')[2]
    return after.partition('name="list"')[0]


def spelt(value: float | date) -> set[str]:
    """How a page may write a number or a day."""
    if isinstance(value, date):
        return {f"{value:%Y-%m-%d}"}
    return {str(value), f"{value:,}", f"{value:,.0f}", f"{value:,.1f}", f"{value:,.2f}"}


def shows(words: str, cell: Any) -> bool:
    """Whether a page says what a cell says, each part of an enumeration somewhere."""
    if isinstance(cell, str):
        return all(part.strip() in words for part in cell.split("、"))
    return any(one in words for one in spelt(cell))


def told(page: str) -> str:
    """The words of a page, each run of blanks one."""
    return re.sub(r"\s+", " ", unescape(strip_tags(page)))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_for_those_who_open_its_page_and_tells_them_no_more_than_it(world, name):
    for viewer in HERE:
        if viewer not in may(name):
            with pytest.raises(RuleError, match=r"没有这个列表|no such list"):
                taken(world, viewer, name)
            continue
        with translation.override("zh-hans"):
            data = taken(world, viewer, name)
        assert world.leaks(viewer, unpacked(data)) == [], (name, viewer)
        assert str(world.people[viewer]) in unpacked(data), "the watermark names whoever took it out"


@pytest.mark.parametrize("name", LISTS)
def test_the_rows_are_those_of_the_page(world, name):
    seen, but = 0, BESIDES.get(name, set())
    for viewer in sorted(may(name) & set(HERE)):
        with translation.override("zh-hans"):
            rows = rows_of(taken(world, viewer, name))
        answer = world.ask(viewer, "GET", address(world, name))
        if answer.status == 404:  # a plan that is not theirs
            assert rows == []
            continue
        part = part_of(answer.body, name)
        assert len(re.findall(ROW.get(name, HEAD_CELL), part)) == len(rows), (name, viewer, rows)
        words = told(part)
        cells = [cell for row in rows for key, cell in zip(LISTS[name].keys, row, strict=True) if key not in but]
        strange = [cell for cell in cells if cell not in (None, "") and not shows(words, cell)]
        assert strange == [], (name, viewer)
        seen += len(rows)
    assert seen, f"nothing is planted in {name}: nothing was compared"


def test_whoever_is_of_another_office_takes_nothing_of_this_one(world):
    for viewer in ELSEWHERE:
        user = world.people[viewer]
        user.__dict__.pop("posting", None)
        for name in open_to(user):
            assert world.leaks(viewer, unpacked(taken(world, viewer, name))) == [], (name, viewer)


def test_every_page_of_a_list_has_its_button():
    root = Path(settings.BASE_DIR) / "templates"
    paged = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.html")
        if "components/pager.html" in (text := path.read_text()) and "components/export.html" not in text
    }
    assert paged == WITHOUT_LIST
    buttons = re.findall(r'export\.html" with list="?(\w+)', "".join(path.read_text() for path in root.rglob("*.html")))
    named = set(buttons) - {"list_name"} | {"register", "my_register", "conduct", "conduct_objections", "conduct_given"}
    assert named == set(LISTS)


def test_whoever_may_take_something_out_may_open_the_page_of_exports():
    assert {duty for listed in LISTS.values() for duty in listed.duties} == set(DUTIES)


@pytest.mark.parametrize(
    ("name", "viewer", "query", "rows"),
    [
        ("disputes", "supervisor", "waiting=1", 1),
        ("bulk", "supervisor", "state=dropped", 0),
        ("bulk", "branch_manager", "state=climbing", 1),
        ("staff", "manager", "left=1", 1),
        ("staff", "supervisor", "left=1", None),
        ("days", "supervisor", "day=2026-03-01", 0),
        ("feedback_lines", "owner", "theme=price", 1),
        ("feedback_lines", "owner", "theme=service", 0),
        ("inspection_ranking", "manager", "month=2026-01", 0),
        ("fairness", "owner", "day=2025-01-01", 0),
        ("handover_items", "owner", "handover=0", 0),
        ("handover_items", "owner", "handover=x", 0),
        ("month_lines", "manager", "figure=nothing&month=2026-03", 0),
        ("month_lines", "manager", "figure=new&month=x", 0),
    ],
)
def test_the_filter_of_the_page_holds(world, name, viewer, query, rows):
    found = rows_of(taken(world, viewer, name, query))
    assert len(found) == (len(rows_of(taken(world, viewer, name, ""))) if rows is None else rows)


@pytest.mark.rule("HAND-01")
def test_nobody_who_leaves_takes_any_list_along(world):
    with transaction.atomic():
        roster.set_unfit(
            world.house.office, world.people["owner"], reason="leaving", by=world.house.supervisor, now=NOW
        )
        for name in open_to(world.people["owner"]):
            with pytest.raises(RuleError, match=r"离职|leaving"):
                taken(world, "owner", name)
        transaction.set_rollback(True)


def test_text_of_any_list_is_no_formula(world):
    with transaction.atomic():
        said = {"amount": 0, "points": 1, "words": "=HYPERLINK(1)", "cause": "form:formula", "now": NOW}
        rewards.give(world.people["owner"], office=world.house.office, by=world.house.supervisor, **said)
        sheet = load_workbook(io.BytesIO(taken(world, "supervisor", "rewards"))).worksheets[0]
        transaction.set_rollback(True)
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}

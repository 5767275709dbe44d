"""The payroll sheet: what stands, what was true when it was kept, and what has changed since."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from common.errors import RuleError
from staff import measures, objections, pay_book, payroll, rewards
from staff.models import AccessLog, Measure, PaySheet
from staff.roles import Role
from tests.factories import staff_member

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


@pytest.fixture
def month(office, rep, supervisor, manager, now) -> list[Measure]:
    """Four warnings and so a fine, one by hand, a reward."""
    given = [
        measures.warn(rep, office=office, kind="order", reason="=1+1", by=supervisor, now=now + timedelta(days=n))
        for n in range(4)
    ]
    measures.fine(rep, office=office, kind="quarrel", reason="争执", by=supervisor, now=now)
    said = {"amount": 100, "points": 2, "words": "资料完整", "cause": "form:1"}
    rewards.give(rep, office=office, by=supervisor, now=now, **said)
    return given


def row_of(office, person, on=MARCH) -> payroll.Row:
    return next(row for row in payroll.rows(office, on) if row.person == person.pk)


@pytest.mark.rule("COND-05")
def test_a_row_counts_what_stands(month, office, rep, manager, now):
    row = row_of(office, rep)
    assert (row.warnings, row.fines, row.fined, row.rewards, row.rewarded, row.reward_points) == (4, 2, 60, 1, 100, 2)
    assert (row.net, row.net_points, row.open) == (40, 2, 0)
    objections.raise_objection(month[0], by=rep, words="异议", now=now)
    assert row_of(office, rep).open == 1
    measures.withdraw(month[0], by=manager, reason="误记", now=now)
    row = row_of(office, rep)
    assert (row.warnings, row.fines, row.fined, row.open) == (3, 1, 30, 0)
    assert row_of(office, rep, date(2026, 4, 1)).warnings == 0


@pytest.mark.rule("COND-05")
def test_everybody_of_the_month_is_listed_also_who_left_and_nobody_of_another_office(month, office, rep, stranger):
    left = staff_member(Role.REP, office, number=7, name="离职者")
    left.postings.update(until=date(2026, 3, 2))
    earlier = staff_member(Role.REP, office, number=8, name="早已离职")
    earlier.postings.update(until=date(2026, 2, 28))
    names = [row.name for row in payroll.rows(office, MARCH)]
    assert names[:2] == [rep.name, "离职者"]
    assert {"早已离职", stranger.name}.isdisjoint(names)


@pytest.mark.rule("COND-05")
def test_a_kept_sheet_says_what_was_true_then_and_the_page_what_has_changed(month, office, rep, manager, now):
    first = payroll.take(office, MARCH, by=manager, now=now)
    measures.withdraw(month[0], by=manager, reason="误记", now=now)
    second = payroll.take(office, MARCH, by=manager, now=now)
    assert (first.number, second.number) == (1, 2)
    logged = AccessLog.objects.filter(user=manager, action="exported").order_by("pk")
    assert [one.subject for one in logged] == [f"pay_sheet:{first.pk}", f"pay_sheet:{second.pk}"]
    was, became = payroll.taken(first), payroll.taken(second)
    assert [(row.warnings, row.fined) for row in was if row.person == rep.pk] == [(4, 60)]
    assert {(one.name, one.figure, one.was, one.now) for one in payroll.changes(was, became)} == {
        (rep.name, "warnings", 4, 3),
        (rep.name, "fines", 2, 1),
        (rep.name, "fined", 60, 30),
    }
    assert payroll.changes(became, payroll.rows(office, MARCH)) == []


@pytest.mark.rule("COND-05")
def test_a_kept_sheet_cannot_be_changed(month, office, manager, now):
    sheet = payroll.take(office, MARCH, by=manager, now=now)
    for change in (lambda: PaySheet.objects.filter(pk=sheet.pk).update(number=9), sheet.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_month_that_has_not_begun_is_refused(office, manager, now):
    with pytest.raises(RuleError):
        payroll.take(office, date(2026, 4, 1), by=manager, now=now)
    last = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)  # 1 April in Shanghai
    assert payroll.take(office, date(2026, 4, 1), by=manager, now=last).number == 1


def written(sheet: PaySheet) -> bytes:
    return pay_book.made(sheet)


@pytest.mark.rule("COND-05")
@pytest.mark.rule("REP-07")
def test_the_workbook_holds_the_figures_and_no_formula(month, office, rep, manager, now):
    sheet = payroll.take(office, MARCH, by=manager, now=now)
    content = written(sheet)
    assert content == written(PaySheet.objects.get(pk=sheet.pk))
    people, lines = load_workbook(io.BytesIO(content)).worksheets
    rows = [[cell.value for cell in row] for row in people.iter_rows(min_row=3)]
    assert (rows[0][0], rows[0][3:]) == (rep.name, [4, 2, 60, 0, 1, 100, 2, 40, 2, 0])
    assert rows[-1][3:] == rows[0][3:]
    cells = [cell for row in lines.iter_rows(min_row=3) for cell in row]
    assert {cell.data_type for cell in cells if cell.value == "=1+1"} == {"s"}
    assert sum(cell.value or 0 for row in lines.iter_rows(min_row=3) for cell in row[5:6]) == 40


@pytest.mark.rule("COND-05")
def test_the_page_keeps_and_hands_out(month, rep, as_manager, as_rep):
    page = as_manager.get(reverse("payroll"), {"month": "2026-03"})
    assert page.context["rows"][0][0].name == rep.name
    assert as_manager.post(reverse("payroll_take"), {"month": "2026-03"}).status_code == 302
    sheet = PaySheet.objects.get()
    answer = as_manager.get(reverse("payroll_sheet", args=[sheet.pk]))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert load_workbook(io.BytesIO(answer.getvalue())).worksheets[0]["A3"].value == rep.name
    assert as_rep.get(reverse("payroll_sheet", args=[sheet.pk])).status_code == 403


def test_the_page_asks_the_same_for_many(office, supervisor, manager, now, as_manager, django_assert_max_num_queries):
    for n in range(8):
        person = staff_member(Role.REP, office, number=n + 20)
        measures.warn(person, office=office, kind="order", reason="", by=supervisor, now=now)
    for _again in range(4):
        payroll.take(office, MARCH, by=manager, now=now)
    with django_assert_max_num_queries(8):
        as_manager.get(reverse("payroll"), {"month": "2026-03"})

"""Fairness of the day and the month, each figure with the arrivals behind it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.house import House, phone

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REC-20")]
PAGE = reverse("fairness")


@pytest.fixture
def worked(open_house: House) -> House:
    open_house.visit("09:10", phone=phone(1), name="欧阳明月")
    open_house.visit("09:11", phone=phone(2))
    return open_house


def shares(response) -> list[tuple[str, int]]:
    return [(share.name, share.taken) for share in response.context["fairness"].shares]


def test_a_month_and_a_day_are_shown(worked, rep_a):
    expected = [("A", 1), ("B", 1), ("C", 0)]
    assert shares(rep_a.get(PAGE)) == expected
    assert shares(rep_a.get(PAGE, {"month": "2026-03"})) == expected
    assert shares(rep_a.get(PAGE, {"day": "2026-03-02"})) == expected
    assert shares(rep_a.get(PAGE, {"day": "2026-03-01"})) == []
    assert "Nobody was in the order" in rep_a.get(PAGE, {"month": "2026-02"}).content.decode()


@pytest.mark.parametrize("asked", ["?day=2026-02-30", "?month=2026-13", "?day=0001-01-01", "?month=9999-99", "?day=x"])
def test_a_period_that_is_none_is_this_month(worked, rep_a, asked):
    assert len(shares(rep_a.get(PAGE + asked))) == 3


def test_a_figure_opens_the_arrivals_behind_it(worked, rep_b):
    url = reverse("fairness_lines", args=[worked.people["A"].pk, "taken"])
    page = rep_b.get(url, {"day": "2026-03-02"}).content.decode()
    assert "visitor no. 1 went to A" in page
    assert "visitor no. 2" not in page
    assert "欧阳" not in page
    assert "None in this period" in rep_b.get(url, {"day": "2026-03-01"}).content.decode()
    assert "<html" not in rep_b.get(url, headers={"HX-Request": "true"}).content.decode()


def test_figures_of_another_office_do_not_exist_here(worked, elsewhere, rep_a, planner):
    assert rep_a.get(reverse("fairness_lines", args=[elsewhere.people["X"].pk, "taken"])).status_code == 404
    mine = reverse("fairness_lines", args=[worked.people["A"].pk, "taken"])
    assert rep_a.get(mine.replace("taken", "secrets")).status_code == 404
    assert rep_a.post(mine).status_code == 405
    assert planner.get(mine).status_code == 403


def test_the_page_asks_as_many_questions_for_three_days_as_for_one(worked, rep_a, django_assert_num_queries):
    with django_assert_num_queries(7):
        rep_a.get(PAGE)
    for _day in range(2):
        worked.sleep()
        worked.sign_in("A", "B", "C")
        worked.visit("09:10", phone=phone(worked.on.day))
    with django_assert_num_queries(7):
        assert shares(rep_a.get(PAGE, {"month": "2026-03"}))[0] == ("A", 3)


def test_the_lines_ask_as_many_questions_for_three_as_for_one(worked, rep_a, django_assert_max_num_queries):
    url = reverse("fairness_lines", args=[worked.people["A"].pk, "taken"])
    with django_assert_max_num_queries(9) as captured:
        rep_a.get(url)
    for _day in range(2):
        worked.sleep()
        worked.sign_in("A")
        worked.visit("09:10", phone=phone(worked.on.day))
    with django_assert_max_num_queries(len(captured)):
        assert len(rep_a.get(url).context["lines"]) == 3

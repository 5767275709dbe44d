"""Who is not fit to receive: seen, set and ended by a supervisor; out of the rotation while it lasts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from staff.models import Fitness
from tests.house import House
from tests.markup import HTMX

pytestmark = [pytest.mark.django_db, pytest.mark.rule("OFF-04")]
PAGE = reverse("fitness")


def of(house: House, code: str) -> str:
    return reverse("staff_fitness", args=[house.people[code].pk])


def end(house: House, code: str) -> str:
    return reverse("fitness_end", args=[house.people[code].pk])


def test_a_person_is_taken_out_and_put_back(open_house, supervisor):
    assert supervisor.post(of(open_house, "A"), {"reason": "unwell"}).url == PAGE
    assert open_house.seat("A").state == "unfit"
    page = supervisor.get(PAGE).content.decode()
    assert "unwell or out of sorts" in page
    assert "1 not fit" in page
    assert supervisor.post(end(open_house, "A")).url == PAGE
    assert open_house.seat("A").state == "waiting"
    assert Fitness.objects.get().ended_by == open_house.supervisor
    assert "Ended lately" in supervisor.get(PAGE).content.decode()


def test_one_of_the_four_reasons_is_asked_for(open_house, supervisor):
    assert supervisor.post(of(open_house, "A"), {"reason": "lazy"}).status_code == 422
    assert not Fitness.objects.exists()


def test_refusals_name_the_rule(open_house, supervisor):
    supervisor.post(of(open_house, "A"), {"reason": "unwell"})
    again = supervisor.post(of(open_house, "A"), {"reason": "training"})
    assert again.status_code == 422
    assert "Fit again" in again.content.decode()
    page = supervisor.post(end(open_house, "B"), follow=True).content.decode()
    assert "(OFF-04)" in page


def test_an_unfit_person_is_told_on_the_board_and_cannot_sign_in(open_house, supervisor, rep_a):
    supervisor.post(of(open_house, "A"), {"reason": "unwell"})
    assert "You are not fit to receive" in rep_a.get(reverse("board")).content.decode()
    sign_in = reverse("board_act", args=[open_house.people["A"].pk, "sign_in"])
    assert "(OFF-04)" in rep_a.post(sign_in, follow=True).content.decode()


def test_people_of_another_office_do_not_exist_here(elsewhere, supervisor):
    assert supervisor.get(of(elsewhere, "X")).status_code == 404
    assert supervisor.post(of(elsewhere, "X"), {"reason": "unwell"}).status_code == 404
    assert supervisor.post(end(elsewhere, "X")).status_code == 404
    assert not Fitness.objects.exists()


def test_the_pages_are_for_supervisors_and_methods_are_right(open_house, desk, rep_a, supervisor):
    for client in (desk, rep_a):
        assert client.get(PAGE).status_code == 403
        assert client.post(of(open_house, "A"), {"reason": "unwell"}).status_code == 403
        assert client.post(end(open_house, "A")).status_code == 403
    assert supervisor.post(PAGE).status_code == 405
    assert supervisor.get(end(open_house, "A")).status_code == 405
    assert supervisor.put(of(open_house, "A")).status_code == 405


def test_htmx_gets_the_part(open_house, supervisor):
    for url in (PAGE, of(open_house, "A")):
        assert "<html" not in supervisor.get(url, headers=HTMX).content.decode()


def test_the_list_asks_as_many_questions_for_three_as_for_one(open_house, supervisor, django_assert_max_num_queries):
    supervisor.post(of(open_house, "A"), {"reason": "unwell"})
    with django_assert_max_num_queries(6) as captured:
        supervisor.get(PAGE)
    asked = len(captured)
    for code in ("B", "C"):
        supervisor.post(of(open_house, code), {"reason": "training"})
    with django_assert_max_num_queries(asked):
        assert supervisor.get(PAGE).context["unfit"] == 3

"""Inspections of a rep's records in the browser: what may be drawn, drawing, scoring, ranking."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from customers import cards, contacts, inspecting
from customers.cards import Findings
from staff.models import Inspection
from staff.roles import Role
from tests.house import phone

MARCH = date(2026, 3, 1)


@pytest.fixture
def written(house):
    """A's visitor with card and follow-up; a call of B's."""
    told = house.visit("09:10", name="金丝甲", phone=phone(1))
    customer = house.customer(told)
    cards.submit(customer, by=house.people["A"], now=house.at("09:30"), findings=Findings(True, True, True))
    said = {"manner": "phone", "reached": True, "result": "再谈"}
    contacts.record(customer, by=house.people["A"], now=house.at("10:00"), **said)
    house.call("10:30", "B", phone=phone(2))
    return customer


@pytest.mark.rule("COND-04")
def test_what_a_rep_wrote_in_the_month_may_be_drawn(house, written):
    found = inspecting.records(house.office, house.people["A"], MARCH)
    assert sorted((one.kind, one.number, one.link) for one in found) == [
        ("card", 1, f"/customers/{written.pk}/card/"),
        ("contact", 1, f"/customers/{written.pk}/"),
        ("line", 1, "/register/1/"),
    ]
    assert inspecting.records(house.office, house.people["A"], date(2026, 4, 1)) == []
    assert [one.kind for one in inspecting.records(house.office, house.people["B"], MARCH)] == ["line"]
    assert inspecting.records(house.office, house.people["C"], MARCH) == []


@pytest.mark.rule("COND-04")
def test_a_sample_is_drawn_scored_and_ranked(house, written, sign_in):
    client, rep = sign_in(house.supervisor), house.people["A"]
    said = {"person": rep.pk, "month": "2026-03-01", "size": "10"}
    assert client.post(reverse("inspection_new"), said).status_code == 302
    assert client.post(reverse("inspection_new"), said).status_code == 422
    sample = Inspection.objects.get()
    later = client.get(reverse("inspections"), {"month": "2026-05"}).content.decode()
    assert reverse("inspection", args=[sample.pk]) in later, "what blocks the next draw is shown in every month"
    page = client.get(reverse("inspection", args=[sample.pk]))
    assert (page.context["sound"], page.context["population"]) == (True, 3)
    assert "金丝" not in page.content.decode()
    typed = {field.html_name: "4" for row in page.context["form"].rows() for field in row["fields"]}
    lacking = {**typed, f"truth_{sample.items.first().pk}": ""}
    assert client.post(reverse("inspection", args=[sample.pk]), lacking).status_code == 422
    assert client.post(reverse("inspection", args=[sample.pk]), typed).status_code == 302
    ranking = client.get(reverse("inspections"), {"month": "2026-03"}).context["ranking"]
    assert [(one.place, one.person, one.records, one.share) for one in ranking] == [(1, rep, 3, 80.0)]
    assert "80.0" in sign_in(rep).get(reverse("my_conduct")).content.decode()


def test_a_rep_with_nothing_written_cannot_be_inspected(house, sign_in):
    said = {"person": house.people["C"].pk, "month": "2026-03-01", "size": "10"}
    assert sign_in(house.supervisor).post(reverse("inspection_new"), said).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"month": "2026-01-01"}, {"month": "x"}, {"size": "0"}, {"size": "51"}, {"person": "1e3"}]
)
def test_a_form_that_lacks_something_draws_nothing(wrong, house, written, sign_in):
    said = {"person": house.people["A"].pk, "month": "2026-03-01", "size": "10", **wrong}
    assert sign_in(house.supervisor).post(reverse("inspection_new"), said).status_code == 422
    assert Inspection.objects.count() == 0


def test_only_supervisor_and_manager_inspect_and_no_other_office(house, written, neighbour, sign_in):
    said = {"person": house.people["A"].pk, "month": "2026-03-01", "size": "10"}
    sign_in(house.supervisor).post(reverse("inspection_new"), said)
    shown = reverse("inspection", args=[Inspection.objects.get().pk])
    answers = {role: sign_in(house.hire(str(role), role)).get(shown).status_code for role in (Role.PLANNER, Role.CLERK)}
    answers["rep"] = sign_in(house.people["A"]).get(shown).status_code
    answers["neighbour"] = sign_in(neighbour.supervisor).get(shown).status_code
    assert set(answers.values()) == {403, 404}
    assert answers["neighbour"] == 404

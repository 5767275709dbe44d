"""Conduct in the browser: what is to be judged, objections, giving, one's own page."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from staff import measures, objections, proposals
from staff.models import Evidence, Measure, Proposal
from staff.roles import Role
from tests.factories import staff_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_supervisor(supervisor) -> Client:
    client = Client()
    client.force_login(supervisor)
    return client


@pytest.fixture
def warned(office, rep, supervisor, now) -> Measure:
    return measures.warn(rep, office=office, kind="order", reason="抢接三号", by=supervisor, now=now)


def propose(office, person, now, n: int = 1) -> None:
    found = [
        proposals.Found(person, Evidence.OVERDUE, f"overdue:{one}", one + 1, date(2026, 3, 9), f"/customers/{one}/")
        for one in range(n)
    ]
    proposals.put(office, found, now=now)


@pytest.mark.rule("COND-01")
def test_a_breach_is_listed_shown_with_its_evidence_and_confirmed(office, rep, now, as_supervisor):
    propose(office, rep, now)
    proposal = Proposal.objects.get()
    listed = as_supervisor.get(reverse("conduct"))
    assert [item["row"] for item in listed.context["rows"]] == [proposal]
    page = as_supervisor.get(reverse("conduct_proposal", args=[proposal.pk]))
    assert "Customer no. 1 was due for a follow-up on 2026-03-09" in page.content.decode()
    done = as_supervisor.post(reverse("conduct_proposal_act", args=[proposal.pk, "confirm"]), {"reason": ""})
    assert (done.status_code, Measure.objects.get().person) == (302, rep)
    again = as_supervisor.post(reverse("conduct_proposal_act", args=[proposal.pk, "dismiss"]), {"reason": "x"})
    assert again.status_code == 422


@pytest.mark.rule("COND-01")
def test_to_dismiss_without_a_reason_shows_the_form_again(office, rep, now, as_supervisor):
    propose(office, rep, now)
    proposal = Proposal.objects.get()
    answer = as_supervisor.post(reverse("conduct_proposal_act", args=[proposal.pk, "dismiss"]), {"reason": " "})
    assert (answer.status_code, answer.context["wrong"]) == (422, "dismiss")
    proposal.refresh_from_db()
    assert proposal.state == "open"


@pytest.mark.rule("COND-01")
@pytest.mark.rule("COND-02")
@pytest.mark.parametrize(("kind", "made"), [("order", "warning"), ("quarrel", "fine")])
def test_a_double_press_gives_once(kind, made, rep, as_supervisor):
    page = as_supervisor.get(reverse("conduct_give"))
    said = {
        "person": rep.pk,
        "kind": kind,
        "reason": "当众争执",
        "request_id": page.context["form"].initial["request_id"],
    }
    answers = [as_supervisor.post(reverse("conduct_give"), said).status_code for _again in range(2)]
    assert (answers, [one.kind for one in Measure.objects.all()]) == ([302, 302], [made])


@pytest.mark.parametrize(
    "wrong", [{"kind": "warnings"}, {"kind": ""}, {"reason": " "}, {"person": "0"}, {"reason": "长" * 301}]
)
def test_a_form_that_lacks_something_keeps_what_was_typed(wrong, rep, as_supervisor):
    said = {"person": str(rep.pk), "kind": "order", "reason": "抢接", **wrong}
    answer = as_supervisor.post(reverse("conduct_give"), said)
    assert (answer.status_code, Measure.objects.count()) == (422, 0)
    assert {name: answer.context["form"][name].value() for name in said} == said


@pytest.mark.rule("COND-01")
def test_one_chooses_among_those_whom_one_judges(office, rep, manager, supervisor):
    def offered(user) -> set[int]:
        client = Client()
        client.force_login(user)
        return {pk for pk, _words in client.get(reverse("conduct_give")).context["people"]}

    other = staff_member(Role.SUPERVISOR, office)
    assert offered(supervisor) == {rep.pk}
    assert offered(manager) == {rep.pk, supervisor.pk, other.pk}
    assert offered(staff_member(Role.BRANCH_MANAGER, office)) == {manager.pk}


@pytest.mark.rule("COND-03")
def test_the_person_sees_acknowledges_and_objects_and_the_manager_decides(warned, as_rep, as_manager, as_supervisor):
    assert "抢接三号" in as_rep.get(reverse("my_conduct")).content.decode()
    as_rep.post(reverse("my_conduct_seen", args=[warned.pk]))
    assert as_rep.post(reverse("my_conduct_object", args=[warned.pk]), {"words": ""}).status_code == 422
    assert as_rep.post(reverse("my_conduct_object", args=[warned.pk]), {"words": "主管同意"}).status_code == 302
    assert as_rep.post(reverse("my_conduct_object", args=[warned.pk]), {"words": "再来"}).status_code == 422
    assert as_supervisor.get(reverse("conduct"), {"tab": "objections"}).context["rows"] == []
    assert [one["row"] for one in as_manager.get(reverse("conduct"), {"tab": "objections"}).context["rows"]] == [warned]
    shown = reverse("conduct_measure", args=[warned.pk])
    assert as_supervisor.get(shown).context["acts"] == []
    assert [act["name"] for act in as_manager.get(shown).context["acts"]] == ["uphold", "withdraw"]
    act = reverse("conduct_measure_act", args=[warned.pk, "withdraw"])
    assert as_supervisor.post(act, {"reason": "算了"}).status_code == 422
    assert as_manager.post(act, {"reason": ""}).status_code == 422
    assert as_manager.post(act, {"reason": "属实"}).status_code == 302
    warned.refresh_from_db()
    assert (warned.state, warned.acknowledged_at is None) == ("withdrawn", False)
    assert as_manager.post(act, {"reason": "属实"}).status_code == 422


def test_ones_own_page_shows_nobody_elses(warned, office, supervisor, now, as_manager):
    colleague = Client()
    colleague.force_login(staff_member(Role.REP, office))
    assert "抢接三号" not in colleague.get(reverse("my_conduct")).content.decode()
    for name in ("my_conduct_object", "my_conduct_seen"):
        assert colleague.post(reverse(name, args=[warned.pk]), {"words": "x"}).status_code == 404
    own = measures.warn(supervisor, office=office, kind="order", reason="主管自己", by=as_manager_user(office), now=now)
    client = Client()
    client.force_login(supervisor)
    assert client.get(reverse("conduct_measure", args=[own.pk])).status_code == 404
    assert "主管自己" in client.get(reverse("my_conduct")).content.decode()


def as_manager_user(office):
    return staff_member(Role.MARKETING_MANAGER, office)


@pytest.mark.parametrize("tab", ["proposals", "objections", "given"])
def test_a_list_asks_the_same_for_one_row_and_for_many(
    tab, office, rep, manager, supervisor, now, as_manager, django_assert_max_num_queries
):
    propose(office, rep, now, 12)
    for n in range(12):
        at = now + timedelta(days=31 * n)
        given = measures.warn(rep, office=office, kind="order", reason="", by=supervisor, now=at)
        objections.raise_objection(given, by=rep, words="异议", now=at)
    as_manager.get(reverse("conduct"))
    with django_assert_max_num_queries(4):
        assert len(as_manager.get(reverse("conduct"), {"tab": tab}).context["rows"]) == 12


def test_ones_own_page_asks_the_same_for_one_row_and_for_many(
    office, rep, supervisor, now, as_rep, django_assert_max_num_queries
):
    for n in range(12):
        at = now + timedelta(days=31 * n)
        given = measures.warn(rep, office=office, kind="order", reason="", by=supervisor, now=at)
        objections.raise_objection(given, by=rep, words="异议", now=at)
    with django_assert_max_num_queries(8):
        assert len(as_rep.get(reverse("my_conduct")).context["rows"]) == 12


def test_the_policy_page_says_that_wages_are_protected(as_manager):
    assert "Article 16" in as_manager.get(reverse("policy")).content.decode()


def test_htmx_gets_the_part(as_supervisor, as_rep):
    for client, name in ((as_supervisor, "conduct"), (as_supervisor, "conduct_give"), (as_rep, "my_conduct")):
        assert b"<html" not in client.get(reverse(name), headers={"HX-Request": "true"}).content

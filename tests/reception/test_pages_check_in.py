"""Check-in at the desk: six questions, the answer while typing, one button, then the decision."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from customers.models import RegisterLine
from reception import lookups
from reception.models import Breach, Reception
from staff.models import AccessLog
from tests.house import phone
from tests.markup import HTMX

pytestmark = pytest.mark.django_db
PAGE, ANSWER, FIND = reverse("check_in"), reverse("check_in_answer"), reverse("check_in_find")


def form(**changed: object) -> dict[str, object]:
    """What the desk types for an ordinary visitor."""
    first = {"first_visit": "yes", "appointment": "no", "phone": "", "name": "", "party": "1", "purpose": "buy"}
    return first | {"request_id": str(uuid4())} | changed


def answer(client: Client, **typed: object) -> str:
    """The answer while typing, without markup."""
    response = client.post(ANSWER, form(**typed), headers=HTMX)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# The form and its decision


def test_the_first_screen_asks_six_questions(desk):
    page = desk.get(PAGE).content.decode()
    first = page.split('class="card card-body form checkin-first"')[1].split("checkin-answer")[0]
    assert len(set(re.findall(r'name="(\w+)"', first))) == 6


@pytest.mark.rule("REC-07")
@pytest.mark.rule("REG-06")
def test_a_walk_in_is_registered_and_the_decision_told(open_house, desk):
    typed = form(phone="154-0000 0001", name="王小明", party="2", appointment="yes", consent="on", needs="三房")
    response = desk.post(PAGE, typed)
    line = RegisterLine.objects.get(office=open_house.office)
    assert (response.status_code, response.url) == (302, reverse("check_in_done", args=[1]))
    assert (line.number, line.party, line.appointment, line.receiver) == (1, 2, True, open_house.people["A"])
    page = desk.get(response.url).content.decode()
    assert "<strong>A</strong> receives" in page
    assert line.reason in page
    assert "王**" in page
    assert "154****0001" in page
    assert "王小明" not in page


@pytest.mark.rule("REC-15")
def test_somebody_only_looking_gets_no_number(open_house, desk):
    response = desk.post(PAGE, form(purpose="look"))
    assert not RegisterLine.objects.exists()
    looked = Reception.objects.get()
    assert response.url == reverse("check_in_looked", args=[looked.pk])
    assert "Let in without registration" in desk.get(response.url).content.decode()
    assert open_house.queue() == "BC"


@pytest.mark.rule("REG-08")
def test_what_is_missing_is_said_after_the_check_in(desk):
    desk.post(PAGE, form(name="王小明"))
    page = desk.get(reverse("check_in_done", args=[1])).content.decode()
    assert "The phone is missing" in page
    assert reverse("line_add", args=[1, "completion"]) in page


def test_a_double_press_registers_once(open_house, desk):
    typed = form(phone=phone(1))
    first, second = desk.post(PAGE, typed), desk.post(PAGE, typed)
    assert first.url == second.url
    assert open_house.numbers() == [1]
    assert "registered already" in desk.get(second.url).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"phone": "12345"}, "phone"),
        ({"phone": "0571-88886666"}, "phone"),
        ({"name": "长" * 61}, "name"),
        ({"party": "0"}, "party"),
        ({"party": "500"}, "party"),
        ({"party": "two"}, "party"),
        ({"party": ""}, "party"),
        ({"purpose": "sleep"}, "purpose"),
        ({"way": "overload"}, "taker"),
        ({"link": "spouse"}, "link"),
        ({"helpers": "-1"}, "helpers"),
        ({"known": "99999999999999999999"}, "known"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(desk, wrong, field):
    response = desk.post(PAGE, form(**({"companions": "妻子和两个孩子"} | wrong)))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "妻子和两个孩子" in response.content.decode()
    assert not RegisterLine.objects.exists()


@pytest.mark.rule("REC-11")
def test_with_nobody_waiting_the_rule_is_named_and_the_form_kept(open_house, desk):
    for code, at in (("A", "09:01"), ("B", "09:02"), ("C", "09:03")):
        open_house.away(code, at)
    response = desk.post(PAGE, form(phone=phone(1)))
    page = response.content.decode()
    assert response.status_code == 422
    assert "(REC-11)" in page
    assert phone(1) in page
    response = desk.post(PAGE, form(phone=phone(1), way="overload", taker=open_house.people["C"].pk))
    assert Reception.objects.get().receiver == open_house.people["C"]


@pytest.mark.rule("REC-19")
def test_a_turn_taken_meanwhile_is_said(open_house, desk):
    open_house.visit("09:59")
    response = desk.post(PAGE, form(phone=phone(1), expected=open_house.people["A"].pk), follow=True)
    assert "no longer A, but B receives" in response.content.decode()


@pytest.mark.rule("REC-14")
def test_a_supervisor_assigns_with_a_reason(open_house, supervisor):
    typed = form(phone=phone(1), way="assigned", taker=open_house.people["C"].pk)
    response = supervisor.post(PAGE, typed)
    assert list(response.context["form"].errors) == ["reason"]
    supervisor.post(PAGE, typed | {"reason": "speaks Cantonese"})
    assert Reception.objects.get().receiver == open_house.people["C"]


@pytest.mark.rule("REC-14")
def test_the_desk_and_reps_cannot_assign(open_house, desk, rep_a):
    typed = form(way="assigned", taker=open_house.people["C"].pk, reason="x")
    for client in (desk, rep_a):
        assert "way" in client.post(PAGE, typed).context["form"].errors
    assert not Reception.objects.exists()


@pytest.mark.rule("REC-16")
def test_a_rep_who_takes_a_visitor_out_of_turn_is_told_of_the_breach(open_house, rep_b):
    b, c = open_house.people["B"].pk, open_house.people["C"].pk
    assert "taker" in rep_b.post(PAGE, form(way="taken", taker=c)).context["form"].errors
    response = rep_b.post(PAGE, form(phone=phone(1), way="taken", taker=b), follow=True)
    assert Breach.objects.get().who_id == b
    assert "REC-16" in response.content.decode()


def test_a_relative_is_found_and_joined(open_house, desk):
    told = open_house.visit("09:10", phone=phone(1), name="王小明")
    open_house.leave(told, "09:20")
    found = desk.post(FIND, form(find="王小明"), headers=HTMX).content.decode()
    assert "王**" in found
    assert "<html" not in found
    desk.post(PAGE, form(phone=phone(2), known=told.customer.pk, link="spouse"))
    line = RegisterLine.objects.get(number=2)
    assert (line.decision, line.customer_id) == ("family", told.customer.pk)


@pytest.mark.rule("OWN-08")
def test_an_old_customer_brings_a_new_one(open_house, desk):
    told = open_house.visit("09:10", phone=phone(1))
    desk.post(PAGE, form(phone=phone(2), known=told.customer.pk, link="brought", named=open_house.people["A"].pk))
    assert RegisterLine.objects.get(number=2).decision == "referred"


# The answer while typing


@pytest.mark.rule("REG-06")
def test_the_answer_names_decision_owner_and_receiver(open_house, desk):
    assert "new Not known" in answer(desk, phone=phone(9))
    told = open_house.visit("09:10", phone=phone(1), name="王小明")
    assert "A is with this customer now" in answer(desk, phone=phone(1))
    open_house.leave(told, "09:20")
    said = answer(desk, phone="+86 " + phone(1))
    assert "returning No. 1 王** Customer of A , valid until 2026-04-01" in said
    assert said.endswith("Would receive A outside the order")
    open_house.away("A", "09:30")
    assert answer(desk, phone=phone(1)).endswith("B as helper, their own rep is absent")


@pytest.mark.rule("OWN-07")
def test_the_answer_says_why_a_registration_lapsed(open_house, desk, client_of):
    open_house.visit("09:10", phone=phone(1))
    open_house.sleep(31)
    with time_machine.travel(open_house.at("10:00"), tick=False):
        again = client_of(open_house.clerk)
        said = answer(again, phone=phone(1))
    assert "lapsed, registered anew No. 1" in said
    assert "The registration with A has lapsed on 2026-04-01" in said


@pytest.mark.rule("OWN-06b")
def test_a_name_alone_is_only_proposed(open_house, desk):
    open_house.visit("09:10", phone=phone(1), name="王小明")
    said = answer(desk, name="王小明")
    assert said.startswith("Known under this name No. 1 王** 154****0001 · A A name alone is no proof")


def test_half_a_number_is_no_error_yet(desk):
    assert "Type a phone number" in answer(desk, phone="154000")


def test_the_answer_registers_nothing(open_house, desk):
    before = open_house.board()
    answer(desk, phone=phone(1), name="王小明", helpers="2")
    assert not RegisterLine.objects.exists()
    assert not Reception.objects.exists()
    assert open_house.board() == before


def test_without_javascript_the_answer_comes_as_the_page_with_everything_kept(desk):
    page = desk.post(ANSWER, form(phone=phone(1), name="王小明")).content.decode()
    assert "Not known" in page
    assert phone(1) in page
    assert "王小明" in page
    page = desk.post(FIND, form(phone=phone(1), find="7777")).content.decode()
    assert "Nobody found" in page
    assert phone(1) in page


# What a rep may not know


@pytest.mark.rule("OFF-03")
def test_a_look_up_tells_a_rep_nothing_about_a_colleagues_customer(open_house, rep_a):
    told = open_house.visit("09:10", taken_by="B", phone=phone(1), name="王小明")
    open_house.leave(told, "09:20")
    asked = [rep_a.post(ANSWER, form(phone=phone(n)), headers=HTMX) for n in (1, 9)]
    assert asked[0].content == asked[1].content
    assert dict(asked[0].headers) == dict(asked[1].headers)
    found = [
        rep_a.post(FIND, form(find=text), headers=HTMX).content for text in ("王小明", "李四", phone(1), phone(9), "1")
    ]
    assert len(set(found)) == 1


@pytest.mark.rule("OFF-03")
def test_a_rep_is_told_of_an_own_customer(open_house, rep_a):
    told = open_house.visit("09:10", phone=phone(1), name="王小明")
    open_house.leave(told, "09:20")
    assert "Customer of A" in answer(rep_a, phone=phone(1))


def test_a_rep_cannot_connect_a_visitor_with_a_colleagues_customer(open_house, rep_a):
    told = open_house.visit("09:10", taken_by="B", phone=phone(1))
    response = rep_a.post(PAGE, form(known=told.customer.pk, link="same"))
    assert "known" in response.context["form"].errors


def test_a_customer_of_another_office_does_not_exist_here(elsewhere, desk):
    told = elsewhere.visit("09:10", phone=phone(1), name="王小明")
    assert "Not known" in answer(desk, phone=phone(1))
    assert "known" in desk.post(PAGE, form(known=told.customer.pk, link="same")).context["form"].errors
    assert desk.get(reverse("check_in_done", args=[1])).status_code == 404
    looked = elsewhere.visit("09:11", look=True)
    assert desk.get(reverse("check_in_looked", args=[looked.reception.pk])).status_code == 404


def test_a_rep_sees_the_decision_on_what_they_typed_and_no_other(open_house, rep_a):
    told = open_house.visit("09:10", taken_by="B", phone=phone(1))
    open_house.leave(told, "09:20")
    response = rep_a.post(PAGE, form(phone=phone(1)), follow=True)
    assert "customer of B" in response.content.decode()
    assert rep_a.get(reverse("check_in_done", args=[1])).status_code == 404


# Looks are counted and written down


@pytest.mark.rule("ACC-05")
def test_each_look_is_written_down_once_without_the_number(open_house, desk):
    told = open_house.visit("09:10", phone=phone(1))
    for _again in range(2):
        answer(desk, phone=phone(1))
        answer(desk, phone=phone(9))
    looks = list(AccessLog.objects.filter(action="looked_up").values_list("user", "subject"))
    assert looks[0] == (open_house.clerk.pk, f"customer:{told.customer.pk}")
    assert len(looks) == 2
    assert re.fullmatch(r"asked:[0-9a-f]{16}", looks[1][1])


@pytest.mark.rule("ACC-05")
def test_too_many_looks_are_refused_but_not_the_registration(open_house, desk, monkeypatch):
    monkeypatch.setattr(lookups, "MOST", 2)
    for n in (1, 2):
        answer(desk, phone=phone(n))
    response = desk.post(ANSWER, form(phone=phone(3)), headers=HTMX)
    assert response.status_code == 429
    assert "data-sentence" in response.content.decode()
    assert desk.post(ANSWER, form(phone=phone(1)), headers=HTMX).status_code == 200
    assert desk.post(FIND, form(find="王"), headers=HTMX).status_code == 429
    assert desk.post(PAGE, form(phone=phone(3))).status_code == 302


# Closed


@pytest.mark.parametrize("name", ["check_in", "check_in_answer", "check_in_find", "call_in"])
def test_other_roles_are_refused(planner, name):
    assert planner.post(reverse(name), form()).status_code == 403


def test_wrong_methods_are_refused(desk):
    assert desk.get(ANSWER).status_code == 405
    assert desk.get(FIND).status_code == 405
    assert desk.put(PAGE).status_code == 405
    assert desk.post(reverse("check_in_done", args=[1])).status_code == 405


def test_htmx_gets_the_form_alone(desk):
    part = desk.get(PAGE, headers=HTMX).content.decode()
    assert 'id="checkin"' in part
    assert "<html" not in part


def test_the_answer_asks_as_many_questions_in_a_large_office_as_in_a_small_one(
    open_house, desk, django_assert_num_queries, django_assert_max_num_queries
):
    open_house.leave(open_house.visit("09:10", phone=phone(1)), "09:11")
    answer(desk, phone=phone(1))
    with django_assert_max_num_queries(14) as captured:
        answer(desk, phone=phone(1))
    for n in (2, 3, 4):
        open_house.leave(open_house.visit("09:12", phone=phone(n)), "09:13")
    with django_assert_num_queries(len(captured)):
        answer(desk, phone=phone(1))


# Calls


@pytest.mark.rule("OWN-04")
def test_a_call_belongs_to_whoever_answered(open_house, rep_b, desk):
    page = rep_b.get(reverse("call_in")).content.decode()
    assert f'<option value="{open_house.people["B"].pk}" selected>B</option>' in page
    response = rep_b.post(reverse("call_in"), form(phone=phone(1), answered_by=open_house.people["B"].pk))
    line = RegisterLine.objects.get()
    assert (line.kind, line.owner, line.receiver) == ("call", open_house.people["B"], open_house.people["B"])
    assert "Call registered" in rep_b.get(response.url).content.decode()
    response = desk.post(reverse("call_in"), form(phone=phone(2)))
    assert list(response.context["form"].errors) == ["answered_by"]


def test_a_rep_answers_for_nobody_else(open_house, rep_b):
    response = rep_b.post(reverse("call_in"), form(answered_by=open_house.people["C"].pk))
    assert list(response.context["form"].errors) == ["answered_by"]


def test_a_known_caller_is_told_to_the_desk(open_house, desk):
    open_house.leave(open_house.visit("09:10", phone=phone(1)), "09:20")
    assert "Customer of A" in answer(desk, kind="call", phone=phone(1))
    assert "Would receive" not in answer(desk, kind="call", phone=phone(2))

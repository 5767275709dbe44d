"""The board: rows, one's own buttons, adjustments with a reason, the poll, past minutes."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reception import versions
from reception.models import RotationEvent
from tests.house import House, phone
from tests.markup import HTMX

pytestmark = pytest.mark.django_db
BOARD, ROWS = reverse("board"), reverse("board_rows")


def text(response) -> str:
    """The words of a page, without markup."""
    body = response.content.decode().split('id="main"')[-1]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def act(house: House, code: str, name: str) -> str:
    return reverse("board_act", args=[house.people[code].pk, name])


def adjust(house: House, code: str) -> str:
    return reverse("board_adjust", args=[house.people[code].pk])


# What it shows


@pytest.mark.rule("REC-18")
@pytest.mark.rule("REC-22")
def test_rows_stand_in_order_with_state_and_reason(open_house, desk):
    open_house.visit("09:10", phone=phone(1), name="欧阳明月")
    open_house.away("B", "09:15")
    said = text(desk.get(BOARD))
    assert re.search(r"1 B 0 turns today Away since 09:15.* 2 C next 0 turns today Next: first of those waiting", said)
    assert "A 1 turn today No. 1 欧阳 since 09:10" in said
    assert "明月" not in said
    assert "On probation" in said


@pytest.mark.rule("REC-18")
def test_a_colleagues_visitor_is_a_number_to_a_rep(open_house, rep_a, rep_b):
    open_house.visit("09:10", phone=phone(1), name="欧阳明月")
    assert "No. 1 欧阳 since" in text(rep_a.get(BOARD))
    assert "No. 1 since" in text(rep_b.get(BOARD))
    assert "欧阳" not in rep_b.get(BOARD).content.decode()


def test_the_head_is_told_that_it_is_their_turn(rep_a, rep_b):
    assert "It is your turn" in text(rep_a.get(BOARD))
    assert "You are number 2 in the queue" in text(rep_b.get(BOARD))


@pytest.mark.rule("REC-14")
def test_adjustments_are_seen_by_everybody_with_author_and_reason(open_house, supervisor, rep_a):
    supervisor.post(adjust(open_house, "A"), {"act": "skipped", "reason": "late for the meeting"})
    said = text(rep_a.get(BOARD))
    assert "A was skipped Reason: late for the meeting 10:00 · supervisor" in said
    assert "Skipped at 10:00 by supervisor: late for the meeting." in said


@pytest.mark.rule("REC-18")
def test_the_desk_sees_what_was_closed_at_midnight(open_house, client_of):
    open_house.visit("17:59", phone=phone(1))
    open_house.sleep()
    with time_machine.travel(open_house.at("08:30"), tick=False):
        assert "Closed at midnight 1 No. 1 · A" in text(client_of(open_house.clerk).get(BOARD))
        assert "Closed at midnight" not in text(client_of(open_house.people["B"]).get(BOARD))


def test_before_anybody_signs_in_the_board_says_so(open_house, client_of):
    open_house.sleep()
    with time_machine.travel(open_house.at("08:00"), tick=False):
        assert "Nobody has signed in yet" in text(client_of(open_house.clerk).get(BOARD))


def test_another_offices_board_is_another_board(open_house, elsewhere, desk):
    elsewhere.visit("09:10", phone=phone(1), name="欧阳明月")
    assert "欧阳" not in desk.get(BOARD).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_as_many_questions_however_many_are_here(rows, client_of, django_assert_max_num_queries):
    house = House("ABC")
    house.sign_in(*"ABC"[:rows])
    for n in range(rows):
        house.visit("09:10", phone=phone(n), name="王小明")
    with time_machine.travel(house.at("10:00"), tick=False):
        client = client_of(house.clerk)
        with django_assert_max_num_queries(8) as captured:
            client.get(BOARD)
    assert len(captured) == 8


# The poll


@pytest.mark.rule("REC-18")
def test_a_poll_without_news_is_answered_without_sql(open_house, desk, django_assert_num_queries):
    stamp = desk.get(BOARD).context["screen"].stamp
    assert desk.get(ROWS, {"v": stamp}, headers=HTMX).status_code == 204
    with django_assert_num_queries(0):
        assert desk.get(ROWS, {"v": stamp}, headers=HTMX).status_code == 204


@pytest.mark.rule("REC-18")
def test_a_poll_after_a_change_brings_the_rows(
    open_house, desk, django_capture_on_commit_callbacks, django_assert_num_queries
):
    stamp = desk.get(BOARD).context["screen"].stamp
    with django_capture_on_commit_callbacks(execute=True):
        open_house.away("A", "09:59")
    response = desk.get(ROWS, {"v": stamp}, headers=HTMX)
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    assert "Away since 09:59" in text(response)


@pytest.mark.rule("REC-18")
def test_a_change_of_another_process_is_seen_when_the_memory_of_this_one_has_gone(open_house, desk):
    stamp = desk.get(BOARD).context["screen"].stamp
    desk.get(ROWS, {"v": stamp})
    open_house.away("A", "09:59")
    with time_machine.travel(open_house.at("10:00:02"), tick=False):
        assert desk.get(ROWS, {"v": stamp}).status_code == 200


def test_a_stamp_is_good_for_a_minute_and_for_nobody_who_makes_one_up(open_house, desk):
    stamp = desk.get(BOARD).context["screen"].stamp
    assert not versions.unchanged(stamp + "x")
    assert not versions.unchanged("1.2026-03-02.4")
    with time_machine.travel(open_house.at("10:01:01"), tick=False):
        assert not versions.unchanged(stamp)


def test_a_stranger_without_a_stamp_is_sent_to_sign_in():
    assert Client().get(ROWS, {"v": "1"}).status_code == 302


# What one does for oneself


@pytest.mark.rule("REC-01")
@pytest.mark.rule("REC-08")
def test_a_rep_signs_in_goes_away_comes_back_and_signs_out(open_house, rep_a):
    for name, state in (("away", "away"), ("back", "waiting"), ("sign_out", "signed_out"), ("sign_in", "waiting")):
        response = rep_a.post(act(open_house, "A", name))
        assert (response.status_code, response.url) == (302, BOARD)
        assert open_house.seat("A").state == state
    part = rep_a.post(act(open_house, "A", "away"), headers=HTMX)
    assert "You are away" in text(part)
    assert "<html" not in part.content.decode()


def test_a_rep_acts_for_nobody_else_a_supervisor_for_everybody(open_house, rep_a, desk, supervisor):
    assert rep_a.post(act(open_house, "B", "away")).status_code == 403
    assert desk.post(act(open_house, "B", "away")).status_code == 403
    assert supervisor.post(act(open_house, "B", "away")).status_code == 302
    assert open_house.seat("B").state == "away"
    assert RotationEvent.objects.get(kind="away").by == open_house.supervisor


def test_somebody_elsewhere_does_not_exist_here(open_house, elsewhere, supervisor):
    assert supervisor.post(act(elsewhere, "X", "away")).status_code == 404
    assert supervisor.get(adjust(elsewhere, "X")).status_code == 404
    told = elsewhere.visit("09:10")
    for name in ("reception_leave", "reception_help"):
        assert supervisor.post(reverse(name, args=[told.reception.pk])).status_code == 404
    assert supervisor.post(act(open_house, "A", "dance")).status_code == 404


@pytest.mark.rule("REC-19")
def test_a_stale_press_says_who_took_the_turn(open_house, rep_a):
    seen = rep_a.get(BOARD).context["screen"].version
    open_house.visit("09:59", phone=phone(1))
    response = rep_a.post(act(open_house, "A", "away"), {"seen": seen}, headers=HTMX)
    assert response.status_code == 422
    assert "Now receiving: only somebody waiting can go away; end the reception first (REC-21)" in text(response)
    assert "09:59 visitor no. 1 went to A, head of the queue in round 1" in text(response)
    followed = rep_a.post(act(open_house, "A", "away"), {"seen": "x"}, follow=True)
    assert "(REC-21)" in text(followed)


def test_the_receiver_and_the_desk_say_that_a_visitor_left(open_house, rep_a, rep_b, desk):
    told = open_house.visit("09:10", phone=phone(1))
    leave = reverse("reception_leave", args=[told.reception.pk])
    assert rep_b.post(leave).status_code == 403
    assert rep_a.post(leave).status_code == 302
    assert open_house.seat("A").state == "waiting"
    response = desk.post(leave, headers=HTMX)
    assert response.status_code == 422
    assert "left already (REC-07)" in text(response)


# What a supervisor decides


@pytest.mark.rule("REC-14")
def test_moving_needs_a_place_and_a_reason(open_house, supervisor):
    response = supervisor.post(adjust(open_house, "C"), {"act": "moved"})
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"place", "reason"}
    response = supervisor.post(adjust(open_house, "C"), {"act": "moved", "place": "1", "reason": "a delegation"})
    assert response.status_code == 302
    assert open_house.queue() == "CAB"


@pytest.mark.rule("REC-21")
def test_a_duty_is_granted_with_its_reason(open_house, supervisor):
    supervisor.post(adjust(open_house, "A"), {"act": "on_duty", "reason": "land registry"})
    assert open_house.seat("A").state == "on_duty"


def test_the_form_comes_as_a_part_with_what_the_button_asked_for(open_house, supervisor):
    part = supervisor.get(adjust(open_house, "C"), {"act": "moved", "place": "2"}, headers=HTMX)
    assert "<html" not in part.content.decode()
    assert part.context["form"]["place"].value() == "2"


@pytest.mark.rule("REC-14")
def test_an_adjustment_after_a_turn_was_taken_has_to_be_meant(open_house, supervisor):
    typed = {"act": "skipped", "reason": "late", "seen": supervisor.get(BOARD).context["screen"].version}
    open_house.visit("09:59", phone=phone(1))
    response = supervisor.post(adjust(open_house, "B"), typed)
    assert response.status_code == 422
    assert "09:59 visitor no. 1 went to A" in text(response)
    assert open_house.seat("B").round == 1
    again = response.context["form"]["seen"].value()
    assert supervisor.post(adjust(open_house, "B"), typed | {"seen": again}).status_code == 302
    assert open_house.seat("B").round == 2


@pytest.mark.rule("REC-13")
def test_a_supervisor_names_a_helper_or_joins(open_house, supervisor):
    told = open_house.visit("09:10", phone=phone(1))
    page = reverse("reception_help", args=[told.reception.pk])
    choices = [value for value, _label in supervisor.get(page).context["form"].fields["helper"].choices]
    assert str(open_house.people["A"].pk) not in choices
    supervisor.post(page, {"helper": open_house.people["C"].pk})
    assert open_house.seat("C").state == "assisting"
    response = supervisor.post(page, {"helper": open_house.people["C"].pk})
    assert "(REC-13)" in text(response)
    assert supervisor.post(page, {"helper": open_house.supervisor.pk}).status_code == 302
    assert supervisor.post(page, {"helper": ""}).status_code == 422


@pytest.mark.parametrize("client", ["desk", "rep_a", "planner"])
def test_adjusting_is_for_supervisors(client, open_house, request):
    told = open_house.visit("09:10")
    browser = request.getfixturevalue(client)
    assert browser.post(adjust(open_house, "A"), {"act": "skipped", "reason": "x"}).status_code == 403
    assert browser.get(reverse("reception_help", args=[told.reception.pk])).status_code == 403


# Past minutes


@pytest.mark.rule("REC-17")
def test_the_queue_at_a_past_minute_is_shown_again(open_house, rep_b):
    open_house.visit("09:10", phone=phone(1), name="欧阳明月")
    page = rep_b.get(reverse("board_at"), {"t": "09:09"})
    assert "1 A next" in text(page)
    page = rep_b.get(reverse("board_at"), {"t": "09:10", "day": "2026-03-02"})
    assert "1 B next" in text(page)
    assert "09:10 visitor no. 1 went to A, head of the queue in round 1 entered by clerk" in text(page)
    assert "欧阳" not in page.content.decode()
    assert "Nobody had signed in" in text(rep_b.get(reverse("board_at"), {"day": "2026-03-01"}))


@pytest.mark.parametrize("asked", [{"t": "25:99"}, {"day": "yesterday"}, {"day": "0001-01-01"}])
def test_a_minute_that_is_none_is_a_form_error(rep_b, asked):
    assert rep_b.get(reverse("board_at"), asked).status_code == 422


@pytest.mark.parametrize("name", ["board", "board_rows", "board_at", "fairness"])
def test_reading_pages_are_closed_to_other_roles_and_to_posting(planner, rep_a, name):
    assert planner.get(reverse(name)).status_code == 403
    assert rep_a.post(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", ["board", "board_at", "fairness"])
def test_htmx_gets_the_part(rep_a, name):
    assert "<html" not in rep_a.get(reverse(name), headers=HTMX).content.decode()


def test_buttons_are_pressed_not_visited(open_house, supervisor):
    told = open_house.visit("09:10")
    assert supervisor.get(act(open_house, "A", "away")).status_code == 405
    assert supervisor.get(reverse("reception_leave", args=[told.reception.pk])).status_code == 405
    assert supervisor.put(adjust(open_house, "A")).status_code == 405

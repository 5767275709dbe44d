"""Why it is whose turn: one sentence for each row, from the day's events."""

from __future__ import annotations

import pytest
from django.utils import translation

from reception import past, screen
from reception.explain import Scene, why
from reception.seats import State
from tests.house import House
from tests.reception.floor import Floor

NAMES = {ord(letter): letter for letter in "ABCDEFP"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def said(floor: Floor, who: str, **more: object) -> str:
    """The sentence of somebody's row; the clock of the floor runs in UTC."""
    scene = Scene(floor.board, NAMES, "UTC", "by time of signing in", "09:00", **more)
    return why(floor.seat(who), scene)


@pytest.mark.rule("REC-22")
def test_the_head_is_told_why_and_who_stands_before():
    floor = Floor("ABC")
    assert said(floor, "A") == "Next: first of all (round 1, place 1)."
    floor.happen("away", "A")
    assert said(floor, "B") == "Next: first of those waiting (round 1, place 2). Before: A (away)."
    assert said(floor, "C") == "Waits behind B (round 1, place 3)."


@pytest.mark.rule("REC-22")
def test_many_before_are_counted_after_the_third_name():
    assert said(Floor("ABCDEF"), "F") == "Waits behind A, B, C, and 2 more (round 1, place 6)."


@pytest.mark.rule("REC-09")
def test_whoever_works_is_told_that_the_place_is_kept():
    floor = Floor("AB")
    floor.visit(helpers=1)
    assert said(floor, "A").startswith("Receiving since 09:03: work is no absence, round 2 and place 1 are kept.")
    assert said(floor, "B").startswith("Assisting since 09:03: uses no turn, round 1 and place 2 are kept.")


@pytest.mark.rule("REC-08")
def test_a_lost_turn_is_remembered_with_its_minute():
    floor = Floor("AB")
    floor.happen("away", "A")
    assert said(floor, "A") == "Away since 09:03: the turn of round 1 is lost if a visitor goes to somebody behind."
    floor.visit()
    assert said(floor, "A").endswith("Passed at 09:04 while away: that turn was lost.")


@pytest.mark.rule("REC-14")
def test_an_adjustment_is_told_with_author_and_reason():
    floor = Floor("AB")
    floor.happen("skipped", "A")
    told = said(floor, "A", adjusted={ord("A"): ("Zhou", "late for the meeting")})
    assert told.endswith("Skipped at 09:03 by Zhou: late for the meeting.")


@pytest.mark.rule("REC-21")
def test_absences_that_cost_nothing_say_so():
    floor = Floor("AB")
    floor.happen("on_duty", "A")
    assert said(floor, "A") == "On duty since 09:03: is not passed, round 1 and place 1 are kept."
    floor.happen("unfit", "B")
    assert said(floor, "B") == "Not fit to receive since 09:04: out of the order until a supervisor ends that."
    floor.happen("signed_out", "A")
    assert said(floor, "A") == "Signed out at 09:05."


def test_before_the_order_is_fixed_the_ranking_is_named():
    floor = Floor("AB", fixed=False)
    assert said(floor, "A") == "Ranked by time of signing in; the order is fixed at 09:00 or with the first visitor."


def test_probationary_staff_hold_no_place():
    floor = Floor("A", probationary="P")
    assert said(floor, "P").startswith("On probation: holds no place in the order")


def test_late_comers_and_given_back_turns_are_remarked():
    floor = Floor("A")
    floor.sign_in("B")
    floor.visit(look=True)
    assert said(floor, "B").endswith("Joined at 09:02, in the round then being served.")
    assert said(floor, "A").endswith("Received somebody only looking at 09:03: the turn was given back.")


def test_every_state_has_a_badge():
    assert set(screen.BADGES) == set(State)


@pytest.mark.rule("REC-17")
def test_the_events_of_a_day_in_words(open_house: House):
    house = open_house
    house.away("B", "09:01")
    first = house.visit("09:02", phone="15400000001", helpers=1)
    house.leave(first, "09:20")
    told = [row.text for row in past.of_day(house.day())]
    assert told[:4] == [
        "visitor no. 1 left",
        "visitor no. 1 went to A, head of the queue in round 1; helping: C",
        "B went away",
        "The order of the day was fixed",
    ]
    assert told[-1] == "A signed in"


@pytest.mark.rule("REC-11")
@pytest.mark.rule("REC-14")
@pytest.mark.rule("REC-16")
@pytest.mark.rule("OWN-15")
def test_what_was_decided_out_of_order_in_words(open_house: House):
    house = open_house
    own = house.visit("09:01", phone="15400000001")
    house.leave(own, "09:02")
    assigned = house.visit("09:03", to="B", reason="asked for")
    house.leave(assigned, "09:04")
    house.visit("09:04", taken_by="C")
    house.away("A", "09:05")
    house.visit("09:06", phone="15400000001")
    house.visit("09:07", overload="A")
    house.visit("09:08", look=True, overload="P")
    told = [row.text for row in past.of_day(house.day())]
    assert told[:7] == [
        "a visitor only looking was given to P as overload, nobody was waiting",
        "visitor no. 5 was given to A as overload, nobody was waiting",
        "visitor no. 4 went to B as helper, their own rep is absent",
        "A went away",
        "visitor no. 3 was taken by C out of turn",
        "visitor no. 2 left",
        "visitor no. 2 was assigned to B",
    ]


@pytest.mark.rule("REC-17")
def test_a_past_minute_is_shown_as_it_stood(open_house: House):
    house = open_house
    house.visit("09:10")
    rows = past.rows_at(house.day(), house.at("09:09"))
    assert [(row.name, row.next) for row in rows] == [("A", True), ("B", False), ("C", False), ("P", False)]
    rows = past.rows_at(house.day(), house.at("09:10"))
    assert [(row.name, row.next) for row in rows][:2] == [("B", True), ("C", False)]

"""The reception rotation as a pure function: every line of "The rotation in full"."""

from __future__ import annotations

import json

import pytest

from common.errors import RuleError
from reception.rotation import replay
from reception.seats import Board, State
from tests.reception.floor import Floor, letters


def refused(floor: Floor, kind: str, who: str | None = None, **data: object) -> str:
    """The rule that refuses an event; the board stays as it was."""
    before = floor.board
    with pytest.raises(RuleError) as error:
        floor.happen(kind, who, **data)
    assert floor.board == before
    assert str(error.value)
    return error.value.rule


# The worked example of the rulebook


@pytest.fixture
def example() -> Floor:
    """A, B and C with visitors 1 and 2 received, C away, A and B free again."""
    floor = Floor("ABC")
    floor.visit()
    floor.visit()
    floor.happen("away", "C")
    floor.leave(1)
    floor.leave(2)
    return floor


@pytest.mark.rule("REC-08")
def test_worked_example_third_visitor_passes_c_who_is_away(example):
    outcome = example.visit()
    assert (chr(outcome.receiver), letters(outcome.passed)) == ("A", "C")
    assert example.order == "B2 C2 A3"


@pytest.mark.rule("REC-08")
def test_worked_example_c_takes_the_third_visitor_when_back_in_time(example):
    example.happen("back", "C")
    outcome = example.visit()
    assert (chr(outcome.receiver), outcome.passed) == ("C", ())
    assert example.order == "A2 B2 C2"


@pytest.mark.rule("REC-09")
@pytest.mark.rule("REC-10")
def test_worked_example_b_receives_the_returning_customer_and_keeps_the_turn(example):
    example.visit()
    example.happen("back", "C")
    assert example.order == "B2 C2 A3"
    example.visit("own", "B", returning=True)
    fourth = example.visit()
    assert (chr(fourth.receiver), fourth.passed) == ("C", ())
    assert example.order == "B2 A3 C3"
    example.leave(4)
    assert example.queue == "B"
    assert (example.seat("B").taken, example.seat("B").returning, example.seat("B").passed) == (1, 1, 0)


# Signing in and joining


@pytest.mark.rule("REC-01")
def test_signing_in_twice_changes_nothing():
    floor = Floor("AB")
    before = floor.board
    floor.sign_in("A")
    assert floor.board == before


@pytest.mark.rule("REC-01")
@pytest.mark.parametrize("kind", ["away", "on_duty", "back", "signed_out", "unfit", "fit", "skipped"])
def test_nobody_is_in_the_queue_without_signing_in(kind):
    assert refused(Floor("AB"), kind, "C") == "REC-01"


@pytest.mark.rule("REC-01")
def test_everybody_starts_in_round_one_and_a_visitor_finds_nobody_on_an_empty_floor():
    floor = Floor("")
    assert refused(floor, "arrived", reception=1, mode="turn") == "REC-11"
    floor.sign_in(*"AB")
    assert floor.order == "A1 B1"


@pytest.mark.rule("REC-06")
def test_a_late_arrival_joins_at_the_end_in_the_round_being_served():
    floor = Floor("AB")
    floor.visit()
    floor.leave(1)
    floor.sign_in("C")
    assert (floor.order, floor.queue) == ("B1 C1 A2", "BCA")
    floor.visit()
    floor.leave(2)
    floor.visit()
    floor.leave(3)
    floor.sign_in("D")
    assert floor.order == "A2 B2 C2 D2"


@pytest.mark.rule("REC-06")
def test_a_late_arrival_takes_the_round_of_those_signed_in_when_nobody_waits():
    floor = Floor("A")
    floor.visit()
    floor.sign_in("B")
    assert floor.order == "A2 B2"


@pytest.mark.rule("REC-06")
def test_the_round_being_served_is_that_of_those_waiting_not_of_those_at_work():
    floor = Floor("AB")
    floor.visit("own", "A")
    floor.visit()
    floor.leave(2)
    assert floor.order == "A1 B2"
    floor.sign_in("C")
    assert floor.order == "A1 B2 C2"


@pytest.mark.rule("REC-06")
def test_probationary_staff_do_not_say_which_round_is_being_served():
    floor = Floor("A", probationary="P")
    floor.visit()
    floor.leave(1)
    floor.sign_in("B")
    assert floor.order == "A2 B2"


@pytest.mark.rule("REC-22")
def test_a_seat_remembers_what_happened_to_its_place_last():
    floor = Floor("ABC")
    floor.sign_in("D")
    floor.happen("away", "A")
    floor.visit()
    floor.happen("skipped", "C")
    floor.happen("moved", "D", place=1)
    floor.visit(look=True)
    assert {who: floor.seat(who).note for who in "ABCD"} == {"A": "passed", "B": "", "C": "skipped", "D": "given_back"}
    floor.sign_in("E")
    assert (floor.seat("E").note, floor.seat("E").note_at) == ("joined_late", floor.events[-1].at)


@pytest.mark.rule("REC-06")
def test_signing_in_again_keeps_the_place_and_takes_the_larger_round():
    floor = Floor("ABC")
    floor.happen("signed_out", "A")
    for visitor in (1, 2, 3):
        floor.visit()
        floor.leave(visitor)
    assert floor.order == "A1 C2 B3"
    floor.sign_in("A")
    assert floor.order == "A2 C2 B3"
    assert [floor.seat(who).position for who in "ABC"] == [1, 2, 3]


@pytest.mark.rule("REC-06")
def test_signing_in_again_does_not_win_a_round_back():
    floor = Floor("AB")
    floor.visit()
    floor.leave(1)
    floor.happen("signed_out", "A")
    floor.sign_in("A")
    assert floor.order == "B1 A2"


@pytest.mark.rule("REC-06")
def test_one_who_signed_out_before_the_order_was_fixed_comes_last():
    floor = Floor("ABC", fixed=False)
    floor.happen("signed_out", "A")
    floor.fix("BC")
    floor.sign_in("A")
    assert floor.order == "B1 C1 A1"


@pytest.mark.rule("OFF-04")
def test_fit_again_keeps_the_place_and_takes_the_round_being_served():
    floor = Floor("ABC")
    floor.happen("unfit", "A")
    assert floor.queue == "BC"
    floor.visit()
    floor.visit()
    floor.leave(1)
    floor.leave(2)
    floor.happen("fit", "A")
    assert floor.order == "A2 B2 C2"


@pytest.mark.rule("OFF-04")
def test_an_unfit_person_is_not_passed():
    floor = Floor("AB")
    floor.happen("unfit", "A")
    assert floor.visit().passed == ()
    assert floor.seat("A").round == 1


@pytest.mark.rule("OFF-04")
def test_one_who_becomes_unfit_while_receiving_keeps_the_visitor_and_leaves_the_order():
    floor = Floor("AB")
    floor.visit()
    floor.happen("unfit", "A")
    floor.leave(1)
    assert (floor.state("A"), floor.queue) == ("unfit", "B")
    floor.happen("fit", "A")
    assert floor.queue == "BA"


@pytest.mark.rule("OFF-04")
def test_one_who_is_fit_again_is_still_with_their_visitor():
    floor = Floor("AB")
    floor.visit()
    floor.happen("unfit", "A")
    floor.happen("fit", "A")
    assert floor.state("A") == "receiving"


@pytest.mark.rule("OFF-04")
def test_an_unfit_person_cannot_sign_in():
    floor = Floor("AB")
    floor.happen("unfit", "A")
    assert refused(floor, "signed_in", "A") == "OFF-04"


# What applies when

STATES = {
    "waiting": [],
    "receiving": [("arrived", None, {"reception": 9, "mode": "turn"})],
    "assisting": [("arrived", None, {"reception": 9, "mode": "own", "rep": ord("B"), "helpers": 1})],
    "away": [("away", "A", {})],
    "on_duty": [("on_duty", "A", {})],
    "unfit": [("unfit", "A", {})],
    "signed_out": [("signed_out", "A", {})],
}
ALLOWED = {
    "away": {"waiting"},
    "on_duty": {"waiting", "away"},
    "back": {"away", "on_duty"},
    "signed_out": {"waiting", "away", "on_duty"},
    "unfit": {"waiting", "receiving", "assisting", "away", "on_duty"},
    "fit": {"unfit"},
}


@pytest.mark.rule("REC-21")
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", ALLOWED)
def test_each_event_applies_from_its_states_alone(kind, state):
    floor = Floor("AB")
    for name, who, data in STATES[state]:
        floor.happen(name, who, **data)
    assert floor.state("A") == state
    if state in ALLOWED[kind]:
        floor.happen(kind, "A")
        after = {"away": "away", "on_duty": "on_duty", "signed_out": "signed_out", "unfit": "unfit"}
        assert floor.state("A") == after.get(kind, "waiting")
    else:
        assert refused(floor, kind, "A") in ("REC-21", "REC-08", "OFF-04")


# A new visitor


@pytest.mark.rule("REC-07")
def test_a_new_visitor_goes_to_the_head_whose_round_grows_by_one():
    floor = Floor("AB")
    outcome = floor.visit()
    assert (chr(outcome.receiver), outcome.used_turn, outcome.round, outcome.position) == ("A", True, 1, 1)
    assert (floor.order, floor.state("A"), floor.seat("A").taken) == ("B1 A2", "receiving", 1)


@pytest.mark.rule("REC-07")
def test_the_last_of_the_list_is_followed_by_the_first():
    floor = Floor("ABC")
    took = []
    for visitor in range(1, 8):
        took.append(chr(floor.visit().receiver))
        floor.leave(visitor)
    assert "".join(took) == "ABCABCA"


@pytest.mark.rule("REC-08")
def test_everybody_away_before_the_head_is_passed_once_and_nobody_behind():
    floor = Floor("ABCD")
    for who in "ABD":
        floor.happen("away", who)
    assert letters(floor.visit().passed) == "AB"
    assert floor.order == "D1 A2 B2 C2"
    assert [floor.seat(who).passed for who in "ABCD"] == [1, 1, 0, 0]


@pytest.mark.rule("REC-08")
def test_one_who_stays_away_is_passed_in_every_round():
    floor = Floor("AB")
    floor.happen("away", "A")
    for visitor in (1, 2, 3):
        assert letters(floor.visit().passed) == "A"
        floor.leave(visitor)
    assert (floor.seat("A").passed, floor.order) == (3, "A4 B4")


@pytest.mark.rule("REC-21")
def test_one_on_duty_is_not_passed():
    floor = Floor("AB")
    floor.happen("on_duty", "A")
    assert floor.visit().passed == ()
    floor.leave(1)
    floor.happen("back", "A")
    assert (floor.queue, floor.order) == ("AB", "A1 B2")


@pytest.mark.rule("REC-21")
def test_a_duty_granted_after_going_away_protects_from_then_on():
    floor = Floor("AB")
    floor.happen("away", "A")
    floor.happen("on_duty", "A")
    assert floor.visit().passed == ()


@pytest.mark.rule("REC-09")
@pytest.mark.parametrize("busy", [{"mode": "own", "rep": "A"}, {"mode": "own", "rep": "B", "helpers": 1}])
def test_one_who_receives_or_assists_is_not_passed_and_is_head_again_when_free(busy):
    floor = Floor("ABC")
    floor.visit(**busy)
    outcome = floor.visit()
    assert outcome.passed == ()
    assert floor.seat("A").round == 1
    floor.leave(1)
    assert floor.queue[0] == "A"


@pytest.mark.rule("REC-09")
def test_a_rep_with_several_visitors_is_receiving_until_the_last_has_left():
    floor = Floor("A")
    floor.visit()
    floor.visit("own", "A")
    floor.leave(1)
    assert floor.state("A") == "receiving"
    floor.leave(2)
    assert floor.state("A") == "waiting"


@pytest.mark.rule("REC-18")
def test_somebody_has_been_receiving_since_the_first_of_their_visitors():
    floor = Floor("A")
    floor.visit()
    since = floor.events[-1].at
    floor.visit("own", "A")
    assert floor.seat("A").since == since
    floor.leave(1)
    assert floor.seat("A").since == since
    floor.leave(2)
    assert floor.seat("A").since == floor.events[-1].at


def test_leaving_of_an_unknown_visitor_changes_nothing():
    floor = Floor("AB")
    before = floor.board
    floor.leave(7)
    assert floor.board == before


# Outside the order


@pytest.mark.rule("REC-10")
@pytest.mark.rule("OWN-15")
def test_a_customer_of_ones_own_uses_no_turn_and_passes_nobody():
    floor = Floor("ABC")
    floor.happen("away", "A")
    outcome = floor.visit("own", "C", returning=True)
    assert (chr(outcome.receiver), outcome.used_turn, outcome.passed) == ("C", False, ())
    assert (floor.order, floor.seat("C").returning) == ("A1 B1 C1", 1)


@pytest.mark.rule("REC-10")
def test_a_returning_customer_uses_the_turn_where_the_policy_says_so():
    floor = Floor("ABC")
    assert floor.visit("own", "B", returning=True, uses_turn=True).used_turn is True
    assert (floor.order, floor.seat("B").taken) == ("A1 C1 B2", 1)


@pytest.mark.rule("REC-10")
def test_probationary_staff_use_no_turn_by_that_policy_for_they_hold_none():
    floor = Floor("A", probationary="P")
    assert floor.visit("own", "P", returning=True, uses_turn=True).used_turn is False
    assert (floor.seat("P").taken, floor.seat("P").returning) == (0, 1)


@pytest.mark.rule("OWN-15")
@pytest.mark.parametrize("gone", ["away", "on_duty", "unfit", "signed_out"])
def test_the_head_receives_as_helper_when_the_owner_is_absent(gone):
    floor = Floor("ABC")
    floor.happen(gone, "C")
    outcome = floor.visit("own", "C", returning=True, uses_turn=True)
    assert (chr(outcome.receiver), outcome.as_helper, outcome.used_turn, outcome.passed) == ("A", True, False, ())
    assert (floor.state("A"), floor.order) == ("assisting", "A1 B1 C1")
    floor.leave(1)
    assert floor.queue[0] == "A"


@pytest.mark.rule("OWN-15")
def test_nobody_is_passed_when_the_head_receives_for_an_absent_owner():
    floor = Floor("ABC")
    floor.happen("away", "A")
    floor.happen("away", "C")
    outcome = floor.visit("own", "C")
    assert (chr(outcome.receiver), outcome.passed, floor.seat("A").round) == ("B", (), 1)


@pytest.mark.rule("OWN-15")
def test_an_owner_who_did_not_sign_in_is_absent():
    assert Floor("AB").visit("own", "Z").as_helper is True


@pytest.mark.rule("OWN-15")
def test_an_absent_owner_and_nobody_waiting_is_refused():
    floor = Floor("AB")
    floor.visit()
    floor.happen("away", "B")
    assert refused(floor, "arrived", reception=5, mode="own", rep=ord("B")) == "OWN-15"


@pytest.mark.rule("REC-11")
@pytest.mark.parametrize("absence", ["away", "on_duty"])
def test_an_owner_who_is_away_is_called_back_when_nobody_waits(absence):
    floor = Floor("AB")
    floor.visit()
    floor.happen(absence, "B")
    outcome = floor.visit("own", "B", called_back=True)
    assert (chr(outcome.receiver), outcome.as_helper, outcome.used_turn) == ("B", False, False)
    assert (floor.state("B"), floor.seat("B").round) == ("receiving", 1)


@pytest.mark.rule("OWN-15")
@pytest.mark.parametrize("gone", ["unfit", "signed_out"])
def test_an_owner_who_is_out_is_not_called_back(gone):
    floor = Floor("AB")
    floor.visit()
    floor.happen(gone, "B")
    assert refused(floor, "arrived", reception=2, mode="own", rep=ord("B"), called_back=True) == "OWN-15"


@pytest.mark.rule("REC-15")
def test_a_looking_visitor_gives_the_turn_back_and_passes_nobody():
    floor = Floor("ABC")
    floor.happen("away", "A")
    outcome = floor.visit(look=True)
    assert (chr(outcome.receiver), outcome.used_turn, outcome.passed) == ("B", False, ())
    assert (floor.order, floor.state("B"), floor.seat("B").given_back) == ("A1 B1 C1", "receiving", 1)
    floor.leave(1)
    assert (floor.queue, floor.seat("B").taken) == ("BC", 0)


@pytest.mark.rule("REC-15")
def test_a_looking_visitor_taken_out_of_turn_is_no_breach_and_uses_no_turn():
    floor = Floor("AB")
    outcome = floor.visit("out_of_turn", "B", look=True)
    assert (chr(outcome.receiver), outcome.breach, outcome.used_turn) == ("B", False, False)
    assert (floor.order, floor.seat("B").given_back) == ("A1 B1", 1)


@pytest.mark.rule("REC-11")
def test_nobody_waiting_is_refused():
    floor = Floor("A")
    floor.visit()
    assert refused(floor, "arrived", reception=2, mode="turn") == "REC-11"


@pytest.mark.rule("REC-11")
def test_overload_uses_the_turn_held_and_passes_nobody():
    floor = Floor("ABC")
    floor.visit()
    floor.visit()
    floor.happen("away", "C")
    outcome = floor.visit("overload", "B")
    assert (chr(outcome.receiver), outcome.used_turn, outcome.passed) == ("B", True, ())
    assert floor.order == "C1 A2 B3"


@pytest.mark.rule("REC-11")
def test_overload_is_refused_while_somebody_waits():
    floor = Floor("AB")
    floor.visit()
    assert refused(floor, "arrived", reception=2, mode="overload", rep=ord("A")) == "REC-11"


@pytest.mark.rule("REC-11")
@pytest.mark.parametrize("absence", ["away", "on_duty"])
def test_one_who_is_away_or_on_duty_is_back_by_overload(absence):
    floor = Floor("AB")
    floor.visit()
    floor.happen(absence, "B")
    floor.visit("overload", "B")
    assert (floor.state("B"), floor.order) == ("receiving", "A2 B2")
    floor.leave(2)
    assert floor.state("B") == "waiting"


@pytest.mark.rule("REC-11")
@pytest.mark.parametrize("gone", ["unfit", "signed_out"])
def test_overload_is_refused_to_one_who_is_out(gone):
    floor = Floor("AB")
    floor.visit()
    floor.happen(gone, "B")
    assert refused(floor, "arrived", reception=2, mode="overload", rep=ord("B")) == "REC-11"
    assert refused(floor, "arrived", reception=2, mode="overload", rep=ord("Z")) == "REC-11"


@pytest.mark.rule("REC-11")
def test_probationary_staff_hold_no_place_and_no_turn():
    floor = Floor("A", probationary="P")
    assert (floor.queue, floor.order) == ("A", "A1")
    floor.visit()
    assert refused(floor, "arrived", reception=2, mode="turn") == "REC-11"
    outcome = floor.visit("overload", "P")
    assert (chr(outcome.receiver), outcome.used_turn) == ("P", False)
    assert (floor.seat("P").taken, floor.seat("P").round, floor.state("P")) == (0, 1, "receiving")


@pytest.mark.rule("REC-14")
@pytest.mark.parametrize("rep", ["A", "B", "C"])
def test_a_direct_assignment_uses_the_turn_of_anyone_present_and_passes_nobody(rep):
    floor = Floor("ABC")
    floor.visit("own", "C")
    before = floor.seat(rep).round
    outcome = floor.visit("assigned", rep)
    assert (chr(outcome.receiver), outcome.used_turn, outcome.passed, outcome.breach) == (rep, True, (), False)
    assert floor.seat(rep).round == before + 1


@pytest.mark.rule("REC-14")
@pytest.mark.parametrize("mode", ["assigned", "out_of_turn"])
@pytest.mark.parametrize("gone", ["away", "on_duty", "unfit", "signed_out"])
def test_no_visitor_is_assigned_to_or_taken_by_one_who_is_absent(mode, gone):
    floor = Floor("AB")
    floor.happen(gone, "B")
    assert refused(floor, "arrived", reception=1, mode=mode, rep=ord("B")) == "REC-14"
    assert refused(floor, "arrived", reception=1, mode=mode, rep=ord("Z")) == "REC-14"


@pytest.mark.rule("REC-16")
def test_a_visitor_taken_out_of_turn_is_a_breach_and_uses_the_turn():
    floor = Floor("ABC")
    floor.happen("away", "A")
    outcome = floor.visit("out_of_turn", "C")
    assert (chr(outcome.receiver), outcome.breach, outcome.used_turn, outcome.passed) == ("C", True, True, ())
    assert floor.order == "A1 B1 C2"


@pytest.mark.rule("REC-16")
def test_a_visitor_taken_by_the_head_is_no_breach():
    outcome = Floor("AB").visit("out_of_turn", "A")
    assert (outcome.breach, outcome.used_turn) == (False, True)


@pytest.mark.rule("REC-16")
def test_a_visitor_taken_while_nobody_waits_is_a_breach():
    floor = Floor("A")
    floor.visit()
    assert floor.visit("out_of_turn", "A").breach is True


# Helpers


@pytest.mark.rule("REC-12")
def test_helpers_are_taken_in_order_and_use_no_turn():
    floor = Floor("ABCD", probationary="PQ")
    outcome = floor.visit(helpers=2)
    assert (chr(outcome.receiver), letters(outcome.helpers)) == ("A", "BC")
    assert (floor.order, floor.state("B"), floor.queue) == ("B1 C1 D1 A2", "assisting", "D")
    floor.leave(1)
    assert floor.queue == "BCDA"


@pytest.mark.rule("REC-12")
def test_helpers_after_the_reps_are_free_probationary_staff_in_order_of_signing_in():
    floor = Floor("AB", probationary="QP")
    assert letters(floor.visit(helpers=2).helpers) == "BQ"


@pytest.mark.rule("REC-12")
def test_there_are_fewer_helpers_where_there_are_fewer_people():
    floor = Floor("ABC", probationary="P")
    floor.happen("away", "C")
    assert letters(floor.visit(helpers=9).helpers) == "BP"
    assert floor.visit("overload", "A", helpers=3).helpers == ()


@pytest.mark.rule("REC-13")
def test_a_helper_named_during_a_reception_assists_and_uses_no_turn():
    floor = Floor("ABC")
    floor.visit()
    floor.happen("helped", "C", reception=1)
    assert (floor.state("C"), floor.order) == ("assisting", "B1 C1 A2")
    assert refused(floor, "helped", "C", reception=1) == "REC-13"
    assert refused(floor, "helped", "A", reception=1) == "REC-13"
    floor.leave(1)
    assert floor.queue == "BCA"


@pytest.mark.rule("REC-13")
def test_a_helper_who_is_absent_is_refused():
    floor = Floor("AB")
    floor.visit()
    floor.happen("away", "B")
    assert refused(floor, "helped", "B", reception=1) == "REC-14"


@pytest.mark.rule("REC-12")
def test_one_who_receives_and_assists_is_receiving_then_assisting_then_free():
    floor = Floor("AB")
    floor.visit()
    floor.visit()
    floor.happen("helped", "B", reception=1)
    floor.leave(2)
    assert floor.state("B") == "assisting"
    floor.leave(1)
    assert floor.state("B") == "waiting"


# Adjustments


@pytest.mark.rule("REC-14")
def test_a_skip_loses_the_turn_and_is_not_counted_as_passed():
    floor = Floor("ABC")
    floor.happen("skipped", "A")
    assert (floor.order, floor.seat("A").passed) == ("B1 C1 A2", 0)


@pytest.mark.rule("REC-14")
@pytest.mark.parametrize(
    ("who", "place", "queue"),
    [("C", 1, "CABD"), ("A", 2, "BACD"), ("A", 3, "BCAD"), ("A", 4, "BCDA"), ("A", 99, "BCDA"), ("D", 4, "ABCD")],
)
def test_a_move_puts_somebody_at_the_place_among_those_waiting(who, place, queue):
    floor = Floor("ABCD")
    floor.happen("moved", who, place=place)
    assert floor.queue == queue
    assert {seat.position for seat in floor.board} == {1, 2, 3, 4}


@pytest.mark.rule("REC-14")
def test_a_move_takes_the_round_of_the_neighbour():
    floor = Floor("ABC")
    floor.visit()
    floor.leave(1)
    assert floor.order == "B1 C1 A2"
    floor.happen("moved", "A", place=1)
    assert floor.order == "A1 B1 C1"


@pytest.mark.rule("REC-14")
@pytest.mark.parametrize("place", [0, -1])
def test_places_count_from_one(place):
    assert refused(Floor("AB"), "moved", "A", place=place) == "REC-14"


@pytest.mark.rule("REC-14")
@pytest.mark.parametrize("kind", ["skipped", "moved"])
def test_one_without_a_place_cannot_be_adjusted(kind):
    floor = Floor("AB", probationary="P")
    floor.happen("signed_out", "B")
    assert refused(floor, kind, "P", place=1) == "REC-14"
    assert refused(floor, kind, "B", place=1) == "REC-14"


@pytest.mark.rule("REC-14")
def test_a_move_before_the_order_is_fixed_holds_once_it_is():
    floor = Floor("ABC", fixed=False)
    floor.happen("moved", "C", place=1)
    floor.fix("ABC")
    assert floor.order == "C1 A1 B1"


@pytest.mark.rule("REC-14")
def test_a_skip_before_the_order_is_fixed_counts_at_once():
    floor = Floor("ABC", fixed=False)
    floor.happen("skipped", "A")
    floor.fix("ABC")
    assert floor.order == "B1 C1 A2"


@pytest.mark.rule("REC-14")
def test_a_move_of_one_who_left_before_the_order_was_fixed_is_forgotten():
    floor = Floor("ABC", fixed=False)
    floor.happen("moved", "C", place=1)
    floor.happen("signed_out", "C")
    floor.fix("AB")
    assert floor.order == "A1 B1"


# The board as a value


@pytest.mark.rule("REC-17")
def test_the_events_give_the_board_again():
    floor = Floor("ABC", probationary="P")
    floor.visit(helpers=1)
    floor.happen("away", "C")
    floor.visit("overload", "P")
    floor.leave(1)
    assert replay(floor.events) == floor.board


@pytest.mark.rule("REC-14")
def test_a_move_that_waits_for_the_order_is_stored_with_the_board():
    floor = Floor("ABC", fixed=False)
    floor.happen("moved", "C", place=1)
    stored = Board.from_json(json.loads(json.dumps(floor.board.to_json())))
    assert stored == floor.board
    assert stored.moves == ((ord("C"), 1),)


def test_the_empty_board_is_read_from_nothing():
    assert Board.from_json({}) == Board()


def test_a_seat_of_nobody_is_none():
    assert Board().seat(None) is None
    assert Board().head() is None


def test_states_have_words_for_everybody():
    assert {str(state) for state in State} == set(STATES)

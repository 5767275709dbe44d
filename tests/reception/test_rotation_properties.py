"""What holds after any sequence of events that the rotation allows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import RuleError
from reception.rotation import apply, replay
from reception.seats import PRESENT, Board, Event, Outcome, State

PEOPLE = range(1, 7)
STEADY = (1, 2)
MODES = ("turn", "turn", "turn", "own", "overload", "assigned", "out_of_turn")
ACTS = ("signed_in", "signed_out", "away", "on_duty", "back", "unfit", "fit", "left", "arrived", "arrived", "helped")
STEPS = st.tuples(
    st.sampled_from((*ACTS, "skipped", "moved")),
    st.sampled_from(PEOPLE),
    st.integers(1, 8),
    st.sampled_from(MODES),
    st.booleans(),
)
DAYS = st.lists(STEPS, max_size=60)


@dataclass
class Told:
    """What one event changed."""

    event: Event
    before: Board
    after: Board
    outcome: Outcome


@dataclass
class Story:
    """A day that the rotation allowed: what it refused is left out."""

    board: Board = field(default_factory=Board)
    told: list[Told] = field(default_factory=list)
    visitors: int = 0

    def happen(self, kind: str, who: int | None = None, **data: object) -> bool:
        """Let an event happen; False if it was refused."""
        event = Event(kind, f"2026-03-02T01:00:00.{len(self.told):06}+00:00", who, data)
        try:
            after, outcome = apply(self.board, event)
        except RuleError:
            return False
        self.told.append(Told(event, self.board, after, outcome))
        self.board = after
        return True

    def fix(self) -> None:
        """Fix the order once, by signing in."""
        if not self.board.fixed:
            self.happen("fixed", order=[seat.who for seat in self.board.signed_in()])

    def visit(self, mode: str, rep: int, helpers: int, **said: object) -> bool:
        """A visitor; the first one fixes the order."""
        self.fix()
        self.visitors += 1
        return self.happen("arrived", reception=self.visitors, mode=mode, rep=rep, helpers=helpers, **said)


def story(steps: list, *, moves: bool = True) -> Story:
    """The day that these steps make; the last of the people is on probation."""
    day = Story()
    for kind, who, number, mode, flag in steps:
        if kind == "arrived":
            day.visit(mode, who, helpers=number % 3, look=flag and number == 1, uses_turn=flag, returning=mode == "own")
        elif kind == "left":
            day.happen("left", reception=1 + day.visitors * number // 9)
        elif kind == "helped":
            day.happen("helped", who, reception=day.visitors)
        elif kind == "signed_in":
            day.happen(kind, who, in_order=who != PEOPLE[-1])
        elif kind == "moved":
            day.happen(kind, who, place=number) if moves else day.fix()
        else:
            day.happen(kind, who)
    return day


def arrivals(day: Story) -> list[Told]:
    return [told for told in day.told if told.event.kind == "arrived"]


@pytest.mark.rule("REC-19")
@given(DAYS)
def test_no_turn_is_given_twice(steps):
    used = [
        (told.outcome.receiver, told.outcome.round)
        for told in arrivals(story(steps, moves=False))
        if told.outcome.used_turn
    ]
    assert len(used) == len(set(used))


@pytest.mark.rule("REC-08")
@pytest.mark.rule("REC-09")
@given(DAYS)
def test_only_those_away_before_the_head_are_passed_and_each_once(steps):
    for told in arrivals(story(steps)):
        head = told.before.head()
        states = {seat.who: seat for seat in told.before}
        assert len(told.outcome.passed) == len(set(told.outcome.passed))
        for who in told.outcome.passed:
            assert states[who].state is State.AWAY
            assert states[who].rank < head.rank
            assert told.after.seat(who).round == states[who].round + 1


@pytest.mark.rule("REC-07")
@given(DAYS)
def test_a_new_visitor_goes_to_the_waiting_rep_with_the_smallest_round_and_position(steps):
    for told in arrivals(story(steps)):
        if told.event.data["mode"] == "turn":
            waiting = [seat for seat in told.before if seat.state is State.WAITING and seat.position is not None]
            assert told.outcome.receiver == min(waiting, key=lambda seat: (seat.round, seat.position)).who


@pytest.mark.rule("REC-11")
@pytest.mark.rule("REC-15")
@given(DAYS)
def test_a_turn_moves_nobody_but_its_receiver_and_those_passed(steps):
    for told in arrivals(story(steps)):
        moved = {told.outcome.receiver} if told.outcome.used_turn else set()
        for seat in told.before:
            grown = told.after.seat(seat.who).round - seat.round
            assert grown == int(seat.who in moved | set(told.outcome.passed))


@pytest.mark.rule("REC-12")
@given(DAYS)
def test_helpers_were_free_and_are_not_the_receiver(steps):
    for told in arrivals(story(steps)):
        helpers = told.outcome.helpers
        assert told.outcome.receiver not in helpers
        assert all(told.before.seat(who).state is State.WAITING for who in helpers)
        assert all(told.after.seat(who).state is State.ASSISTING for who in helpers)


@pytest.mark.rule("REC-17")
@given(DAYS)
def test_a_replay_gives_the_same_board_at_every_minute(steps):
    day = story(steps)
    events = [told.event for told in day.told]
    assert replay(events) == day.board
    half = len(events) // 2
    assert replay(events[:half]) == (day.told[half].before if events else Board())


@pytest.mark.rule("REC-17")
@given(DAYS)
def test_a_board_survives_being_stored_as_json(steps):
    board = story(steps).board
    assert Board.from_json(json.loads(json.dumps(board.to_json()))) == board


@given(DAYS)
def test_what_somebody_does_agrees_with_the_visitors_in_hand(steps):
    for seat in story(steps).board:
        if seat.state is State.UNFIT:
            continue
        assert bool(seat.receiving) == (seat.state is State.RECEIVING)
        assert bool(seat.assisting) == (seat.state is State.ASSISTING) or seat.receiving
        assert seat.state in PRESENT or not (seat.receiving or seat.assisting)


@given(DAYS)
def test_places_are_all_different(steps):
    board = story(steps).board
    places = [seat.position for seat in board if seat.position is not None]
    assert len(places) == len(set(places))
    assert all(seat.position is None for seat in board if not seat.in_order)


@given(DAYS)
def test_rounds_never_shrink_without_a_move(steps):
    for told in story(steps, moves=False).told:
        for seat in told.before:
            assert told.after.seat(seat.who).round >= seat.round


@pytest.mark.rule("REC-15")
@given(DAYS)
def test_a_looking_visitor_changes_no_round(steps):
    for told in arrivals(story(steps)):
        if told.event.data["look"]:
            assert (told.outcome.used_turn, told.outcome.passed, told.outcome.breach) == (False, (), False)
            assert [seat.rank for seat in told.before] == [seat.rank for seat in told.after]


@pytest.mark.rule("REC-09")
@settings(max_examples=200)
@given(st.permutations(PEOPLE), DAYS)
def test_turns_of_two_reps_present_and_free_all_day_differ_by_one_at_most(order, steps):
    """The other four do what they like; visitors of the two leave at once, and nobody adjusts the two."""
    day = Story()
    for who in order:
        day.happen("signed_in", who, in_order=who != PEOPLE[-1])
    for kind, who, number, mode, flag in steps:
        if kind == "arrived":
            explicit = mode in ("overload", "assigned", "out_of_turn")
            if explicit and who in STEADY:
                continue
            day.visit(mode, who, helpers=number % 3, look=flag and number == 1, returning=mode == "own")
        elif kind == "left":
            day.happen("left", reception=1 + day.visitors * number // 9)
        elif who not in STEADY and kind != "helped":
            data = {"place": number} if kind == "moved" else {"in_order": who != PEOPLE[-1]}
            day.happen(kind, who, **data)
        for seat in day.board:
            if seat.who in STEADY:
                for visitor in (*seat.receiving, *seat.assisting):
                    day.happen("left", reception=visitor)
        first, second = (day.board.seat(who) for who in STEADY)
        assert abs(first.taken - second.taken) <= 1
        assert (first.passed, second.passed) == (0, 0)


@pytest.mark.rule("REC-06")
@given(DAYS, st.sampled_from(PEOPLE[:-1]))
def test_one_who_joins_holds_no_earlier_round_than_those_waiting(steps, who):
    day = story(steps)
    seat = day.board.seat(who)
    if seat is not None and seat.state is State.UNFIT:
        kind = "fit"
    elif seat is None or seat.state is State.SIGNED_OUT:
        kind = "signed_in"
    else:
        return
    waiting = [other.round for other in day.board.signed_in() if other.state is State.WAITING]
    assert day.happen(kind, who, in_order=True)
    assert day.board.seat(who).round >= min(waiting, default=1)

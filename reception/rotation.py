"""The reception rotation 接待顺序 as a pure function: events in, board out (000/5, REC-01..16, REC-21).

``apply(board, event)`` gives the next board and what the event led to, or refuses with a RuleError. Nothing here
knows the database or the clock: the times are the events' own, so a past minute can be shown again (REC-17).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError

from .seats import OUT, PRESENT, Board, Event, Outcome, Seat, State, free_probationary

Step = tuple[Board, Outcome]

STATE_WORDS = {
    State.WAITING: gettext_lazy("waiting"),
    State.RECEIVING: gettext_lazy("receiving"),
    State.ASSISTING: gettext_lazy("assisting"),
    State.AWAY: gettext_lazy("away"),
    State.ON_DUTY: gettext_lazy("on duty"),
    State.UNFIT: gettext_lazy("unfit to receive"),
    State.SIGNED_OUT: gettext_lazy("signed out"),
}
LEAVES_FROM = {
    State.AWAY: frozenset({State.WAITING}),
    State.ON_DUTY: frozenset({State.WAITING, State.AWAY}),
    State.SIGNED_OUT: frozenset({State.WAITING, State.AWAY, State.ON_DUTY}),
}
FROM_WORDS = {
    State.AWAY: gettext_lazy("only somebody waiting can go away; end the reception first"),
    State.ON_DUTY: gettext_lazy("only somebody waiting or away can go on duty; end the reception first"),
    State.SIGNED_OUT: gettext_lazy("only somebody waiting, away or on duty can sign out; end the reception first"),
}


def apply(board: Board, event: Event) -> Step:
    """The board after ``event`` and what it led to; RuleError when the rules refuse it."""
    return _HANDLERS[event.kind](board, event)


def replay(events: Iterable[Event]) -> Board:
    """The board after ``events`` in their order, starting from an empty day."""
    board = Board()
    for event in events:
        board, _outcome = apply(board, event)
    return board


def _seat_of(board: Board, event: Event) -> Seat:
    seat = board.seat(event.who)
    if seat is None:
        raise RuleError(_("Not signed in today: sign in first"), rule="REC-01")
    return seat


def _working(seat: Seat) -> State:
    """What a person who is here is doing, from the receptions in hand."""
    if seat.receiving:
        return State.RECEIVING
    return State.ASSISTING if seat.assisting else State.WAITING


def _last_position(board: Board) -> int:
    return 1 + max((s.position or 0 for s in board), default=0)


def _joined(board: Board, seat: Seat, event: Event) -> Board:
    """The seat in the order: place kept, or the last one; round not before the one now being served (REC-06).

    Before the order is fixed nobody is late: a round that differs is the supervisor's doing and concerns one person.
    """
    others = [s for s in board if s.in_order and s.who != seat.who]
    waiting = [s.round for s in others if s.state is State.WAITING]
    served = waiting or [s.round for s in others if s.state not in OUT]
    position = seat.position
    if position is None and board.fixed and seat.in_order:
        position = _last_position(board)
    joined = replace(
        seat,
        position=position,
        round=max(seat.round, min(served, default=seat.round)) if seat.in_order and board.fixed else seat.round,
        state=_working(seat),
        since=event.at,
        note="joined_late" if board.fixed else "",
        note_at=event.at if board.fixed else "",
    )
    return board.put(joined)


def _sign_in(board: Board, event: Event) -> Step:
    """REC-01, REC-06: signing in twice changes nothing; an unfit person cannot (OFF-04)."""
    seat = board.seat(event.who)
    if seat is None:
        assert event.who is not None
        fresh = Seat(
            who=event.who,
            arrived=len(board.seats),
            state=State.WAITING,
            since=event.at,
            in_order=event.data.get("in_order", True),
        )
        return _joined(board, fresh, event), Outcome()
    if seat.state is State.UNFIT:
        raise RuleError(_("Unfit to receive: a supervisor has to declare you fit first"), rule="OFF-04")
    if seat.state is not State.SIGNED_OUT:
        return board, Outcome()
    return _joined(board, seat, event), Outcome()


def _leave_queue(target: State) -> Callable[[Board, Event], Step]:
    def handler(board: Board, event: Event) -> Step:
        seat = _seat_of(board, event)
        if seat.state not in LEAVES_FROM[target]:
            words = {"state": STATE_WORDS[seat.state], "rule": FROM_WORDS[target]}
            raise RuleError(_("Now %(state)s: %(rule)s") % words, rule="REC-21")
        return board.put(replace(seat, state=target, since=event.at)), Outcome()

    return handler


def _back(board: Board, event: Event) -> Step:
    """REC-08, REC-21: whoever is back before being passed still holds this round's turn."""
    seat = _seat_of(board, event)
    if seat.state not in (State.AWAY, State.ON_DUTY):
        words = {"state": STATE_WORDS[seat.state]}
        raise RuleError(_("Now %(state)s: only somebody away or on duty can come back") % words, rule="REC-08")
    return board.put(replace(seat, state=_working(seat), since=event.at)), Outcome()


def _unfit(board: Board, event: Event) -> Step:
    """OFF-04: takes the person out of the rotation while it lasts."""
    seat = _seat_of(board, event)
    if seat.state in OUT:
        raise RuleError(_("Now %(state)s") % {"state": STATE_WORDS[seat.state]}, rule="OFF-04")
    return board.put(replace(seat, state=State.UNFIT, since=event.at)), Outcome()


def _fit(board: Board, event: Event) -> Step:
    seat = _seat_of(board, event)
    if seat.state is not State.UNFIT:
        raise RuleError(_("Now %(state)s, not unfit") % {"state": STATE_WORDS[seat.state]}, rule="OFF-04")
    return _joined(board, seat, event), Outcome()


def _fixed(board: Board, event: Event) -> Step:
    """The order of the day is fixed: ``data["order"]`` lists those signed in, first to last; moves made before hold."""
    ranked = [board.seat(who) for who in event.data["order"]]
    seats = [replace(seat, position=n) for n, seat in enumerate(ranked, 1) if seat]
    fixed = replace(board.put(*seats), fixed=True, moves=())
    for who, place in board.moves:
        seat = fixed.seat(who)
        if seat and seat.ranked and seat.state not in OUT:
            fixed = _moved(fixed, seat, place, event.at)
    return fixed, Outcome()


def _arrived(board: Board, event: Event) -> Step:
    """A visitor stands at the desk; ``data["mode"]`` says by which rule the receiver is found."""
    data = event.data
    pick = {
        "turn": _by_turn,
        "own": _by_own_rep,
        "overload": _by_overload,
        "assigned": _by_assignment,
        "out_of_turn": _out_of_turn,
    }[data["mode"]]
    looking = data.get("look", False)
    after, outcome = pick(board, event)
    if looking:
        outcome = replace(outcome, used_turn=False, passed=(), breach=False)
        after = board
    assert outcome.receiver is not None
    after = _received(after, outcome, event, looking=looking)
    helpers = _helpers(after, outcome.receiver, data.get("helpers", 0))
    for helper in helpers:
        after = _assisting(after, helper, event)
    return after, replace(outcome, helpers=tuple(seat.who for seat in helpers))


def _received(board: Board, outcome: Outcome, event: Event, *, looking: bool) -> Board:
    """The receiver at work, the turn used or given back (REC-07, REC-15)."""
    seat = board.seat(outcome.receiver)
    assert seat is not None
    if outcome.used_turn:
        seat = seat.uses_turn()
    task = (event.data["reception"],)
    if outcome.as_helper:
        seat = replace(seat, assisting=seat.assisting + task)
    else:
        seat = replace(seat, receiving=seat.receiving + task)
    if looking:
        seat = replace(seat, given_back=seat.given_back + 1, note="given_back", note_at=event.at)
    if event.data.get("returning"):
        seat = replace(seat, returning=seat.returning + 1)
    state = _working(seat)
    since = seat.since if state is seat.state else event.at
    return board.put(replace(seat, state=state, since=since))


def _nobody(rule: str) -> RuleError:
    return RuleError(
        _("Nobody is waiting: let the supervisor assign the visitor, or give the visitor to anyone as overload"),
        rule=rule,
    )


def _chosen(seat: Seat, **more: object) -> Outcome:
    base = Outcome(receiver=seat.who, round=seat.round, position=seat.position)
    return replace(base, **more)  # type: ignore[arg-type]


def _by_turn(board: Board, event: Event) -> Step:
    """REC-07, REC-08: the head receives; whoever is away before the head loses this round's turn, once."""
    head = board.head()
    if head is None:
        raise _nobody("REC-11")
    missed = [s for s in board if s.ranked and s.state is State.AWAY and s.rank < head.rank]
    passed = [
        replace(s, round=s.round + 1, passed=s.passed + 1, note="passed", note_at=event.at)
        for s in sorted(missed, key=lambda s: s.rank)
    ]
    return board.put(*passed), _chosen(head, used_turn=True, passed=tuple(s.who for s in passed))


def _by_own_rep(board: Board, event: Event) -> Step:
    """REC-10, OWN-15: to their rep outside the order; if that rep is absent the head receives as helper.

    ``data["present"]``: somebody insisted on that very rep, who then has to be present (REC-14, REC-16).
    ``data["called_back"]``: with nobody waiting the visitor is given to that very rep as overload, who is thereby back.
    """
    rep = event.data["rep"]
    own = _present(board, rep) if event.data.get("present") else board.seat(rep)
    head = board.head()
    called_back = head is None and event.data.get("called_back", False)
    if own is not None and (own.state in PRESENT or (called_back and own.state not in OUT)):
        return board, _chosen(own, used_turn=bool(event.data.get("uses_turn")) and own.in_order)
    if head is None:
        raise _nobody("OWN-15")
    return board, _chosen(head, as_helper=True)


def _by_overload(board: Board, event: Event) -> Step:
    """REC-11: only while nobody is waiting; anyone signed in, who is thereby back."""
    if board.head() is not None:
        raise RuleError(_("Somebody is waiting: overload is only for when nobody is"), rule="REC-11")
    seat = board.seat(event.data["rep"])
    if seat is None or seat.state in OUT:
        raise RuleError(_("This person is not signed in: choose somebody who is"), rule="REC-11")
    return board, _chosen(seat, used_turn=seat.in_order)


def _present(board: Board, who: int) -> Seat:
    seat = board.seat(who)
    if seat is None or seat.state not in PRESENT:
        raise RuleError(_("This person is not present: choose somebody waiting, receiving or assisting"), rule="REC-14")
    return seat


def _by_assignment(board: Board, event: Event) -> Step:
    """REC-14: the supervisor names anyone present; nobody is passed."""
    seat = _present(board, event.data["rep"])
    return board, _chosen(seat, used_turn=seat.in_order)


def _out_of_turn(board: Board, event: Event) -> Step:
    """REC-16: recorded, and a breach of order unless it was the head."""
    seat = _present(board, event.data["rep"])
    head = board.head()
    return board, _chosen(seat, used_turn=seat.in_order, breach=head is None or head.who != seat.who)


def _helpers(board: Board, receiver: int, count: int) -> list[Seat]:
    """REC-12: the next waiting reps in order, then free probationary staff; fewer if there are fewer."""
    free = board.waiting() + free_probationary(board)
    return [seat for seat in free if seat.who != receiver][:count]


def _assisting(board: Board, seat: Seat, event: Event) -> Board:
    helping = replace(seat, assisting=(*seat.assisting, event.data["reception"]))
    state = _working(helping)
    since = seat.since if state is seat.state else event.at
    return board.put(replace(helping, state=state, since=since))


def _helped(board: Board, event: Event) -> Step:
    """REC-13: the supervisor names a helper for a reception that is going on; assisting uses no turn."""
    assert event.who is not None
    seat = _present(board, event.who)
    if event.data["reception"] in (*seat.receiving, *seat.assisting):
        raise RuleError(_("This person is already with this visitor"), rule="REC-13")
    return _assisting(board, seat, event), Outcome()


def _left(board: Board, event: Event) -> Step:
    """The reception ends: receiver and helpers are free once their last visitor has left."""
    gone = event.data["reception"]
    changed = []
    for seat in board:
        if gone not in (*seat.receiving, *seat.assisting):
            continue
        rest = replace(
            seat,
            receiving=tuple(r for r in seat.receiving if r != gone),
            assisting=tuple(r for r in seat.assisting if r != gone),
        )
        state = _working(rest) if seat.state in PRESENT else seat.state
        changed.append(replace(rest, state=state, since=seat.since if state is seat.state else event.at))
    return board.put(*changed), Outcome()


def _in_order(board: Board, event: Event) -> Seat:
    seat = _seat_of(board, event)
    if not seat.in_order or seat.state in OUT or (board.fixed and seat.position is None):
        raise RuleError(_("This person holds no place in today's order"), rule="REC-14")
    return seat


def _skipped(board: Board, event: Event) -> Step:
    """REC-14: the supervisor skips somebody: the turn of this round is lost."""
    seat = _in_order(board, event)
    return board.put(replace(seat, round=seat.round + 1, note="skipped", note_at=event.at)), Outcome()


def _move(board: Board, event: Event) -> Step:
    """REC-14: the supervisor moves somebody to a place among the waiting, 1 = head."""
    seat = _in_order(board, event)
    place = event.data["place"]
    if place < 1:
        raise RuleError(_("Places count from 1, the head of the queue"), rule="REC-14")
    if not board.fixed:
        return replace(board, moves=(*board.moves, (seat.who, place))), Outcome()
    return _moved(board, seat, place, event.at), Outcome()


def _moved(board: Board, seat: Seat, place: int, at: str) -> Board:
    """The seat takes round and position just before whoever waits at ``place``, or just after the last of them."""
    others = [s for s in board.waiting() if s.who != seat.who]
    if not others:
        return board
    before = place <= len(others)
    neighbour = others[place - 1] if before else others[-1]
    by_position = sorted((s for s in board if s.ranked and s.who != seat.who), key=lambda s: s.position or 0)
    index = by_position.index(neighbour) + (0 if before else 1)
    moved = replace(seat, round=neighbour.round, note="moved", note_at=at)
    lined = [*by_position[:index], moved, *by_position[index:]]
    return board.put(*(replace(s, position=n) for n, s in enumerate(lined, 1)))


_HANDLERS: dict[str, Callable[[Board, Event], Step]] = {
    "signed_in": _sign_in,
    "signed_out": _leave_queue(State.SIGNED_OUT),
    "away": _leave_queue(State.AWAY),
    "on_duty": _leave_queue(State.ON_DUTY),
    "back": _back,
    "unfit": _unfit,
    "fit": _fit,
    "fixed": _fixed,
    "arrived": _arrived,
    "helped": _helped,
    "left": _left,
    "skipped": _skipped,
    "moved": _move,
}

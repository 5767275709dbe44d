"""The pure rotation driven by single letters: who waits, in which round, who was passed."""

from __future__ import annotations

from typing import Any

from reception.rotation import apply
from reception.seats import Board, Event, Outcome, Seat


class Floor:
    """A board whose people are called by letters; every call is one event, one minute after the one before."""

    def __init__(self, present: str = "", *, fixed: bool = True, probationary: str = "") -> None:
        self.board, self.events, self.visitors = Board(), [], 0
        self.sign_in(*present)
        self.sign_in(*probationary, in_order=False)
        if fixed:
            self.fix(present)

    def happen(self, kind: str, who: str | None = None, **data: Any) -> Outcome:
        """One event; what it led to."""
        at = f"2026-03-02T{9 + len(self.events) // 60:02}:{len(self.events) % 60:02}:00+00:00"
        event = Event(kind, at, ord(who) if who else None, data)
        self.board, outcome = apply(self.board, event)
        self.events.append(event)
        return outcome

    def sign_in(self, *people: str, in_order: bool = True) -> None:
        """These people sign in."""
        for who in people:
            self.happen("signed_in", who, in_order=in_order)

    def fix(self, order: str) -> None:
        """The order of the day is fixed."""
        self.happen("fixed", order=[ord(who) for who in order])

    def visit(self, mode: str = "turn", rep: str | None = None, **data: Any) -> Outcome:
        """A visitor; the number of the visitor is that of :attr:`visitors` afterwards."""
        self.visitors += 1
        if rep is not None:
            data["rep"] = ord(rep)
        return self.happen("arrived", None, reception=self.visitors, mode=mode, **data)

    def leave(self, visitor: int) -> None:
        """A visitor leaves."""
        self.happen("left", None, reception=visitor)

    def seat(self, who: str) -> Seat:
        """Somebody's seat."""
        seat = self.board.seat(ord(who))
        assert seat is not None
        return seat

    def state(self, who: str) -> str:
        """What somebody is doing."""
        return str(self.seat(who).state)

    @property
    def queue(self) -> str:
        """Those waiting, head first."""
        return "".join(chr(seat.who) for seat in self.board.waiting())

    @property
    def order(self) -> str:
        """Everybody in the order with their rounds: ``A2 B1``."""
        return " ".join(f"{chr(seat.who)}{seat.round}" for seat in self.board.order())


def letters(people: tuple[int, ...]) -> str:
    """The letters of people."""
    return "".join(map(chr, people))

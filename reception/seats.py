"""The values of the rotation: seats, the board, events and outcomes. Plain data, no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """What a person on the roster is doing."""

    WAITING = "waiting"
    RECEIVING = "receiving"
    ASSISTING = "assisting"
    AWAY = "away"
    ON_DUTY = "on_duty"
    UNFIT = "unfit"
    SIGNED_OUT = "signed_out"


PRESENT = frozenset({State.WAITING, State.RECEIVING, State.ASSISTING})
OUT = frozenset({State.UNFIT, State.SIGNED_OUT})


@dataclass(frozen=True, slots=True)
class Seat:
    """One person of today's roster. ``position`` is None before the order is fixed and for probationary staff."""

    who: int
    arrived: int
    state: State
    since: str
    in_order: bool = True
    position: int | None = None
    round: int = 1
    receiving: tuple[int, ...] = ()
    assisting: tuple[int, ...] = ()
    taken: int = 0
    passed: int = 0
    returning: int = 0
    given_back: int = 0
    note: str = ""
    note_at: str = ""

    @property
    def rank(self) -> tuple[int, int]:
        """Where the seat stands in the order: round first, then position."""
        return (self.round, self.position or 0)

    @property
    def ranked(self) -> bool:
        """Whether the seat holds a place in the fixed order."""
        return self.in_order and self.position is not None

    def uses_turn(self) -> Seat:
        """The seat after its turn of this round was used; probationary staff hold none (REC-11)."""
        return replace(self, round=self.round + 1, taken=self.taken + 1) if self.in_order else self


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: ``kind``, whom it concerns, the ISO time, and what the kind needs."""

    kind: str
    at: str
    who: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an arrival led to: who receives, as helper or not, who was passed, who helps, and whether it broke order."""

    receiver: int | None = None
    as_helper: bool = False
    used_turn: bool = False
    passed: tuple[int, ...] = ()
    helpers: tuple[int, ...] = ()
    breach: bool = False
    round: int | None = None
    position: int | None = None

    @property
    def people(self) -> set[int]:
        """Who receives and who helps."""
        return set(self.helpers) if self.receiver is None else {self.receiver, *self.helpers}


@dataclass(frozen=True, slots=True)
class Board:
    """The state of one office's rotation on one day."""

    seats: tuple[Seat, ...] = ()
    fixed: bool = False
    moves: tuple[tuple[int, int], ...] = ()

    def __iter__(self) -> Iterator[Seat]:
        return iter(self.seats)

    def seat(self, who: int | None) -> Seat | None:
        """The seat of a person, or None if they have not signed in today."""
        return next((seat for seat in self.seats if seat.who == who), None)

    def put(self, *changed: Seat) -> Board:
        """The board with these seats in place of those of the same people."""
        fresh = {seat.who: seat for seat in changed}
        kept = tuple(fresh.pop(seat.who, seat) for seat in self.seats)
        return replace(self, seats=kept + tuple(fresh.values()))

    def waiting(self) -> list[Seat]:
        """Those who wait for a visitor, in the order in which they will get one."""
        return sorted((s for s in self.seats if s.ranked and s.state is State.WAITING), key=lambda s: s.rank)

    def head(self) -> Seat | None:
        """Head of the queue: the waiting rep with the smallest (round, position)."""
        return next(iter(self.waiting()), None)

    def order(self) -> list[Seat]:
        """All who hold a place, by (round, position)."""
        return sorted((s for s in self.seats if s.ranked), key=lambda s: s.rank)

    def signed_in(self) -> list[Seat]:
        """Those with a claim to a place who are neither signed out nor unfit, in order of signing in."""
        return [s for s in self.seats if s.in_order and s.state not in OUT]

    def to_json(self) -> dict[str, Any]:
        """The board as JSON values, read back by :meth:`from_json`."""
        seats = [{name: getattr(seat, name) for name in Seat.__slots__} for seat in self.seats]
        return {"seats": seats, "fixed": self.fixed, "moves": self.moves}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Board:
        """The board that :meth:`to_json` wrote; an empty mapping is the empty board of a new day."""
        return cls(
            seats=tuple(_seat(row) for row in stored.get("seats", ())),
            fixed=stored.get("fixed", False),
            moves=tuple((who, place) for who, place in stored.get("moves", ())),
        )


def _seat(row: dict[str, Any]) -> Seat:
    lists = {"receiving": tuple(row["receiving"]), "assisting": tuple(row["assisting"]), "state": State(row["state"])}
    return Seat(**{**row, **lists})


def free_probationary(seats: Iterable[Seat]) -> list[Seat]:
    """Probationary staff with nothing to do, in order of signing in."""
    free = (s for s in seats if not s.in_order and s.state is State.WAITING)
    return sorted(free, key=lambda s: s.arrived)

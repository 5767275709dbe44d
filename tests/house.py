"""A sales office with people in it, for tests of rules: things happen at a time of day, by the names of the people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from customers.models import Customer, RegisterLine
from reception import day as days
from reception import helping, roster
from reception.arrival import Arrival
from reception.checkin import CheckedIn, check_in
from reception.models import Day
from reception.seats import Board
from staff.models import User
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member

MONDAY = date(2026, 3, 2)
NOON = "2026-03-02T12:00:00+08:00"


def phone(n: int) -> str:
    """A number under a prefix that nobody holds."""
    return f"154{n:08d}"


class House:
    """An office whose reps are called A, B, C, … by staff number, with a supervisor, a clerk and a clock."""

    def __init__(
        self,
        reps: str = "ABC",
        *,
        zone: str = "Asia/Shanghai",
        on: date = MONDAY,
        probationary: str = "",
        **policy: Any,
    ) -> None:
        self.office = OfficeFactory(timezone=zone, **{f"policy__{name}": value for name, value in policy.items()})
        self.zone, self.on = ZoneInfo(zone), on
        self.people = {code: self.hire(code, Role.REP, n) for n, code in enumerate(reps, 1)}
        for n, code in enumerate(probationary, len(reps) + 1):
            self.people[code] = self.hire(code, Role.PROBATIONARY, n)
        self.supervisor = self.hire("supervisor", Role.SUPERVISOR)
        self.clerk = self.hire("clerk", Role.CLERK)
        self.codes = {user.pk: code for code, user in self.people.items()}

    def hire(self, code: str, role: str, number: int | None = None) -> User:
        """Somebody of this office."""
        return staff_member(role, self.office, number, name=code)

    def at(self, clock: str, on: date | None = None) -> datetime:
        """``09:25`` or ``09:25:01`` on the office's clock, today unless another day is given."""
        return datetime.combine(on or self.on, time.fromisoformat(clock), tzinfo=self.zone)

    def sleep(self, nights: int = 1) -> None:
        """Go on to a later day."""
        self.on += timedelta(days=nights)

    def sign_in(self, *codes: str, at: str = "08:50") -> None:
        """These people sign in, one minute after the other."""
        for n, code in enumerate(codes):
            roster.sign_in(self.office, self.people[code], now=self.at(at) + timedelta(minutes=n))

    def away(self, code: str, at: str) -> None:
        """Somebody goes away for private reasons."""
        roster.go_away(self.office, self.people[code], now=self.at(at))

    def back(self, code: str, at: str) -> None:
        """Somebody is back."""
        roster.come_back(self.office, self.people[code], now=self.at(at))

    def sign_out(self, code: str, at: str) -> None:
        """Somebody leaves for the day."""
        roster.sign_out(self.office, self.people[code], now=self.at(at))

    def arrive(self, at: str, *, by: User | None = None, kind: str = "visit", **said: Any) -> CheckedIn:
        """An arrival; people are named by their codes."""
        for role in ("named", "answered_by", "to", "overload", "taken_by"):
            if isinstance(said.get(role), str):
                said[role] = self.people[said[role]]
        if said.get("to") and "supervisor" not in said:
            said["supervisor"] = self.supervisor
        return check_in(self.office, Arrival(kind, **said), by=by or self.clerk, now=self.at(at))

    def visit(self, at: str, **said: Any) -> CheckedIn:
        """A visitor at the desk."""
        return self.arrive(at, **said)

    def call(self, at: str, answered_by: str, **said: Any) -> CheckedIn:
        """A call that somebody answered."""
        return self.arrive(at, kind="call", answered_by=answered_by, **said)

    def web(self, at: str = "09:00", **said: Any) -> CheckedIn:
        """A lead from the internet."""
        return self.arrive(at, kind="web", **said)

    def leave(self, told: CheckedIn, at: str) -> None:
        """The visitor leaves."""
        helping.leave(self.reception(told), by=self.clerk, now=self.at(at))

    def reception(self, told: CheckedIn) -> Any:
        """The reception of a visitor who was checked in."""
        assert told.reception is not None
        told.reception.office = self.office
        return told.reception

    def day(self) -> Day:
        """Today's rotation as stored."""
        day = Day.objects.get(office=self.office, day=self.on)
        day.office = self.office
        return day

    def board(self, at: str = "23:59") -> Board:
        """Today's board."""
        return days.standing_board(self.office, now=self.at(at))

    def queue(self, at: str = "23:59") -> str:
        """The codes of those waiting, head first."""
        return "".join(self.codes[seat.who] for seat in self.board(at).waiting())

    def order(self, at: str = "23:59") -> list[tuple[str, int]]:
        """(code, round) of everybody in the order."""
        return [(self.codes[seat.who], seat.round) for seat in self.board(at).order()]

    def seat(self, code: str) -> Any:
        """Somebody's seat on today's board."""
        return self.board().seat(self.people[code].pk)

    def receiver(self, told: CheckedIn) -> str:
        """The code of whoever receives."""
        assert told.reception is not None
        return self.codes[told.reception.receiver_id]

    def customer(self, told: CheckedIn) -> Customer:
        """The customer of an arrival, as the records are now."""
        assert told.customer is not None
        return Customer.objects.select_related("key", "office__policy", "owner").get(pk=told.customer.pk)

    def owner(self, told: CheckedIn) -> str | None:
        """The code of whoever owns the customer today."""
        return self.codes.get(self.customer(told).holder(self.on) or 0)

    def numbers(self) -> list[int]:
        """The numbers of the register in order."""
        return list(RegisterLine.objects.filter(office=self.office).order_by("pk").values_list("number", flat=True))

"""Reading a log of events: every line checked before the first one runs, so a malformed log changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from customers.models import Ground, Level, LineKind, Manner, Relation, Source
from staff.models import FINED_FOR, WARNED_FOR, UnfitReason
from staff.roles import Role

ROLES = frozenset(set(Role.values) - {Role.ADMIN})
EARLIEST, LATEST = 1900, 2199
COUNT_MOST = 1_000_000
MOST = 100_000
LONGEST = {"reason": 200, "who": 60, "lost_to": 60, "unit": 40}
UNWRITABLE = re.compile("[\0\ud800-\udfff]")


class Malformed(Exception):
    """A line that is no event: its number and what is wrong with it."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"Line {line}: {what}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the log with its line number and time."""

    number: int
    at: datetime
    do: str
    args: Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """What a verb needs and takes: which arguments name people, customers, choices, and of what type they are."""

    needs: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    choices: Mapping[str, Iterable[str]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    longest: Mapping[str, int] = field(default_factory=lambda: LONGEST)


BULK_STEPS = (
    *("open", "plan", "plan_approve", "plan_return", "report", "discount", "decide", "contract", "sign", "file"),
    *("acknowledge", "change_units", "change_buyers", "verify", "flip", "lift"),
)
_WHO = Shape(needs=("who",), people=("who",))
_MEASURE: dict[str, Any] = {"needs": ("who", "by", "kind"), "people": ("who", "by"), "texts": ("reason", "as")}
_ON_MEASURE = Shape(needs=("measure", "by"), people=("by",), texts=("measure", "reason"))
SHAPES: dict[str, Shape] = {
    "office": Shape(needs=("name",), texts=("name", "timezone")),
    "hire": Shape(
        needs=("who", "name", "role"),
        choices={"role": ROLES},
        counts=("number",),
        texts=("who", "name"),
        longest={**LONGEST, "name": 60},
    ),
    "sign_in": _WHO,
    "sign_out": _WHO,
    "away": _WHO,
    "back": _WHO,
    "on_duty": Shape(needs=("who", "by"), people=("who", "by"), texts=("reason",)),
    "unfit": Shape(needs=("who", "by"), people=("who", "by"), choices={"reason": UnfitReason.values}),
    "fit": Shape(needs=("who", "by"), people=("who", "by")),
    "arrive": Shape(
        needs=("kind",),
        people=("named", "answered_by", "to", "by", "overload", "taken_by"),
        customers=("customer", "referrer"),
        choices={"kind": LineKind.values, "purpose": ("buy", "look"), "source": Source.values},
        flags=("consent", "appointment"),
        counts=("party", "helpers"),
        texts=("as", "name", "phone", "reason"),
    ),
    "leave": Shape(needs=("customer",), customers=("customer",)),
    "assign": Shape(needs=("customer", "who", "by"), people=("who", "by"), customers=("customer",)),
    "adjust": Shape(
        needs=("by", "who", "action"),
        people=("by", "who"),
        choices={"action": ("skip", "move")},
        counts=("place",),
        texts=("reason",),
    ),
    "follow_up": Shape(
        needs=("customer", "manner", "reached"),
        people=("who",),
        customers=("customer",),
        choices={"manner": Manner.values, "level": Level.values},
        flags=("reached",),
        texts=("result", "as", "next_on"),
    ),
    "card": Shape(
        needs=("customer", "step"),
        people=("by",),
        customers=("customer",),
        choices={"step": ("submit", "sign", "return", "file"), "level": Level.values},
        flags=("need", "confidence", "power"),
        texts=("reason",),
    ),
    "defeat": Shape(
        needs=("customer", "step"),
        people=("by",),
        customers=("customer",),
        choices={"step": ("request", "confirm", "approve", "refuse", "close"), "ground": Ground.values},
        texts=("lost_to", "analysis", "reason"),
    ),
    "units": Shape(needs=("units",)),
    "deal": Shape(
        needs=("customer", "step"),
        people=("by",),
        customers=("customer",),
        choices={"step": ("subscribe", "contract", "pay", "deliver", "cancel")},
        texts=("unit", "reason"),
    ),
    "follow_up_sign": Shape(needs=("by",), people=("by",), customers=("customer",), texts=("follow_up", "reason")),
    "follow_up_reject": Shape(needs=("by",), people=("by",), customers=("customer",), texts=("follow_up", "reason")),
    "transfer": Shape(needs=("customer", "to", "by"), people=("to", "by"), customers=("customer",), texts=("reason",)),
    "dispute": Shape(
        needs=("customer", "step", "by"),
        people=("by", "to"),
        customers=("customer",),
        choices={"step": ("open", "rule", "overrule")},
        texts=("reason",),
    ),
    "warn": Shape(**_MEASURE, choices={"kind": WARNED_FOR}),
    "fine": Shape(**_MEASURE, choices={"kind": FINED_FOR}),
    "object": _ON_MEASURE,
    "withdraw": _ON_MEASURE,
    "leave_post": Shape(needs=("who", "by"), people=("who", "by")),
    "bulk": Shape(
        needs=("account", "step", "by"),
        people=("by",),
        choices={"step": BULK_STEPS},
        texts=("account", "name", "decision", "reason", "payment", "special"),
        longest={**LONGEST, "account": 60, "name": 60, "decision": 20, "payment": 1000, "special": 4000},
    ),
    "jobs": Shape(),
    "snapshot": Shape(needs=("name",), texts=("name",)),
}
RELATED = (Relation.SPOUSE, Relation.PARENT, Relation.CHILD, Relation.SHAREHOLDER, Relation.OTHER)


def read(rows: Iterable[str]) -> list[Line]:
    """The events of a log, each checked: shape, known people and keys, time running forward. Raises Malformed."""
    checker = _Checker()
    events = [checker.line(number, row) for number, row in enumerate(rows, 1) if row.strip()]
    if not events:
        raise Malformed(1, "the log is empty; the first line opens the office")
    return events


class _Checker:
    """What the log has said so far."""

    def __init__(self) -> None:
        self.people: set[str] = set()
        self.keys: set[str] = set()
        self.follow_ups: set[str] = set()
        self.accounts: set[str] = set()
        self.measures: set[str] = set()
        self.last: datetime | None = None

    def line(self, number: int, row: str) -> Line:
        """The event of one row."""
        try:
            args = json.loads(row)
        except (ValueError, RecursionError) as error:
            raise Malformed(number, f"this is not JSON ({error})") from None
        if not isinstance(args, dict):
            raise Malformed(number, "an event is a JSON object")
        do = args.get("do")
        if not isinstance(do, str) or do not in SHAPES:
            raise Malformed(number, f"unknown verb {do!r}")
        self._office_first(number, do)
        at = self._time(number, args.get("at"))
        given = {name: value for name, value in args.items() if value is not None}
        for complaint in chain(_unwritable(row, given), self._complaints(given, SHAPES[do])):
            raise Malformed(number, f"{do}: {complaint}")
        self._remember(number, do, given)
        return Line(number, at, do, given)

    def _office_first(self, number: int, do: str) -> None:
        opened = self.last is not None
        if (do == "office") == opened:
            raise Malformed(number, "the office is opened once, on the first line")

    def _time(self, number: int, text: Any) -> datetime:
        try:
            at = datetime.fromisoformat(text)
        except (TypeError, ValueError):
            raise Malformed(number, f"'at' is no ISO 8601 time: {text!r}") from None
        if at.tzinfo is None:
            raise Malformed(number, f"'at' lacks its offset from UTC: {text!r}")
        if not EARLIEST <= at.year <= LATEST:
            raise Malformed(number, f"'at' lies outside the years {EARLIEST} to {LATEST}: {text}")
        if self.last is not None and at < self.last:
            raise Malformed(number, f"time runs backwards: {text} after {self.last.isoformat()}")
        self.last = at
        return at

    def _complaints(self, given: Mapping[str, Any], shape: Shape) -> Iterator[str]:
        yield from (f"lacks '{name}'" for name in shape.needs if name not in given)
        yield from _type_complaints(given, shape)
        for name in shape.people:
            if name in given and given[name] not in self.people:
                yield f"unknown person {given[name]!r} in '{name}'"
        for name in shape.customers:
            if name in given and given[name] not in self.keys:
                yield f"unknown customer {given[name]!r} in '{name}'"
        if "relation" in given:
            yield from self._relation_complaints(given["relation"])
        if given["do"] == "units" and "units" in given:
            yield from _units_complaints(given["units"])
        if given["do"] == "bulk":
            yield from self._bulk_complaints(given)
        if given["do"] == "leave_post":
            yield from self._receiver_complaints(given.get("hand_over_to", []))
        if given["do"].startswith("follow_up_"):
            yield from self._follow_up_complaints(given)
        if "measure" in shape.needs and given["measure"] not in self.measures:
            yield f"unknown measure {given['measure']!r}"

    def _relation_complaints(self, relation: Any) -> Iterator[str]:
        if not isinstance(relation, dict) or relation.get("kind") not in RELATED:
            yield f"'relation' is {{to, kind}} with kind one of {', '.join(RELATED)}"
        elif not isinstance(relation.get("to"), str) or relation["to"] not in self.keys:
            yield f"unknown customer {relation.get('to')!r} in 'relation'"

    def _receiver_complaints(self, codes: Any) -> Iterator[str]:
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            yield "'hand_over_to' is a list of people"
            return
        yield from (f"unknown person {code!r} in 'hand_over_to'" for code in codes if code not in self.people)

    def _bulk_complaints(self, given: Mapping[str, Any]) -> Iterator[str]:
        account, units, percent = given.get("account"), given.get("units"), given.get("percent")
        if given.get("step") != "open" and account not in self.accounts:
            yield f"unknown account {account!r}"
        listed = isinstance(units, list) and all(isinstance(one, str) for one in units)
        if units is not None and not listed and (not isinstance(units, int) or isinstance(units, bool)):
            yield "'units' is a number, or a list of codes"
        elif isinstance(units, int) and abs(units) > COUNT_MOST:
            yield f"'units' is a number up to {COUNT_MOST}, not {units!r}"
        if percent is not None and (not isinstance(percent, int | float | str) or isinstance(percent, bool)):
            yield f"'percent' is a number, not {percent!r}"
        buyers = given.get("buyers")
        if buyers is not None and not (isinstance(buyers, list) and all(isinstance(b, str | dict) for b in buyers)):
            yield "'buyers' is a list of names, or of {name, identity}"

    def _follow_up_complaints(self, given: Mapping[str, Any]) -> Iterator[str]:
        if "follow_up" in given and given["follow_up"] not in self.follow_ups:
            yield f"unknown follow-up {given['follow_up']!r}"
        if "follow_up" not in given and "customer" not in given:
            yield "lacks 'follow_up' or 'customer'"

    def _remember(self, number: int, do: str, args: Mapping[str, Any]) -> None:
        if do == "hire":
            if args["who"] in self.people:
                raise Malformed(number, f"hire: {args['who']!r} was hired before")
            self.people.add(args["who"])
        elif do == "arrive" and args.get("as") is not None:
            self.keys.add(args["as"])
        elif do == "bulk" and args["step"] == "open":
            self.accounts.add(args["account"])
        elif do == "follow_up" and args.get("as") is not None:
            self.follow_ups.add(args["as"])
        elif do in ("warn", "fine") and args.get("as") is not None:
            self.measures.add(args["as"])


def _unwritable(row: str, value: Any) -> Iterator[str]:
    """Characters that no database keeps, in a name or value however deep; JSON writes them as escapes alone."""
    if ("\\u" in row or UNWRITABLE.search(row)) and any(UNWRITABLE.search(text) for text in _texts(value)):
        yield "holds characters that are none"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in (*value, *(value.values() if isinstance(value, dict) else ())):
            yield from _texts(part)


def _units_complaints(units: Any) -> Iterator[str]:
    whole = isinstance(units, list) and all(isinstance(u, dict) and {"code", "list_price"} <= set(u) for u in units)
    if not whole:
        yield "'units' is a list of {code, list_price}"
    elif not all(isinstance(u["code"], str | int) and len(str(u["code"])) <= LONGEST["unit"] for u in units):
        yield f"the 'code' of a unit is a text of at most {LONGEST['unit']} characters"


def _type_complaints(given: Mapping[str, Any], shape: Shape) -> Iterator[str]:
    for name, allowed in shape.choices.items():
        if name in given and given[name] not in tuple(allowed):
            yield f"'{name}' is one of {', '.join(sorted(allowed))}, not {given[name]!r}"
    for name in (*shape.texts, *shape.people, *shape.customers):
        if name in given and not isinstance(given[name], str):
            yield f"'{name}' is a text, not {given[name]!r}"
        elif name in given and UNWRITABLE.search(given[name]):
            yield f"'{name}' holds characters that are none"
        elif name in given and len(given[name]) > shape.longest.get(name, MOST):
            yield f"'{name}' has at most {shape.longest.get(name, MOST)} characters"
    for name in shape.flags:
        if name in given and not isinstance(given[name], bool):
            yield f"'{name}' is true or false, not {given[name]!r}"
    for name in shape.counts:
        if name in given and (not isinstance(given[name], int) or isinstance(given[name], bool)):
            yield f"'{name}' is a whole number, not {given[name]!r}"
        elif name in given and abs(given[name]) > COUNT_MOST:
            yield f"'{name}' is a number up to {COUNT_MOST}, not {given[name]!r}"

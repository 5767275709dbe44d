"""Numbers of a report of a person as whoever looks may know them: with name and page, or the bare number (REP-02, OFF-03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from customers.models import Customer
from customers.rows import Opener, with_first_person
from staff.models import User

LISTS = ("new", "plan", "call", "invite")
FIELDS = ("pk", "number", "name_sealed", "uuid", "key__kek", "key__wrapped")


@dataclass(frozen=True, slots=True)
class Named:
    """A customer by number; ``pk`` and ``name`` for whoever may see the customer, ``was`` and ``became`` of a level."""

    number: int
    pk: int | None = None
    name: str = ""
    was: str = ""
    became: str = ""


def named(reports: Sequence[Any], *, viewer: User) -> list[dict[str, Any]]:
    """The figures of reports, their numbers with names where ``viewer`` sees the customer; one statement for all."""
    numbers = {number for figures in reports for number in _numbers(figures)}
    rows = Customer.objects.visible_to(viewer).filter(number__in=numbers) if numbers else Customer.objects.none()
    known, opener = {}, Opener()
    for row in with_first_person(rows).values(*FIELDS):
        name = opener.text(row, row["name_sealed"], model="Person", field="name", of="")
        known[row["number"]] = (row["pk"], name)
    return [_named(figures, known) for figures in reports]


def _numbers(figures: dict[str, Any]) -> Iterable[int]:
    for name in LISTS:
        yield from figures.get(name) or ()
    yield from (number for number, _was, _became in figures["moves"])


def _named(figures: dict[str, Any], known: dict[int, tuple[int, str]]) -> dict[str, Any]:
    def one(number: int, was: str = "", became: str = "") -> Named:
        pk, name = known.get(number, (None, ""))
        return Named(number, pk, name, was, became)

    lists = {name: [one(number) for number in figures[name]] for name in LISTS if figures.get(name) is not None}
    return {**figures, **lists, "moves": [one(*move) for move in figures["moves"]]}

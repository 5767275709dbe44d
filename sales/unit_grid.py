"""The units of a building as a grid: floors down, entrances and rooms across (DEAL-01). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True)
class Grid:
    """One building, floor by floor: ``columns`` are (entrance, room); each row has one cell a column, perhaps empty."""

    columns: list[tuple[str, str]]
    rows: list[tuple[int, list[Any]]]
    loose: list[Any]


def _natural(text: str) -> tuple[int, str]:
    """Room 2 before room 10."""
    return (int(text) if text.isdecimal() else 10**6, text)


def _column(unit: Any) -> tuple[str, str]:
    """Where a unit lies on its floor: its entrance, and its room without the floor's number before it."""
    floor, room = str(unit["floor"]), unit["room"]
    longer = room.startswith(floor) and len(room) > len(floor)
    return unit["entrance"], room[len(floor) :] if longer else room


def grid(units: Iterable[Any]) -> Grid:
    """Units (dicts) of one building by floor, highest first; ``loose``: those whose floor or room is not known."""
    placed, loose, taken = [], [], set()
    for unit in units:
        where = (unit["floor"], *_column(unit)) if unit["floor"] is not None and unit["room"] else None
        if where is None or where in taken:
            loose.append(unit)
        else:
            taken.add(where)
            placed.append((where, unit))
    columns = sorted({where[1:] for where, _unit in placed}, key=lambda at: tuple(map(_natural, at)))
    placed.sort(key=lambda one: -one[0][0])
    rows = []
    for floor, cells in groupby(placed, key=lambda one: one[0][0]):
        by_column = {where[1:]: unit for where, unit in cells}
        rows.append((floor, [by_column.get(column) for column in columns]))
    return Grid(columns, rows, loose)

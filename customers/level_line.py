"""The intent level as a line over time: a drawing in plain numbers, without the ORM (CARD-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LEVELS = "OHABCD"
WIDTH, HEIGHT, LEFT, TOP, STEP = 600, 172, 28, 14, 29


@dataclass(frozen=True, slots=True)
class Point:
    """Where a change lies on the drawing, and its level."""

    x: float
    y: float
    level: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A stepped line with its points, and the scale at the left: (height, level)."""

    path: str
    points: list[Point]
    scale: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def height_of(level: str) -> float:
    """How far down a level lies: O on top, D at the bottom."""
    return TOP + STEP * LEVELS.index(level)


def draw(changes: Sequence[tuple[datetime, str]], until: datetime) -> Drawing | None:
    """The line of ``changes`` (when, to which level; in order) up to ``until``; None without any."""
    if not changes:
        return None
    first, last = changes[0][0], max(until, changes[-1][0])
    span = (last - first).total_seconds() or 1.0
    right = WIDTH - 12
    points = [
        Point(round(LEFT + 12 + (right - LEFT - 12) * (at - first).total_seconds() / span, 1), height_of(level), level)
        for at, level in changes
    ]
    path = f"M{points[0].x} {points[0].y}" + "".join(f"H{point.x}V{point.y}" for point in points[1:]) + f"H{right}"
    return Drawing(path, points, [(height_of(level), level) for level in LEVELS])

"""What was measured: one figure a row, beside its goal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SLACK = 1.25


@dataclass(frozen=True)
class Figure:
    """One figure. ``most`` and ``least`` are goals; ``note`` says what else is worth knowing."""

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether the goal is missed by more than a quarter: what is less may be the machine's mood."""
        above = self.most is not None and self.value > self.most * SLACK
        below = self.least is not None and self.value < self.least / SLACK
        return above or below

    @property
    def goal(self) -> str:
        """The goal in a few signs."""
        if self.most is not None:
            return f"≤ {self.most:g}"
        return f"≥ {self.least:g}" if self.least is not None else ""


def table(title: str, figures: Iterable[Figure]) -> str:
    """The figures as lines of text under their title."""
    rows = [(f.what, shown(f.value), f.unit, f.goal, "MISSED" if f.missed else "", f.note) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)] if rows else []
    lines = [title]
    for row in rows:
        what, value, *rest = row
        cells = [what.ljust(widths[0]), value.rjust(widths[1])]
        cells += [cell.ljust(width) for cell, width in zip(rest[:3], widths[2:], strict=True)]
        lines.append(f"  {'  '.join([*cells, rest[3]])}".rstrip())
    return "\n".join(lines)


def shown(value: float) -> str:
    """The value with as many digits as mean something."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"

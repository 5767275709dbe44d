"""The kinds of table that can be brought in, each a module with columns, a check and a taking in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from exchange.columns import Column
from exchange.models import BatchKind, ImportBatch
from staff.models import User
from staff.roles import Duty

from . import follow_ups, register, units
from .cells import Checked, Row


class Kind(Protocol):
    """What a module of this package offers."""

    @property
    def DUTY(self) -> Duty:
        """Who may bring such a table in."""

    @property
    def COLUMNS(self) -> tuple[Column, ...]:
        """What it may tell."""

    def check(self, batch: ImportBatch, rows: Sequence[Row], *, now: datetime) -> list[Checked]:
        """What each row is worth."""

    def faults_of_all(self, batch: ImportBatch) -> list[str]:
        """What is wrong with the table as a whole."""

    def take_in(self, batch: ImportBatch, rows: Sequence[Row], *, now: datetime) -> list[tuple[str, str]]:
        """Write the rows; (result, refusal) of each."""


KINDS: dict[str, Kind] = {
    BatchKind.REGISTER: register,
    BatchKind.FOLLOW_UPS: follow_ups,
    BatchKind.UNITS: units,
}


def open_to(user: User) -> list[tuple[str, str]]:
    """(kind, label) of the tables that this person may bring in."""
    return [(kind, str(BatchKind(kind).label)) for kind, rules in KINDS.items() if user.has(rules.DUTY)]

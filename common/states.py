"""States: a table says what may follow what; one check and one move serve every row that has a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from .errors import RuleError

Table = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Machine:
    """What may follow what, by the rule ``rule``; ``sentence`` refuses the rest and may name ``%(now)s`` and ``%(to)s``.

    ``field`` is the row's attribute that holds the state: a field with choices, whose labels stand in the sentence.
    """

    table: Table
    sentence: str | Promise
    rule: str
    field: str = "state"

    def follows(self, row: Any) -> frozenset[str]:
        """What may follow on the row's present state."""
        return self.table[getattr(row, self.field)]

    def check(self, row: Any, to: str) -> None:
        """RuleError if ``to`` cannot follow on the row's present state."""
        if to not in self.follows(row):
            labels = dict(row._meta.get_field(self.field).flatchoices)
            words = {"now": labels[getattr(row, self.field)], "to": labels[to]}
            raise RuleError(str(self.sentence) % words, rule=self.rule)

    def move(self, row: Any, to: str) -> None:
        """Set the state of a locked row; the caller saves it. RuleError if it cannot follow on the present one."""
        self.check(row, to)
        setattr(row, self.field, to)

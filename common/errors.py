"""Refusals that are meant for the person who asked."""

from collections.abc import Callable
from typing import Any


class RuleError(Exception):
    """A rule of the office refuses: one sentence in words, and the rule that says so.

    The sentence tells what to do next; ``rule`` is the id in the rulebook (``"REC-07"``), shown beside it.
    """

    def __init__(self, sentence: object, *, rule: str = "") -> None:
        super().__init__(sentence)
        self.rule = rule

    def __str__(self) -> str:
        return str(self.args[0])


def refusal(check: Callable[..., Any], *args: Any, **kwargs: Any) -> RuleError | None:
    """Why ``check`` refuses; None if it does not."""
    try:
        check(*args, **kwargs)
    except RuleError as error:
        return error
    return None

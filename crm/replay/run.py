"""Running a log: one transaction, each rule in its own savepoint; what is refused changes nothing and is listed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from common.errors import RuleError
from crm.schedule import run_for_office

from .log import Line, Malformed
from .state import state
from .verbs import VERBS, open_office
from .world import World

Progress = Callable[[int, int], None]


@contextmanager
def rare_collection() -> Iterator[None]:
    """Thousands of short-lived rows leave few cycles: looking for them rarely saves about a tenth of the time."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


class _Undo(Exception):
    """Carries the state out of a transaction that is to leave nothing behind."""


def run(
    lines: list[Line], *, policy: dict[str, Any], keep: bool, progress: Progress = lambda done, total: None
) -> dict[str, Any]:
    """The state after a checked log. Without ``keep`` nothing stays in the database. Raises Malformed."""
    result: dict[str, Any] = {}
    try:
        with rare_collection(), transaction.atomic():
            result = _run(lines, policy, progress)
            if not keep:
                raise _Undo
    except _Undo:
        pass
    return result


def _run(lines: list[Line], policy: dict[str, Any], progress: Progress) -> dict[str, Any]:
    first = lines[0]
    try:
        world = open_office(first, policy)
    except (RuleError, TypeError, ValueError, OverflowError) as error:
        raise Malformed(first.number, f"office: {error}") from None
    refusals: list[dict[str, Any]] = []
    snapshots: dict[str, Any] = {}
    for done, line in enumerate(lines[1:], 2):
        if line.do == "snapshot":
            snapshots[line.args["name"]] = state(world, first=first.at, now=line.at)
        elif line.do == "jobs":
            run_for_office(world.office, now=line.at)
        else:
            _apply(world, line, refusals)
        progress(done, len(lines))
    last: datetime = lines[-1].at
    return {**state(world, first=first.at, now=last), "refusals": refusals, "snapshots": snapshots}


def _apply(world: World, line: Line, refusals: list[dict[str, Any]]) -> None:
    try:
        VERBS[line.do](world, line)
    except RuleError as refused:
        why = f"{refused} ({refused.rule})" if refused.rule else str(refused)
        refusals.append({"line": line.number, "at": line.args["at"], "do": line.do, "why": why})

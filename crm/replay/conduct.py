"""The verbs of conduct: warn, fine, object, withdraw; and the measures as JSON values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.errors import RuleError
from staff import measures as rules
from staff import objections
from staff.models import Measure

from .log import Line
from .world import World


def _given(rule: Callable[..., Measure]) -> Callable[[World, Line], None]:
    def verb(world: World, line: Line) -> None:
        args = line.args
        who, by = world.must(args["who"]), world.must(args["by"])
        said = {"kind": args["kind"], "reason": args.get("reason") or ""}
        measure = rule(who, office=world.office, by=by, now=line.at, **said)
        if args.get("as") is not None:
            world.measures[args["as"]] = measure.pk

    return verb


def _object(world: World, line: Line) -> None:
    by, words = world.must(line.args["by"]), line.args.get("reason") or ""
    objections.raise_objection(_measure(world, line), by=by, words=words, now=line.at)


def _withdraw(world: World, line: Line) -> None:
    by, reason = world.must(line.args["by"]), line.args.get("reason") or ""
    rules.withdraw(_measure(world, line), by=by, reason=reason, now=line.at)


def _measure(world: World, line: Line) -> Measure:
    key = line.args["measure"]
    if key not in world.measures:
        raise RuleError(_("This warning or fine was refused when it was given"), rule="COND-03")
    return Measure.objects.select_related("person", "office").get(pk=world.measures[key])


VERBS_OF_CONDUCT: dict[str, Callable[[World, Line], None]] = {
    "warn": _given(rules.warn),
    "fine": _given(rules.fine),
    "object": _object,
    "withdraw": _withdraw,
}


def measures(world: World) -> list[dict[str, Any]]:
    """Every warning and fine of the log, in order of time."""
    zone = ZoneInfo(world.office.timezone)
    return [
        {
            "who": world.codes[measure.person_id],
            "kind": measure.kind,
            "reason": measure.fault,
            "at": measure.at.astimezone(zone).isoformat(),
            "amount": measure.amount,
            "state": measure.state,
        }
        for measure in Measure.objects.filter(office=world.office).order_by("at", "pk")
    ]

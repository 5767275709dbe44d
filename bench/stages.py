"""What one child process measures: ``python -m bench.stages NAME FILE PLAN`` leaves its figures as JSON in FILE."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .figures import Figure


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Rows of the two registers, rounds, seconds for each part, events, days of the demo, rows of an import.
    """

    small: int = 1_000
    large: int = 100_000
    rounds: int = 200
    seconds: float = 20
    events: int = 3_000
    days: int = 90
    brought: int = 100_000


QUICK = Plan(small=300, large=2_000, rounds=40, seconds=4, events=400, days=5, brought=1_000)


def pages_and_web(plan: Plan) -> list[Figure]:
    """Everything that needs the two filled databases; the register is proved before anything by hand is written."""
    from . import checkins, databases, months, pages, proof, web

    began = proof.now()
    small, large, session = pages.prepare(plan.small, plan.large)
    found = [proof.filling(plan.large, proof.now() - began), proof.verified(large)]
    found += pages.figures(small, large, session, rounds=plan.rounds, limit=plan.seconds * 2)
    databases.use(large.database)
    found += web.figures(large.place, pages.Pages(large, session), bursts=plan.rounds, limit=plan.seconds)
    found += checkins.figures(large.place, rounds=plan.rounds, limit=plan.seconds)
    return found + months.of_month(large.place) + months.workbook(plan.large, rounds=3 if plan.large > 10_000 else 1)


def rules(plan: Plan) -> list[Figure]:
    """Replay, demo and check-ins through the rule."""
    from . import checkins, data, logs

    found = [logs.replay(plan.events), logs.demo(plan.days)]
    place = data.found()
    data.fill(place, plan.small)
    data.open_house(place)
    return found + checkins.figures(place, rounds=plan.rounds, limit=plan.seconds)


def brought_in(plan: Plan) -> list[Figure]:
    """An older register taken in."""
    from . import imports

    return imports.figures(plan.brought)


STAGES: dict[str, Callable[[Plan], list[Figure]]] = {"pages": pages_and_web, "rules": rules, "imports": brought_in}


def main(arguments: list[str]) -> None:
    """Prepare the database, measure, write the figures."""
    name, file, plan = arguments
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import translation

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    from . import databases

    with translation.override("zh-hans"):
        found = STAGES[name](Plan(**json.loads(plan)))
    databases.close()
    Path(file).write_text(json.dumps([asdict(figure) for figure in found]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

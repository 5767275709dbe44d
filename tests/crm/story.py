"""Short logs of events for tests of the replay."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

Event = dict[str, Any]
DAY = "2026-03-02"


def event(clock: str, do: str, on: str = DAY, **args: Any) -> Event:
    """One event at a time of day in Shanghai."""
    return {"at": f"{on}T{clock}:00+08:00" if len(clock) == 5 else f"{on}T{clock}+08:00", "do": do, **args}


def house(on: str = DAY, **office: Any) -> list[Event]:
    """An office with A, B and C, a probationary P, a trainee T, a supervisor S and a clerk K."""
    reps = [event("08:01", "hire", on, who=code, name=f"演示{code}", role="rep") for code in "ABC"]
    others = [("P", "probationary"), ("T", "trainee"), ("S", "supervisor"), ("K", "clerk"), ("H", "hq")]
    rest = [event("08:01", "hire", on, who=code, name=f"演示{code}", role=role) for code, role in others]
    return [event("08:00", "office", on, **{"name": "演示案场", **office}), *reps, *rest]


def signed_in(on: str = DAY, **office: Any) -> list[Event]:
    """The same with A, B and C signed in."""
    return [*house(on, **office), *(event("08:50", "sign_in", on, who=code) for code in "ABC")]


def rows(events: list[Any]) -> list[str]:
    """The lines of a log; a text stands for itself."""
    return [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in events]


def replay(tmp_path: Path, events: list[Any], *arguments: str, policy: Any = None) -> dict[str, Any]:
    """The state that the command writes."""
    log = tmp_path / "events.jsonl"
    log.write_text("\n".join(rows(events)) + "\n", encoding="utf-8")
    more = list(arguments)
    if policy is not None:
        rules = tmp_path / "policy.json"
        rules.write_text(policy if isinstance(policy, str) else json.dumps(policy), encoding="utf-8")
        more += ["--policy", str(rules)]
    out = StringIO()
    call_command("replay", str(log), *more, stdout=out)
    return json.loads(out.getvalue()) if out.getvalue() else {}

"""``python -m bench``: everything measured in one run, printed beside its goals; status 1 when one is clearly missed.

``--quick`` takes less than a minute and says little about a large register; ``--rows`` sets its size.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from ops.translations import compile_catalogues

from . import ground
from .figures import Figure, table
from .stages import QUICK, Plan


def main(arguments: list[str]) -> int:
    """Measure on PostgreSQL where there is one, the rules on SQLite; the status for the shell."""
    parser = ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="a short run, in less than a minute")
    parser.add_argument("--rows", type=int, help="lines of the large register and rows of the import")
    options = parser.parse_args(arguments)
    plan = QUICK if options.quick else Plan()
    if options.rows:
        plan = replace(
            plan, large=options.rows, brought=options.rows, small=max(60, min(plan.small, options.rows // 10))
        )
    compile_catalogues()
    print(f"{os.cpu_count()} cores; medians of runs taken in turn; CPU is that of the measuring process\n", flush=True)
    missed = []
    for title, figures in measured(plan):
        print(table(title, figures), end="\n\n", flush=True)
        missed += [figure.what for figure in figures if figure.missed]
    if missed:
        print(f"Missed by more than a quarter: {'; '.join(missed)}")
    return 1 if missed else 0


def measured(plan: Plan) -> Iterator[tuple[str, list[Figure]]]:
    """The parts of a run, each with its title and figures, as they come."""
    with ground.postgres() as url, ground.environment() as env:
        yield part("Rules on SQLite", "rules", plan, env)
        where = "PostgreSQL" if url else "SQLite"
        yield part(
            f"Pages and check-ins on {where}", "pages", plan, env | {"DATABASE_URL": url or own_file(env, "pages")}
        )
    with ground.postgres() as url, ground.environment() as env:
        yield part(f"Imports on {where}", "imports", plan, env | {"DATABASE_URL": url or own_file(env, "imports")})


def own_file(env: dict[str, str], name: str) -> str:
    """An SQLite database of its own in the folder of the run."""
    return f"sqlite:///{env['VAR_DIR']}/{name}.sqlite3"


def part(title: str, stage: str, plan: Plan, env: dict[str, str]) -> tuple[str, list[Figure]]:
    """One stage in a process of its own; a failure ends the run."""
    with tempfile.TemporaryDirectory() as folder:
        file, began = Path(folder) / "figures.json", time.monotonic()
        command = [sys.executable, "-m", "bench.stages", stage, str(file), json.dumps(asdict(plan))]
        subprocess.run(command, env=env, cwd=ground.ROOT, stdin=subprocess.DEVNULL, check=True)
        figures = [Figure(**row) for row in json.loads(file.read_text(encoding="utf-8"))]
    return f"{title} ({time.monotonic() - began:.0f} s)", figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

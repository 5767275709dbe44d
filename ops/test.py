"""``make test``: everything that must hold, on SQLite, on PostgreSQL and in a browser. ``--fast`` is the quick part."""

import os
import subprocess
import sys
import time
from pathlib import Path

from ops import machine
from ops.postgres import temporary_postgres
from ops.translations import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("common", "staff", "customers", "sales", "reception", "crm", "ops", "bench", "tests")
MANAGE = [sys.executable, "manage.py"]
PYTEST = [sys.executable, "-m", "pytest", "-q"]
Stage = tuple[str, list[str], dict[str, str]]


def main(arguments: list[str]) -> int:
    """Run the stages one after the other; each failure is told, and all are named at the end."""
    os.chdir(ROOT)
    fast = "--fast" in arguments
    if not fast and not machine_is_ready():
        return 1
    compile_catalogues()
    failed = [name for name, command, env in lint_stages(fast) if not passes(name, command, env)]
    if fast:
        failed += run_stages([unit_on_sqlite()])
    else:
        with temporary_postgres() as url:
            failed += run_stages([*browser_stages(), unit_on_sqlite(), unit_on_postgres(url)])
    if failed:
        print(f"\nFAILED: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def machine_is_ready() -> bool:
    """Whether browser, gettext and fonts are there; if not, says what to do."""
    lacking = machine.provide()
    for name in lacking:
        package = machine.PACKAGES[name]
        print(f"{name} is missing: install {package}, or put it on the PATH (the browser may be named in CHROMIUM)")
    return not lacking


def lint_stages(fast: bool) -> list[Stage]:
    """What can be told without running the product."""
    folders = [name for name in FOLDERS if (ROOT / name / "__init__.py").exists()]
    python = [sys.executable, "-m"]
    quick: list[Stage] = [
        ("lint", [*python, "ruff", "check", "--quiet", "."], {}),
        ("format", [*python, "ruff", "format", "--check", "--quiet", "."], {}),
        ("types", [*python, "mypy", "--no-error-summary", *folders], {}),
        ("imports", [tool("lint-imports"), "--no-logo"], {}),
        ("templates", [*python, "djlint", "--lint", "--quiet", "templates"], {}),
    ]
    if fast:
        return quick
    return [
        *quick,
        ("system check", [*MANAGE, "check", "--fail-level", "WARNING"], TEST_SETTINGS),
        ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], TEST_SETTINGS),
        ("translations", [*python, "ops.translations", "check"], {}),
    ]


TEST_SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.settings"}


def unit_on_sqlite() -> Stage:
    """The tests on SQLite."""
    return ("tests on SQLite", [*PYTEST, "-n", "2"], {"DATABASE_URL": ""})


def unit_on_postgres(url: str) -> Stage:
    """The same tests on PostgreSQL."""
    return ("tests on PostgreSQL", [*PYTEST, "-n", "2"], {"DATABASE_URL": url})


def browser_stages() -> list[Stage]:
    """The tests that start browsers or whole sets of processes."""
    env = {"DATABASE_URL": "", "CHROMIUM": machine.browser() or ""}
    return [
        ("tests in a browser", [*PYTEST, "-m", "e2e"], env),
        ("tests of the processes", [*PYTEST, "-m", "processes"], env),
    ]


def run_stages(stages: list[Stage]) -> list[str]:
    """Run the stages; the names of those that failed."""
    return [name for name, command, env in stages if not passes(name, command, env)]


def passes(name: str, command: list[str], env: dict[str, str]) -> bool:
    """Run one stage and say how it went."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    bare = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "VAR_DIR", "KEY_FILE", "DEBUG")}
    status = subprocess.run(command, env=bare | env, stdin=subprocess.DEVNULL).returncode
    print(f"== {name}: {'good' if status == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return status == 0


def tool(name: str) -> str:
    """A command of the environment this runs in."""
    return str(Path(sys.executable).parent / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

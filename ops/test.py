"""``make test``: everything that must hold, on SQLite, on PostgreSQL and in a browser. ``--fast`` is the quick part."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ops import machine
from ops.postgres import temporary_postgres
from ops.translations import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
APPS = ("common", "staff", "customers", "sales", "bigaccounts", "reception", "reports", "exchange", "crm")
FOLDERS = (*APPS, "ops", "bench", "tests")
MANAGE = [sys.executable, "manage.py"]
PYTEST = [sys.executable, "-m", "pytest", "-q"]
Stage = tuple[str, list[str], dict[str, str]]


def main(arguments: list[str]) -> int:
    """Run the stages one after the other; each failure is told, and all are named at the end."""
    os.chdir(ROOT)
    fast = "--fast" in arguments
    lacking = [] if fast else missing_things()
    if lacking and os.environ.get("CI"):
        return 1
    compile_catalogues()
    with tempfile.TemporaryDirectory() as folder:
        failed = run_stages([(name, command, {"VAR_DIR": folder} | env) for name, command, env in lint_stages(fast)])
    if fast:
        failed += run_stages([unit_on_sqlite()])
    else:
        with temporary_postgres() as url:
            failed += run_stages([*whole_stages(lacking), unit_on_sqlite(), unit_on_postgres(url)])
    if lacking:
        print(f"\nNOT EVERYTHING RAN: {', '.join(lacking)} missing")
    if failed:
        print(f"\nFAILED: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def missing_things() -> list[str]:
    """What the machine lacks although it was asked to install it; each is told with what to do."""
    lacking = machine.provide()
    for name in lacking:
        package = machine.PACKAGES[name]
        print(f"{name} is missing: install {package}, or put it on the PATH (the browser may be named in CHROMIUM)")
    return lacking


def lint_stages(fast: bool) -> list[Stage]:
    """What can be told without running the product."""
    folders = [name for name in FOLDERS if (ROOT / name / "__init__.py").exists()]
    python = [sys.executable, "-m"]
    stages: list[Stage] = [
        ("lint", [*python, "ruff", "check", "--quiet", "."], {}),
        ("format", [*python, "ruff", "format", "--check", "--quiet", "."], {}),
        ("types", [*python, "mypy", "--no-error-summary", *folders], {}),
        ("imports", [tool("lint-imports"), "--no-logo"], {}),
        ("templates", [*python, "djlint", "--lint", "--quiet", "templates"], {}),
    ]
    if not fast:
        stages += [
            ("system check", [*MANAGE, "check", "--fail-level", "WARNING"], TEST_SETTINGS),
            ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], TEST_SETTINGS),
        ]
    if not fast and shutil.which("xgettext"):
        stages.append(("translations", [*python, "ops.translations", "check"], {}))
    return stages


TEST_SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.settings"}


def unit_on_sqlite() -> Stage:
    """The tests on SQLite."""
    return ("tests on SQLite", [*PYTEST, "-n", "2"], {"DATABASE_URL": ""})


def unit_on_postgres(url: str) -> Stage:
    """The same tests on PostgreSQL."""
    return ("tests on PostgreSQL", [*PYTEST, "-n", "2"], {"DATABASE_URL": url})


def whole_stages(lacking: list[str]) -> list[Stage]:
    """The tests that start browsers, an office suite or whole sets of processes."""
    env = {"DATABASE_URL": "", "CHROMIUM": machine.browser() or ""}
    processes: Stage = ("tests of the processes", [*PYTEST, "-m", "processes"], env)
    browser: Stage = ("tests in a browser", [*PYTEST, "-m", "e2e"], env)
    office: Stage = ("workbooks in LibreOffice", [*PYTEST, "-m", "office"], env)
    needs = {"chromium": browser, "libreoffice": office}
    return [processes, *(stage for name, stage in needs.items() if name not in lacking)]


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

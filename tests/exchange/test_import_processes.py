"""Imports by real processes: killed in the middle and gone on with, and by two at once (REG-10)."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ops.postgres import temporary_server
from tests.exchange.import_process import day_of
from tests.test_processes import ROOT, environment

pytestmark = [pytest.mark.processes, pytest.mark.rule("REG-10")]
ROWS = 2_000
LIMIT = 600


class Imports:
    """A database and the processes that work at its imports."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url, self.batches = url, list[int]()
        self.env = environment(folder, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="crm.settings")

    def run(self, *command: str) -> str:
        """Run something to its end; what it printed."""
        done = subprocess.run([sys.executable, *command], cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def begin(self) -> list[int]:
        """The ids of two imports, each of an office of its own."""
        found: list[int] = json.loads(self.run("-m", "tests.exchange.import_process", "open", str(ROWS)))
        return found

    def told(self, batch: int) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("-m", "tests.exchange.import_process", "tell", str(batch)))
        return found

    def worker(self, batch: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.exchange.import_process", "work", str(batch)]
        return subprocess.Popen(command, cwd=ROOT, env=self.env)

    def kill_when(self, batch: int, reached: Callable[[int, int, int], bool]) -> None:
        """Let a worker work and kill it with -9 as soon as the import has got so far: rows staged, seen, done."""
        worker, limit = self.worker(batch), time.monotonic() + LIMIT
        question = (
            "SELECT (SELECT count(*) FROM exchange_importrow WHERE batch_id = b.id), seen, done"
            f" FROM exchange_importbatch b WHERE id = {batch}"
        )
        with closing(psycopg.connect(self.url, autocommit=True)) as link:
            while not reached(*link.execute(question).fetchone()):
                assert worker.poll() is None, "it was done before it could be killed"
                assert time.monotonic() < limit
                time.sleep(0.02)
        worker.kill()
        assert worker.wait() == -9


@pytest.fixture(scope="module")
def imports(tmp_path_factory) -> Iterator[Imports]:
    with temporary_server() as server:
        folder = tmp_path_factory.mktemp("imports")
        imports = Imports(folder, server.url)
        imports.run("-m", "common.keyfile", str(folder / "keys.json"))
        imports.run("manage.py", "migrate", "--verbosity", "0")
        imports.batches = imports.begin()
        yield imports


def whole(told: dict[str, Any]) -> bool:
    """Every row once, under its own number and day, the chain intact."""
    lines = [[n, day_of(n)] for n in range(1, ROWS + 1)]
    counts = (told["state"], told["done"], told["rows"], told["rows_done"], told["customers"])
    return counts == ("done", ROWS, ROWS, ROWS, ROWS - ROWS // 100) and told["lines"] == lines and told["fault"] == ""


def test_a_worker_killed_in_each_step_is_followed_by_the_next(imports):
    batch = imports.batches[0]
    imports.kill_when(batch, lambda rows, seen, done: rows > 0)
    imports.kill_when(batch, lambda rows, seen, done: seen > 0)
    imports.kill_when(batch, lambda rows, seen, done: done > 0)
    imports.kill_when(batch, lambda rows, seen, done: done > ROWS // 2)
    assert imports.worker(batch).wait(LIMIT) == 0
    assert whole(imports.told(batch))


def test_two_workers_at_one_import_take_turns_and_one_may_die(imports):
    batch = imports.batches[1]
    rival = imports.worker(batch)
    imports.kill_when(batch, lambda rows, seen, done: done > 0)
    second = imports.worker(batch)
    assert (rival.wait(LIMIT), second.wait(LIMIT)) == (0, 0)
    told = imports.told(batch)
    assert whole(told)
    assert not whole(told | {"lines": told["lines"][:-1]})
    assert not whole(told | {"lines": [*told["lines"][:-1], told["lines"][-2]]})
    assert not whole(told | {"fault": "7"})

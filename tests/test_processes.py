"""The whole set of processes, as ``make run`` and as production lay them out. Run by ``make test`` by themselves."""

from __future__ import annotations

import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from ops.broker import free_port
from ops.postgres import Server, temporary_server

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
COUNT_RUNS = """
CREATE TABLE finished (name text, slot timestamptz);
CREATE FUNCTION note_finish() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO finished VALUES (NEW.name, NEW.slot); RETURN NEW; END $$;
CREATE TRIGGER note_finish AFTER UPDATE ON staff_scheduledrun
  FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL) EXECUTE FUNCTION note_finish();
"""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A clean environment with its own folder; the folder's name marks the processes as ours."""
    unwanted = ("DATABASE_URL", "REDIS_URL", "KEYS_JSON", "VAR_DIR", "DJANGO_SETTINGS_MODULE", "PORT", "HOST")
    clean = {name: value for name, value in os.environ.items() if name not in unwanted}
    return clean | {"VAR_DIR": str(folder), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"} | more


def left_behind(folder: Path) -> list[str]:
    """The command lines of living processes that were started with ``folder``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"VAR_DIR={folder}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return [line for line in found if line]


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Look until ``condition`` holds."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            pytest.fail(f"{what} did not happen in {seconds} s")
        time.sleep(0.1)


def answer_of(url: str) -> tuple[int, str | None]:
    """The status that ``url`` answers with and its Retry-After; 0 when nobody answers."""
    request = urllib.request.Request(url, headers={"Cookie": "sessionid=" + "a" * 32})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers["Retry-After"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Retry-After"]
    except OSError:
        return 0, None


def status_of(url: str) -> int:
    """The status that ``url`` answers with; 0 when nobody does."""
    return answer_of(url)[0]


@contextmanager
def office(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    """``make run`` until it names its address: the process, what it said so far, and how long that took."""
    env = environment(folder, PORT=str(port), DEMO="0", PYTHONUNBUFFERED="1")
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.run"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = ""
    try:
        while "Ctrl-C stops everything" not in said:
            line = process.stdout.readline()
            assert line, f"make run ended early:\n{said}"
            said += line
        yield process, said, time.monotonic() - began
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        said += process.communicate(timeout=30)[0]


def test_make_run_starts_twice_keeps_the_data_and_leaves_nothing_behind(tmp_path):
    port = free_port()
    with office(tmp_path, port) as (process, said, _seconds):
        assert f"Open http://localhost:{port}/" in said
        assert status_of(f"http://127.0.0.1:{port}/accounts/login/") == 200
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            assert b'"broker": "ok"' in answer.read()
        assert len(left_behind(tmp_path)) >= 6
    assert process.returncode == 0
    assert left_behind(tmp_path) == []
    keys, database = (tmp_path / "keys.json").read_text(), (tmp_path / "db.sqlite3").stat().st_ino
    with office(tmp_path, port) as (process, said, seconds):
        assert "Preparing" not in said
        assert "Gathering" not in said
        crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))  # what else the machine is busy with
        assert seconds < 5 * crowd
    assert (tmp_path / "keys.json").read_text() == keys
    assert (tmp_path / "db.sqlite3").stat().st_ino == database
    assert left_behind(tmp_path) == []


def test_make_run_refuses_a_busy_port_and_a_database_without_its_keys(tmp_path):
    port = free_port()
    with office(tmp_path, port):
        busy = subprocess.run(
            [sys.executable, "-m", "ops.run"],
            cwd=ROOT,
            env=environment(tmp_path, PORT=str(port), DEMO="0"),
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert (busy.returncode, busy.stdout) == (1, "")
    assert busy.stderr == f"Not started: port {port} is in use; “PORT={port + 1} make run” takes another.\n"
    (tmp_path / "keys.json").unlink()
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as link, link:
        columns = [row[1] for row in link.execute("PRAGMA table_info(customers_customerkey)")]
        link.execute(f"INSERT INTO customers_customerkey VALUES ({', '.join('1' for _ in columns)})")
    keyless = subprocess.run(
        [sys.executable, "-m", "ops.run"],
        cwd=ROOT,
        env=environment(tmp_path, PORT=str(port), DEMO="0"),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert keyless.returncode == 1
    assert keyless.stderr == "Not started: there is a database but no key file; restore keys.json from its backup.\n"
    assert not (tmp_path / "keys.json").exists()


class Layout:
    """Two web processes, one worker and two beats on PostgreSQL and a broker."""

    def __init__(self, folder: Path, server: Server) -> None:
        broker_port, password = free_port(), secrets.token_hex(8)
        self.folder, self.server, self.database = folder, server, server.url
        self.broker = f"redis://:{password}@127.0.0.1:{broker_port}/0"
        self.ports = [free_port(), free_port()]
        self.env = environment(
            folder, DATABASE_URL=server.url, REDIS_URL=self.broker, BROKER_PASSWORD=password, SCHEDULE_LOOK_SECONDS="1"
        )
        self.log = (folder / "log").open("w")
        self.processes: dict[str, subprocess.Popen] = {}
        self.commands = {
            "broker": [sys.executable, "-m", "ops.broker", str(broker_port), str(folder / "broker")],
            "worker": self.celery("worker", "--pool", "threads", "--concurrency", "2"),
            "beat1": self.celery("beat", "--scheduler", "celery.beat:Scheduler", "--pidfile="),
            "beat2": self.celery("beat", "--scheduler", "celery.beat:Scheduler", "--pidfile="),
            "web1": self.gunicorn(self.ports[0]),
            "web2": self.gunicorn(self.ports[1]),
        }

    def celery(self, *words: str) -> list[str]:
        return [str(BIN / "celery"), "--quiet", "-A", "crm", *words, "--loglevel", "warning"]

    def gunicorn(self, port: int) -> list[str]:
        options = ["--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
        return [str(BIN / "gunicorn"), "crm.wsgi", "--bind", f"127.0.0.1:{port}", *options]

    def prepare(self) -> None:
        """Keys, migrations, static files."""
        for words in (
            ["-m", "common.keyfile", str(self.folder / "keys.json")],
            ["manage.py", "migrate", "--verbosity", "0"],
            ["manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        ):
            subprocess.run([sys.executable, *words], cwd=ROOT, env=self.env, check=True, stdout=self.log)

    def start(self, name: str) -> None:
        self.processes[name] = subprocess.Popen(
            self.commands[name], cwd=ROOT, env=self.env, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def stop(self, name: str, how: signal.Signals) -> None:
        os.killpg(self.processes[name].pid, how)
        self.processes.pop(name).wait(timeout=20)

    def stop_all(self) -> None:
        for name in list(self.processes):
            self.stop(name, signal.SIGTERM)
        self.log.close()

    def ask(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.database, autocommit=True) as link:
            return link.execute(statement).fetchall()

    def forget_runs(self) -> None:
        """As if the next slot of every job had begun."""
        with psycopg.connect(self.database, autocommit=True) as link:
            link.execute("DELETE FROM staff_scheduledrun")
            link.execute("DELETE FROM finished")

    def served(self) -> int:
        return self.ask("SELECT count(*) FROM staff_scheduledrun WHERE finished_at IS NOT NULL")[0][0]


@pytest.fixture
def layout(tmp_path) -> Iterator[Layout]:
    with temporary_server() as server:
        layout = Layout(tmp_path, server)
        try:
            layout.prepare()
            with psycopg.connect(server.url, autocommit=True) as link:
                link.execute(COUNT_RUNS)
            for name in layout.commands:
                layout.start(name)
            yield layout
        finally:
            layout.stop_all()


def every_slot_once(layout: Layout) -> None:
    """Each slot that was claimed was run exactly once."""
    slots = layout.ask("SELECT name, slot, failure FROM staff_scheduledrun ORDER BY 1, 2")
    runs = layout.ask("SELECT name, slot, count(*) FROM finished GROUP BY 1, 2 ORDER BY 1, 2")
    assert [row[:2] for row in slots] == [row[:2] for row in runs]
    assert {row[2] for row in runs} == {1}
    assert {row[2] for row in slots} == {""}


def test_production_layout_serves_each_slot_once_through_deaths(layout):
    for port in layout.ports:
        wait_for(lambda port=port: status_of(f"http://127.0.0.1:{port}/readyz") == 200, 30, "readiness")
    from crm.schedule import JOBS

    wait_for(lambda: layout.served() >= len(JOBS), 40, "the first slot of every job")
    time.sleep(3)  # two beats go on asking for the same slots
    every_slot_once(layout)

    home = f"http://127.0.0.1:{layout.ports[0]}/"
    layout.server.stop(signal.SIGQUIT)
    for path in ("readyz", "accounts/login/", ""):
        assert answer_of(home + path) == (503, "2")
    layout.server.start()
    wait_for(lambda: status_of(home + "readyz") == status_of(home) == 200, 10, "recovery after the database's return")

    layout.stop("beat1", signal.SIGKILL)
    layout.stop("web1", signal.SIGKILL)
    layout.forget_runs()
    wait_for(lambda: layout.served() >= len(JOBS), 40, "service with one beat and one web process")
    every_slot_once(layout)
    assert status_of(f"http://127.0.0.1:{layout.ports[1]}/readyz") == 200

    layout.stop("worker", signal.SIGKILL)
    layout.forget_runs()
    layout.start("worker")
    wait_for(lambda: layout.served() >= len(JOBS), 40, "service by another worker")
    every_slot_once(layout)

    layout.stop("broker", signal.SIGKILL)
    assert status_of(f"http://127.0.0.1:{layout.ports[1]}/accounts/login/") == 200
    layout.forget_runs()
    layout.start("broker")
    wait_for(lambda: layout.served() >= len(JOBS), 60, "service after the broker came back empty")
    every_slot_once(layout)

    client = redis.Redis.from_url(layout.broker)
    client.flushall()
    client.close()
    layout.stop_all()
    assert left_behind(layout.folder) == []

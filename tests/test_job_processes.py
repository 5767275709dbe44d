"""Periodic jobs with real beats, workers, broker and database: what a job does outside is done exactly once.

The bot of an office is told things through the outbox; a server of the test counts what arrives. Run by ``make test``.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
import redis
from celery import Celery

from ops.postgres import Server, temporary_server
from tests.test_processes import COUNT_RUNS, ROOT, Layout, wait_for

pytestmark = pytest.mark.processes
JOB, TASK = "deliver_to_bots", "crm.run_scheduled"
WORKERS, BEATS = ("worker1", "worker2"), ("beat1", "beat2")
OPEN = """
from datetime import datetime, UTC
from staff import bots
from staff.models import Office
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member
office, now = OfficeFactory(), datetime.now(UTC)
manager = staff_member(Role.MARKETING_MANAGER, office)
bots.set_up(office, kind="generic", url={url!r}, by=manager, now=now)
"""
PUT = """
from datetime import datetime, UTC
from staff import bots
from staff.models import Office
for key in {keys!r}:
    bots.put(Office.objects.get(), key=key, words="今日待办", now=datetime.now(UTC))
"""


class Chat(ThreadingHTTPServer):
    """Counts what arrives by its words; one that is called ``stuck`` is not answered until ``free`` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.given: list[str] = []
        self.free = threading.Event()

    @property
    def times(self) -> Counter[str]:
        """How often each message arrived, by the last part of its key."""
        return Counter(key.rsplit(":", 1)[-1] for key in self.given)


class Handler(BaseHTTPRequestHandler):
    server: Chat

    def do_POST(self) -> None:
        key = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["key"]
        self.server.given.append(key)
        if key.endswith("stuck"):
            self.server.free.wait(60)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


class Jobs(Layout):
    """Two workers and two beats without a web process."""

    def __init__(self, folder: Path, server: Server, chat: Chat) -> None:
        super().__init__(folder, server)
        self.chat = chat
        self.env |= {"OUTGOING_PRIVATE": "1"}
        worker, beat = self.commands["worker"], self.commands["beat1"]
        self.commands = {
            "broker": self.commands["broker"],
            **dict.fromkeys(WORKERS, worker),
            **dict.fromkeys(BEATS, beat),
        }

    def python(self, code: str) -> None:
        """Run something in the product, as one of its processes would."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=self.log, stderr=self.log)

    def put(self, *keys: str) -> None:
        self.python(PUT.format(keys=keys))

    def tell(self, statement: str) -> None:
        with psycopg.connect(self.database, autocommit=True) as link:
            link.execute(statement)

    def queued(self) -> int:
        """How many messages wait at the broker."""
        with redis.Redis.from_url(self.broker) as link:
            return link.llen("celery")

    def empty_broker(self) -> None:
        with redis.Redis.from_url(self.broker) as link:
            link.flushall()

    def next_slot(self) -> None:
        """As if the next slot of the job had begun."""
        self.tell(f"DELETE FROM staff_scheduledrun WHERE name = '{JOB}' AND finished_at IS NOT NULL")

    def states(self) -> dict[str, str]:
        """What became of each message."""
        rows = self.ask("SELECT key, state FROM staff_message")
        return {key.rsplit(":", 1)[-1]: state for key, state in rows}

    def wait_until(self, condition: Callable[[], object], what: str) -> None:
        """Look until it holds, slot after slot."""

        def holds() -> object:
            self.next_slot()
            return condition()

        wait_for(holds, 30, what)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory) -> Iterator[Jobs]:
    chat = Chat()
    thread = threading.Thread(target=chat.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    with temporary_server() as server:
        jobs = Jobs(tmp_path_factory.mktemp("jobs"), server, chat)
        try:
            jobs.start("broker")
            jobs.prepare()
            jobs.tell(COUNT_RUNS)
            jobs.python(OPEN.format(url=f"http://127.0.0.1:{chat.server_port}/"))
            for name in (*WORKERS, *BEATS):
                jobs.start(name)
            yield jobs
        finally:
            chat.free.set()
            jobs.stop_all()
            chat.shutdown()
            thread.join()
            chat.server_close()


def arrived_once(times: Counter[str], keys: list[str]) -> bool:
    """Whether each of these arrived, and none of them twice."""
    return [times[key] for key in keys] == [1] * len(keys)


def runs_twice(jobs: Jobs) -> list[tuple]:
    """The slots that were run to their end more than once."""
    return jobs.ask("SELECT name, slot FROM finished GROUP BY 1, 2 HAVING count(*) > 1 AND name <> 'deliver_to_bots'")


def test_two_beats_and_two_workers_do_each_thing_once(jobs):
    keys = [f"a{n}" for n in range(12)]
    jobs.put(*keys)
    jobs.wait_until(lambda: all(jobs.chat.times[key] for key in keys), "delivery")
    for _again in range(5):
        jobs.next_slot()
    assert arrived_once(jobs.chat.times, keys)
    assert {jobs.states()[key] for key in keys} == {"sent"}
    assert runs_twice(jobs) == []


def test_the_checkers_catch_what_comes_twice(jobs):
    """A twin that sends without the outbox, and a second run of a slot, are both seen."""
    assert not arrived_once(Counter(["x", "x"]), ["x"])
    assert not arrived_once(Counter(), ["x"])
    wait_for(lambda: jobs.ask("SELECT 1 FROM staff_scheduledrun WHERE finished_at IS NOT NULL"), 30, "a run")
    name, slot = jobs.ask(f"SELECT name, slot FROM finished WHERE name <> '{JOB}' LIMIT 1")[0]
    jobs.tell(f"INSERT INTO finished VALUES ('{name}', '{slot.isoformat()}')")
    assert runs_twice(jobs) == [(name, slot)]
    jobs.tell("DELETE FROM finished")


def test_a_message_that_the_broker_hands_out_again_does_nothing_again(jobs):
    keys = [f"b{n}" for n in range(6)]
    jobs.put(*keys)
    sender = Celery(broker=jobs.broker)
    jobs.next_slot()
    for _again in range(20):
        sender.send_task(TASK, [JOB], task_id="the-same-task")
    sender.close()
    jobs.wait_until(lambda: all(jobs.chat.times[key] for key in keys), "delivery")
    wait_for(lambda: jobs.queued() == 0, 30, "an empty queue")
    assert arrived_once(jobs.chat.times, keys)
    assert runs_twice(jobs) == []


def test_a_broker_that_forgets_everything_delays_and_doubles_nothing(jobs):
    for name in WORKERS:
        jobs.stop(name, signal.SIGTERM)
    keys = [f"c{n}" for n in range(6)]
    jobs.put(*keys)
    wait_for(lambda: jobs.queued() > 3, 30, "a queue")
    jobs.empty_broker()
    for name in WORKERS:
        jobs.start(name)
    jobs.wait_until(lambda: all(jobs.chat.times[key] for key in keys), "delivery after the broker was emptied")
    jobs.empty_broker()
    assert arrived_once(jobs.chat.times, keys)
    assert runs_twice(jobs) == []


def test_a_worker_killed_in_the_middle_leaves_one_outcome_open_and_the_rest_is_done_once(jobs):
    jobs.stop("worker2", signal.SIGTERM)
    jobs.put("d0", "stuck", "d1")
    jobs.wait_until(lambda: jobs.chat.times["stuck"], "the message that hangs")
    jobs.stop("worker1", signal.SIGKILL)
    assert jobs.states()["stuck"] == "sending"
    for name in WORKERS:
        jobs.start(name)
    half_an_hour_on = "UPDATE staff_scheduledrun SET started_at = started_at - interval '31 minutes'"
    jobs.tell(f"{half_an_hour_on} WHERE name = '{JOB}' AND finished_at IS NULL")
    jobs.wait_until(lambda: jobs.chat.times["d1"], "the rest, by another worker")
    assert jobs.states()["stuck"] == "sending"
    jobs.tell("UPDATE staff_message SET tried_at = tried_at - interval '11 minutes' WHERE state = 'sending'")
    jobs.wait_until(lambda: jobs.states()["stuck"] == "unknown", "giving up")
    jobs.chat.free.set()
    assert arrived_once(jobs.chat.times, ["d0", "stuck", "d1"])
    assert runs_twice(jobs) == []

"""The month closed by real beats and workers on PostgreSQL that are killed with ``kill -9``. Run by ``make test``.

Triggers of the test let the closing wait for a lock at a moment that matters: there the worker is killed.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from ops.postgres import temporary_server
from tests.test_job_processes import Chat, Jobs
from tests.test_processes import COUNT_RUNS, left_behind, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.rule("REP-05")]
OPEN = """
from datetime import UTC, datetime, timedelta
from tests.house import phone
from tests.reports.conftest import Shop
today = datetime.now(UTC).date()
shop = Shop(on=(today - timedelta(days=40)).replace(day=3))
shop.sign_in("A", "B")
told = [shop.visit(f"09:3{n}", phone=phone(n), source="media") for n in range(2)]
shop.followed(told[0], "11:00", shop.receiver(told[0]), level="A")
"""
FIGURES = """
from datetime import UTC, datetime
from reports import archive, canonical, figures
from staff.models import Office
now, office = datetime.now(UTC), Office.objects.get()
for month in archive.due_months(office, now=now):
    print("month", month, canonical.digest(canonical.text(figures.of_month(office, month, now=now))))
"""
MOMENTS = {
    "written and not recorded": "BEFORE INSERT ON reports_montharchive FOR EACH ROW",
    "recorded, before the notices": "AFTER INSERT ON reports_montharchive FOR EACH ROW",
    "told, and not kept": "AFTER INSERT ON staff_notice FOR EACH ROW WHEN (NEW.key LIKE 'month:%')",
    "kept, before the run is written down": "BEFORE UPDATE ON staff_scheduledrun FOR EACH ROW"
    " WHEN (NEW.name = 'close_months' AND NEW.finished_at IS NOT NULL)",
}
WAIT = """
CREATE FUNCTION wait_{n}() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_advisory_xact_lock({n}); RETURN NEW; END $$;
CREATE TRIGGER wait_{n} {moment} EXECUTE FUNCTION wait_{n}();
"""


class Books(Jobs):
    """Two workers and two beats, and an office with months to close."""

    def due(self) -> list[tuple[str, str]]:
        """Each month that is due, with the digest that its figures should have."""
        self.python(FIGURES)
        self.log.flush()
        lines = (self.folder / "log").read_text().splitlines()
        return [(line.split()[1], line.split()[2]) for line in lines if line.startswith("month ")]

    def kept(self) -> list[tuple[str, str]]:
        """Each archive with the digest of its figures as they are in it."""
        digest = "encode(sha256(convert_to(figures, 'UTF8')), 'hex')"
        rows = self.ask(f"SELECT month, figures_sha256, {digest} FROM reports_montharchive ORDER BY month")
        assert [row[1] for row in rows] == [row[2] for row in rows]
        return [(month.isoformat(), sha) for month, sha, _digest in rows]

    def told(self) -> list[int]:
        """How often each person was told of each archive."""
        return [
            row[0]
            for row in self.ask("SELECT count(*) FROM staff_notice WHERE key LIKE 'month:%' GROUP BY key, user_id")
        ]

    @contextmanager
    def held(self, n: int) -> Iterator[None]:
        """Whoever comes to the moment ``n`` waits."""
        with psycopg.connect(self.database) as link:
            link.execute("SELECT pg_advisory_xact_lock(%s)", [n])
            yield

    def waits_at(self, n: int) -> list[tuple]:
        """Whether somebody waits at the moment ``n``."""
        return self.ask(f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = {n}")


@pytest.fixture
def books(tmp_path) -> Iterator[Books]:
    chat = Chat()
    with temporary_server() as server:
        books = Books(tmp_path, server, chat)
        try:
            books.start("broker")
            books.prepare()
            books.tell(COUNT_RUNS)
            for n, moment in enumerate(MOMENTS.values()):
                books.tell(WAIT.format(n=n, moment=moment))
            books.python(OPEN)
            yield books
        finally:
            books.stop_all()
            chat.server_close()


def closing_again(books: Books) -> None:
    """As if the killed run lay half an hour back."""
    books.tell(
        "UPDATE staff_scheduledrun SET started_at = started_at - interval '31 minutes' WHERE finished_at IS NULL"
    )
    books.tell("DELETE FROM staff_scheduledrun WHERE name = 'close_months' AND finished_at IS NOT NULL")


def test_workers_killed_at_every_moment_leave_one_archive_and_one_notice(books):
    due = books.due()
    assert len(due) in (1, 2)  # in the first hours of a month the one before is not due yet
    books.start("beat1")
    for n, moment in enumerate(MOMENTS):
        with books.held(n):
            books.start("worker1")
            wait_for(lambda n=n: books.waits_at(n), 60, moment)
            books.stop("worker1", signal.SIGKILL)
        assert books.kept() in (due[:0], due[:1], due)
        closing_again(books)
    for name in ("worker1", "worker2", "beat2"):
        books.start(name)
    wait_for(lambda: books.kept() == due, 60, "the closing by another worker")
    done = "SELECT 1 FROM staff_scheduledrun WHERE name = 'close_months' AND finished_at IS NOT NULL AND failure = ''"
    for _again in range(2):
        closing_again(books)
        wait_for(lambda: books.ask(done), 60, "the closing run again")
    assert books.kept() == due
    assert books.told() == [1] * 2 * len(due)  # planner and manager
    books.stop_all()
    assert left_behind(books.folder) == []
    assert [one.name for one in books.folder.rglob("*.xlsx")] == []

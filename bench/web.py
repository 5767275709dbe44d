"""Check-ins through gunicorn: eight clients at the doors of one office, two workers, as in production."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from ops.broker import free_port

from . import data, databases, pages
from .figures import Figure
from .visitor import CSRF, FORM, cookies, session_of

CLIENTS, EACH, WORKERS = 8, 2, 2
START_LIMIT = 60
OPTIONS = ["--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "5", "--keep-alive", "60"]


@contextmanager
def gunicorn() -> Iterator[int]:
    """The product on the database in use, on a free port of the loopback address."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "crm.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)]
    env = os.environ | {"DATABASE_URL": address()}
    server = subprocess.Popen([*command, *OPTIONS, "--no-control-socket", "--log-level", "warning"], env=env)
    try:
        await_answer(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def address() -> str:
    """The database in use as DATABASE_URL says it."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{databases.current()}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{databases.current()}"


def await_answer(server: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the server says that it is alive."""
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit and server.poll() is None:
        try:
            if ask(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "GET", "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn did not start")


def ask(
    client: http.client.HTTPConnection, method: str, path: str, body: str = "", session: str = ""
) -> tuple[int, bytes]:
    """One request on a kept connection: status and body."""
    headers = {"Cookie": cookies(session), "X-CSRFToken": CSRF, "Content-Type": FORM} if session else {}
    client.request(method, path, body, headers)
    answer = client.getresponse()
    return answer.status, answer.read()


class Client:
    """One desk: its own connection, session and visitors."""

    def __init__(self, port: int, session: str, first: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.session, self.numbers = session, iter(range(first, first + 1_000_000))
        self.seconds: list[float] = []

    def check_in(self, start: threading.Barrier) -> None:
        """``EACH`` visitors one after the other; a refusal is an error."""
        start.wait()
        for _n in range(EACH):
            form = urlencode(pages.visit(next(self.numbers)))
            began = time.perf_counter()
            status, body = ask(self.connection, "POST", reverse("check_in"), form, self.session)
            self.seconds.append(time.perf_counter() - began)
            if status != 302:
                raise RuntimeError(f"check-in was answered with {status}: {body[:2000].decode()}")


def figures(place: data.House, product: pages.Pages, *, bursts: int, limit: float) -> list[Figure]:
    """Check-ins per second at eight clients. Between bursts, not timed, everybody leaves again."""
    sessions = [session_of(place.desk) for _n in range(CLIENTS)]
    wall, end = [], time.monotonic() + limit
    with gunicorn() as port, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [Client(port, session, 80_000_000 + n * 1_000_000) for n, session in enumerate(sessions)]
        for burst in range(bursts + 1):
            start = threading.Barrier(CLIENTS + 1)
            running = [pool.submit(client.check_in, start) for client in clients]
            start.wait()
            began = time.perf_counter()
            for one in running:
                one.result()
            if burst:
                wall.append(time.perf_counter() - began)
            product.all_leave()
            if burst > 2 and time.monotonic() > end:
                break
        for client in clients:
            client.connection.close()
    waited = sorted(second for client in clients for second in client.seconds[EACH:])
    rate = CLIENTS * EACH * len(wall) / sum(wall)
    best = CLIENTS * EACH / min(wall)
    note = (
        f"p50 {statistics.median(waited) * 1e3:.0f} ms, p95 {waited[len(waited) * 95 // 100] * 1e3:.0f} ms, "
        f"{len(wall)} bursts, the best {best:.0f}/s"
    )
    return [Figure(f"check-ins over HTTP, {CLIENTS} clients, {WORKERS} workers", rate, "/s", least=60, note=note)]

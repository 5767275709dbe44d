"""What the measurements stand on: keys, databases and broker for this run only, on loopback addresses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.keyfile import generate
from ops.broker import free_port
from ops.postgres import temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 10
FOREIGN = ("DATABASE_URL", "REDIS_URL", "KEYS_JSON", "KEY_FILE", "VAR_DIR", "DEBUG", "DJANGO_SETTINGS_MODULE")


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """An environment for the product with its own keys, its own folder and its own broker; SQLite in that folder."""
    with tempfile.TemporaryDirectory(prefix="office-bench-") as folder, broker(folder) as url:
        clean = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        own = {"VAR_DIR": folder, "REDIS_URL": url, "KEYS_JSON": json.dumps(generate())}
        yield clean | own | {"DJANGO_SETTINGS_MODULE": "crm.settings", "PYTHONPATH": str(ROOT)}


@contextmanager
def broker(folder: str) -> Iterator[str]:
    """The embedded broker, as the cache of all processes."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "ops.broker", str(port), folder], cwd=ROOT)
    try:
        import redis

        url, limit = f"redis://127.0.0.1:{port}/0", time.monotonic() + START_LIMIT
        with redis.Redis.from_url(url) as client:
            while not _answers(client):
                if time.monotonic() > limit:
                    raise RuntimeError("the broker did not start")
                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)


def _answers(client: object) -> bool:
    from redis.exceptions import ConnectionError

    try:
        return bool(client.ping())  # type: ignore[attr-defined]
    except ConnectionError:
        return False


@contextmanager
def postgres() -> Iterator[str | None]:
    """A PostgreSQL server of the system or of the wheel; None where there is neither."""
    try:
        server = temporary_postgres()
        url = server.__enter__()
    except (ImportError, OSError, RuntimeError) as error:
        print(f"No PostgreSQL here ({error}): everything is measured on SQLite", flush=True)
        yield None
        return
    try:
        yield url
    finally:
        server.__exit__(None, None, None)

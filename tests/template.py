"""The empty database of the tests on SQLite: migrated once, taken over by every later run with the same migrations."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
# What migrations import, and the versions of the apps that bring migrations of their own.
BESIDE = ("common/natural.py", "common/crypto.py", "requirements-dev.txt")


def template(config: pytest.Config) -> Path | None:
    """Where the migrated file of these very migrations lies or will lie; None on a server database."""
    if connection.vendor != "sqlite" or config.getoption("nomigrations"):
        return None
    digest = hashlib.sha256()
    for path in (*sorted(ROOT.glob("*/migrations/*.py")), *(ROOT / name for name in BESIDE)):
        digest.update(path.name.encode() + path.read_bytes())
    return config.cache.mkdir("databases") / f"{digest.hexdigest()[:16]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb(request, django_db_modify_db_settings) -> bool:
    """Whether the database is there already: then nothing is migrated but what is new."""
    kept = template(request.config)
    if kept is None or not kept.exists():
        return bool(request.config.getvalue("reuse_db"))
    shutil.copyfile(kept, connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_blocker) -> None:
    """Keep the file that was just migrated for the next run."""
    kept = template(request.config)
    if kept is not None and not kept.exists():
        with django_db_blocker.unblock():
            keep(kept)


def keep(kept: Path) -> None:
    """Copy the open database beside the file and rename: two workers at once leave one whole file."""
    beside = kept.with_suffix(f".{os.getpid()}")
    connection.ensure_connection()
    with sqlite3.connect(beside) as target:
        connection.connection.backup(target)
    target.close()
    beside.replace(kept)

"""Two databases of one server, a small and a large one, used in turn by the one process that measures."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.db import connection


def use(name: str) -> None:
    """Let every later statement go to the database ``name``."""
    close()
    connection.settings_dict["NAME"] = name


def current() -> str:
    """The database in use."""
    return str(connection.settings_dict["NAME"])


def copy(target: str) -> str:
    """A copy of the database in use; its name."""
    source = current()
    if connection.vendor == "sqlite":
        path = str(Path(source).with_name(f"{target}.sqlite3"))
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        close()
        shutil.copy(source, path)
        return path
    use("template1")
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    use(source)
    return target


def close() -> None:
    """Leave the database: no connection stays open."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()

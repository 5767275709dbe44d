"""The statements of one check-in, caught once and run again by hand over the same driver with fresh values."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

FAR_APART = 10_000_000
INSERTED = re.compile(r'INSERT INTO "(\w+)".* RETURNING "\w+"\."id"$', re.DOTALL)


def spread_ids(tables: list[str]) -> None:
    """Let the ids of the tables begin far from each other, so that each value of a statement says what it is."""
    with connection.cursor() as cursor:
        for n, table in enumerate(tables, 1):
            if connection.vendor == "postgresql":
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, n * FAR_APART])
            else:
                cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [n * FAR_APART, table])


@dataclass(frozen=True)
class Statement:
    """One statement with its values as they were, and the table whose new id it gives back."""

    sql: str
    values: Any
    gives: str = ""


def caught(run: Callable[[], object]) -> list[Statement]:
    """The statements that ``run`` executes, without those that only open or close a transaction."""
    found: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        if not is_frame(sql):
            inserted = INSERTED.match(sql)
            found.append(Statement(sql, values, inserted[1] if inserted and "), (" not in sql else ""))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        run()
    return found


def is_frame(sql: str) -> bool:
    """Whether a statement only opens or closes a transaction or part of one."""
    return sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK"))


class Again:
    """Runs caught statements again. ``known`` names the values that must be fresh: number, event, uuids by meaning."""

    def __init__(self, statements: list[Statement], known: dict[str, Any]) -> None:
        self.statements = [Statement(self._spelt(one.sql), one.values, one.gives) for one in statements]
        self.meaning = {self._key(value): name for name, value in known.items()}
        with connection.cursor() as cursor:
            for table in {one.gives for one in statements if one.gives}:
                cursor.execute(f'SELECT max(id) FROM "{table}"')
                self.meaning[cursor.fetchone()[0]] = table

    def run(self, fresh: dict[str, Any]) -> None:
        """All statements in one transaction of the bare driver."""
        connection.ensure_connection()
        driver, fresh = connection.connection, dict(fresh)
        with driver.transaction() if connection.vendor == "postgresql" else driver:
            cursor = driver.cursor()
            if connection.vendor == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            for one in self.statements:
                cursor.execute(one.sql, [self._fresh(value, fresh) for value in one.values or ()])
                if cursor.description:
                    rows = cursor.fetchall()
                    if one.gives:
                        fresh[one.gives] = rows[0][0]

    def _fresh(self, value: Any, fresh: dict[str, Any]) -> Any:
        if isinstance(value, list):
            return [self._fresh(one, fresh) for one in value]
        if isinstance(value, bytes | memoryview):
            return os.urandom(len(value))
        if isinstance(getattr(value, "obj", None), bytes | memoryview):
            return type(value)(os.urandom(len(value.obj)))
        meaning = self.meaning.get(self._key(value)) if isinstance(value, int | str | UUID) else None
        return fresh[meaning] if meaning else value

    @staticmethod
    def _key(value: Any) -> Any:
        return value.hex if isinstance(value, UUID) else value

    @staticmethod
    def _spelt(sql: str) -> str:
        return sql if connection.vendor == "postgresql" else sql.replace("%s", "?")


def uuids(*names: str) -> dict[str, Any]:
    """A fresh UUID for each name, as the driver takes it."""
    return {name: uuid4() if connection.vendor == "postgresql" else uuid4().hex for name in names}

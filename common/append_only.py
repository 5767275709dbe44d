"""Tables that nobody may change: triggers refuse UPDATE, DELETE and TRUNCATE on both databases (REG-04, REC-17)."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "append_only"
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {PREFIX}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def install(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Put the triggers on those of ``tables`` that exist and lack them; safe to repeat."""
    lacking = unguarded(connection, tables)
    with connection.cursor() as cursor:
        if lacking and connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        for table in lacking:
            for statement in _statements(connection.vendor, table):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Take the triggers off, for emptying a whole database."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in present.intersection(tables):
            for event in _events(connection.vendor):
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{_name(table, event)}"{on}')


def unguarded(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> list[str]:
    """Those of ``tables`` that exist but lack a trigger."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        cursor.execute(query)
        have = {row[0] for row in cursor.fetchall()}
    wanted = present.intersection(tables)
    return sorted(t for t in wanted if not {_name(t, e) for e in _events(connection.vendor)} <= have)


def _events(vendor: str) -> tuple[str, ...]:
    return ("change", "truncate") if vendor == "postgresql" else ("update", "delete")


def _name(table: str, event: str) -> str:
    return f"{PREFIX}_{table}_{event}"[:63]


def _statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f'CREATE OR REPLACE TRIGGER "{_name(table, "change")}" BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION {PREFIX}_guard()",
            f'CREATE OR REPLACE TRIGGER "{_name(table, "truncate")}" BEFORE TRUNCATE ON "{table}" '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}_guard()",
        ]
    return [
        f'CREATE TRIGGER IF NOT EXISTS "{_name(table, event)}" BEFORE {event.upper()} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for event in _events(vendor)
    ]

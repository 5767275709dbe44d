"""Many rows at once: on PostgreSQL by COPY and by arrays, without a placeholder for each value.

Triggers and constraints hold as for any row; they raise what they always raise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, JSONField, Model


def create(model: type[Model], rows: Sequence[Any]) -> None:
    """Write new rows, which get their keys: what ``bulk_create`` does, at less cost."""
    using = connections[DEFAULT_DB_ALIAS]
    if using.vendor != "postgresql":
        model._base_manager.bulk_create(rows)
        return
    key: Any = model._meta.pk
    for row, given in zip(rows, _new_keys(model, key.column, len(rows), using), strict=True):
        setattr(row, key.attname, given)
    names = [field.attname for field in model._meta.concrete_fields]
    insert(model, names, map(attrgetter(*names), rows))
    for row in rows:
        row._state.adding, row._state.db = False, using.alias


def _new_keys(model: type[Model], column: str, count: int, using: BaseDatabaseWrapper) -> list[int]:
    with using.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [_quoted(model, using), column, count],
        )
        return [key for (key,) in cursor.fetchall()]


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append ``rows``, each the values of the columns ``names`` (``attname``); what is left out must be nullable.

    For tables whose new keys nobody asks for.
    """
    using = connections[DEFAULT_DB_ALIAS]
    fields = _fields(model, names)
    table, columns = _quoted(model, using), ", ".join(using.ops.quote_name(field.column) for field in fields)
    told = _adapted(rows, fields, using)
    with using.cursor() as cursor, using.wrap_database_errors:
        if using.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in told:
                    copy.write_row(row)
        else:
            places = ", ".join("%s" for _field in fields)
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(told))


def update(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set the columns ``names`` of rows by key, each row with values of its own: ``rows`` are (key, value, …)."""
    if not rows:
        return
    using = connections[DEFAULT_DB_ALIAS]
    key: Any = model._meta.pk
    fields = [key, *_fields(model, names)]
    table, columns = _quoted(model, using), [using.ops.quote_name(field.column) for field in fields]
    told = list(_adapted(rows, fields, using))
    with using.cursor() as cursor:
        if using.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_array_type(field, using)}" for field in fields)
            sets = ", ".join(f"{column} = new.{column}" for column in columns[1:])
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM UNNEST({arrays}) AS new({', '.join(columns)})"
                f" WHERE {table}.{columns[0]} = new.{columns[0]}",
                [list(values) for values in zip(*told, strict=True)],
            )
        else:
            sets = ", ".join(f"{column} = %s" for column in columns[1:])
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE {columns[0]} = %s", [(*row[1:], row[0]) for row in told]
            )


def _array_type(field: Any, using: BaseDatabaseWrapper) -> str:
    """The type of an array of values; text goes without its length, which a cast would cut it to rather than refuse it."""
    return "text[]" if isinstance(field, CharField) else f"{field.cast_db_type(using)}[]"


def among(column: str, keys: Sequence[int], using: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
    """The condition that a quoted ``column`` is one of ``keys``, and its parameters: an array where the database has them."""
    if using.vendor == "postgresql":
        return f"{column} = ANY(%s)", [list(keys)]
    return f"{column} IN ({', '.join(['%s'] * len(keys))})", list(keys)


def _quoted(model: type[Model], using: BaseDatabaseWrapper) -> str:
    return using.ops.quote_name(model._meta.db_table)


def _fields(model: type[Model], names: Sequence[str]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


def _adapted(rows: Iterable[Sequence[Any]], fields: list[Any], using: BaseDatabaseWrapper) -> Iterable[Sequence[Any]]:
    """The rows as the driver takes them; what that of PostgreSQL would not send right by itself is JSON alone."""
    copied = using.vendor == "postgresql"
    places = [(n, field) for n, field in enumerate(fields) if not copied or isinstance(field, JSONField)]
    if not places:
        yield from rows
        return
    for row in rows:
        sent = list(row)
        for n, field in places:
            sent[n] = field.get_db_prep_save(sent[n], using)
        yield sent

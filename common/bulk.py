"""Many rows at once, for tables whose new keys nobody asks for: no placeholder for each value, no key sent back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import JSONField, Model


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append ``rows``, each the values of the columns ``names`` (``attname``); columns left out must be nullable.

    PostgreSQL takes them by COPY, any other database by one statement asked again and again. Constraints raise as always.
    """
    using = connections[DEFAULT_DB_ALIAS]
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    table = using.ops.quote_name(model._meta.db_table)
    columns = ", ".join(using.ops.quote_name(field.column) for field in fields)
    copied = using.vendor == "postgresql"
    # What the driver of PostgreSQL would not send right by itself is JSON alone.
    adapted = [(n, field) for n, field in enumerate(fields) if not copied or isinstance(field, JSONField)]
    told = (_adapted(row, adapted, using) for row in rows)
    with using.cursor() as cursor, using.wrap_database_errors:
        if copied:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in told:
                    copy.write_row(row)
        else:
            places = ", ".join("%s" for _field in fields)
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(told))


def _adapted(row: Sequence[Any], fields: Sequence[tuple[int, Any]], using: Any) -> Sequence[Any]:
    if not fields:
        return row
    sent = list(row)
    for n, field in fields:
        sent[n] = field.get_db_prep_save(sent[n], using)
    return sent

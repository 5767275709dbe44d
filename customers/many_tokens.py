"""Search tokens of many customers written at once: a dozen each, so that most of an import's rows are these."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from .models import SearchToken

COLUMNS = ("office_id", "customer_id", "kind", "digest")


def write(tokens: Sequence[SearchToken]) -> None:
    """Insert the tokens.

    Django would send a parameter for each value of a table with binary columns, which costs more than the insertion
    itself; on PostgreSQL a column is one array.
    """
    if connection.vendor != "postgresql":
        SearchToken.objects.bulk_create(tokens)
        return
    if not tokens:
        return
    fields = [SearchToken._meta.get_field(name.removesuffix("_id")) for name in COLUMNS]
    arrays = ", ".join(f"%s::{(field.db_type(connection) or '').split('(')[0]}[]" for field in fields)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    values = [[getattr(token, name) for token in tokens] for name in COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{SearchToken._meta.db_table}" ({names}) SELECT * FROM unnest({arrays})',
            values,
        )

"""History of models that people argue about, at less cost a save."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from common import bulk

MADE, CHANGED = "+", "~"
BATCH = 5_000


class KeptManager(HistoryManager):
    """The history's manager class made once; the library would make a new one at every save."""

    @classmethod
    @functools.cache
    def from_queryset(cls, queryset_class: type, class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)


def kept() -> HistoricalRecords:
    """The history of a model that is saved often."""
    return HistoricalRecords(history_manager=KeptManager)


def create(model: type[Model], rows: Sequence[Any], *, by: Any, at: datetime) -> None:
    """Write new rows, which get their keys, together with their history."""
    bulk.create(model, rows)
    keep(model, [row.pk for row in rows], how=MADE, by=by, at=at)


def keep(model: type[Model], pks: Sequence[int], *, how: str, by: Any, at: datetime) -> None:
    """Write rows as they are now into their history: ``how`` MADE or CHANGED, ``by`` a person or None, ``at`` a moment.

    One statement within the database, for rows written in sets: a fifth of what the library asks, which sends them back.
    """
    history, using = model.history.model, connections[DEFAULT_DB_ALIAS]  # type: ignore[attr-defined]
    name = using.ops.quote_name
    columns = ", ".join(name(field.column) for field in history.tracked_fields)
    key = name(model._meta.pk.column)  # type: ignore[union-attr, arg-type]
    date = history._meta.get_field("history_date").get_db_prep_save(at, using)
    for start in range(0, len(pks), BATCH):
        some = pks[start : start + BATCH]
        among, params = bulk.among(key, some, using)
        with using.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {name(history._meta.db_table)} ({columns}, history_date, history_type, history_user_id)"
                f" SELECT {columns}, %s, %s, %s FROM {name(model._meta.db_table)}"
                f" WHERE {among} ORDER BY {key}",
                [date, how, by.pk if by else None, *params],
            )

"""Look-ups whose SQL is put together once: for a row by its key the ORM spends most of the time on that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)
STAND_INS: dict[type, Callable[[int], Any]] = {
    int: lambda n: 2_000_000_000 + n,
    str: lambda n: f"prepared:{n}",
    date: lambda n: date(2199, 12, 1 + n),
    datetime: lambda n: datetime(2199, 12, 1 + n, tzinfo=UTC),
}


class Prepared(Generic[Row]):
    """A query with places for values, each with its type: ``Prepared(lambda pk: Unit.objects.filter(pk=pk), int)``.

    Asked again it sends the same SQL with other values and makes the same rows, ``select_related`` included. The query
    is as its place in the code says: it depends on nothing but the values, none of them None.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]], *types: type) -> None:
        self.build, self.types = build, types

    def first(self, *values: Any) -> Row | None:
        """The first row, if there is any."""
        return next(self.rows(*values), None)

    def get(self, *values: Any) -> Row:
        """The row that there has to be."""
        found = self.first(*values)
        if found is None:
            raise self.build(*values).model.DoesNotExist(f"No such row: {values}")
        return found

    def rows(self, *values: Any) -> Iterator[Row]:
        """The rows in the order of the query."""
        using = connections[DEFAULT_DB_ALIAS]
        known: dict[Prepared, _Compiled] = using.__dict__.setdefault("prepared", {})
        if self not in known:
            known[self] = _Compiled(self, using)
        return known[self].rows(values)


class _Compiled:
    """A query as one connection sends it."""

    def __init__(self, query: Prepared, using: BaseDatabaseWrapper) -> None:
        stand_ins = [STAND_INS[kind](n) for n, kind in enumerate(query.types)]
        wanted = query.build(*stand_ins).query
        self.using, self.locks = using, wanted.select_for_update
        self.compiler = wanted.get_compiler(connection=using)
        self.sql, self.sent = self.compiler.as_sql()
        places = {self._adapted(value): n for n, value in enumerate(stand_ins)}
        self.places = [(at, places[value]) for at, value in enumerate(self.sent) if value in places]
        select, info = self.compiler.select, self.compiler.klass_info
        fields = info["select_fields"]
        self.model, self.columns = info["model"], slice(fields[0], fields[-1] + 1)
        self.names = [expression.target.attname for expression, *_more in select[self.columns]]
        self.related = get_related_populators(info, select, using.alias)  # type: ignore[call-arg]
        self.converters = self.compiler.get_converters(expression for expression, *_more in select)

    def _adapted(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self.using.ops.adapt_datetimefield_value(value)
        return self.using.ops.adapt_datefield_value(value) if isinstance(value, date) else value

    def rows(self, values: tuple[Any, ...]) -> Iterator[Any]:
        if self.locks and not self.using.in_atomic_block:
            raise transaction.TransactionManagementError("a lock is held by a transaction")
        sent = list(self.sent)
        for at, place in self.places:
            sent[at] = self._adapted(values[place])
        with self.using.cursor() as cursor:
            cursor.execute(self.sql, sent)
            found = cursor.fetchall()
        for row in self.compiler.apply_converters(found, self.converters):
            made = self.model.from_db(self.using.alias, self.names, row[self.columns])
            for populator in self.related:
                populator.populate(row, made)
            yield made

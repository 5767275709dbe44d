"""Pages of a long list by key: page ten thousand costs what the first one costs, and a new row moves nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet

FORWARD, BACK = "f", "b"
Order = tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the cursors of its neighbours where there are any."""

    rows: list[Any] = field(default_factory=list)
    next_cursor: str | None = None
    prev_cursor: str | None = None


def page(queryset: QuerySet, *, order: Order, cursor: str | None = None, size: int = 50) -> Page:
    """The page that ``cursor`` names, the first one without a cursor or with one that is not ours.

    ``order`` names columns of the model that are never null, ``-`` before those that descend; together they tell any
    two rows of the queryset apart. Rows may be instances or the dicts of ``values()``. One query; when the
    rows before the present page no longer fill a page, the first page comes instead, with a second query.
    """
    position = read_cursor(queryset, order, cursor)
    if position is None:
        rows = list(queryset.order_by(*order)[: size + 1])
        return Page(rows[:size], cursor_at(queryset, order, FORWARD, rows[size - 1]) if len(rows) > size else None)
    way, values = position
    along = order if way == FORWARD else reverse(order)
    rows = list(queryset.filter(beyond(along, values)).order_by(*along)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if not rows or (way == BACK and len(rows) < size):
        return page(queryset, order=order, size=size)
    if way == BACK:
        rows.reverse()
    return Page(
        rows,
        cursor_at(queryset, order, FORWARD, rows[-1]) if more or way == BACK else None,
        cursor_at(queryset, order, BACK, rows[0]) if more or way == FORWARD else None,
    )


def reverse(order: Order) -> Order:
    """The opposite order."""
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def beyond(order: Order, values: list[Any]) -> Q:
    """The rows that come after ``values`` in ``order``.

    The bound on the first column says nothing new; it lets the index that serves the order begin at the right place.
    """
    names = [name.lstrip("-") for name in order]
    sides = ["lt" if name.startswith("-") else "gt" for name in order]
    after = Q()
    for depth, (name, side) in enumerate(zip(names, sides, strict=True)):
        equal = dict(zip(names[:depth], values[:depth], strict=True))
        after |= Q(**equal, **{f"{name}__{side}": values[depth]})
    return after if len(names) == 1 else Q(**{f"{names[0]}__{sides[0]}e": values[0]}) & after


def signer(queryset: QuerySet, order: Order) -> Signer:
    """Signs the cursors of one list only: those of another model or order do not pass."""
    return Signer(salt=":".join(("keyset", queryset.model._meta.label, *order)))


def cursor_at(queryset: QuerySet, order: Order, way: str, row: Any) -> str:
    """The cursor of the page that begins beside ``row``. It is signed, not secret: its columns are in plain sight."""
    names = [name.lstrip("-") for name in order]
    values = [row[name] if isinstance(row, Mapping) else getattr(row, name) for name in names]
    plain = [value if isinstance(value, bool | int | str) else plain_text(value) for value in values]
    return signer(queryset, order).sign_object([way, *plain])


def plain_text(value: Any) -> str:
    """A date, time, UUID or decimal as text, to the microsecond."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_cursor(queryset: QuerySet, order: Order, cursor: str | None) -> tuple[str, list[Any]] | None:
    """Direction and column values of a cursor of this list; None for anything else."""
    if not cursor:
        return None
    try:
        way, *plain = signer(queryset, order).unsign_object(cursor)
        fields = [queryset.model._meta.get_field(name.lstrip("-")) for name in order]
        values = [column.to_python(value) for column, value in zip(fields, plain, strict=True)]
    except (BadSignature, ValidationError, ValueError, TypeError):
        return None
    return (way, values) if way in (FORWARD, BACK) else None

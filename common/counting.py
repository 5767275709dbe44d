"""How many rows a list has, counted to a limit and in the same statement as its page."""

from typing import Any

from django.db.models import Func, IntegerField, QuerySet, Subquery

MOST = 1000


class CappedCount(Func):
    """How many rows ``queryset`` has, counted no further than one more than ``most``.

    An annotation: a long list costs no count of a million, and the page no second statement.
    """

    template = "(SELECT COUNT(*) FROM %(expressions)s AS capped)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet, *, most: int = MOST, **extra: Any) -> None:
        super().__init__(Subquery(queryset.order_by().values("pk")[: most + 1]), **extra)


def in_words(count: int, *, most: int = MOST) -> str:
    """``128``, or ``1,000+`` for what was not counted to its end."""
    return f"{most:,}+" if count > most else f"{count:,}"

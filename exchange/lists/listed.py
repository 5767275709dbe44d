"""What a list that can be taken out is: whose, which columns, which rows, and how its page shows them (REP-07)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from common.excel import Column
from staff.models import Office, User
from staff.roles import Duty

CHUNK = 500
SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
NO, NAME, PHONE, OWNER, STATE = _("No."), _("Customer"), _("Phone number"), _("Owner"), _("State")


@dataclass(frozen=True)
class Asked:
    """Who takes a list out, with which filter and search, on which day."""

    user: User
    query: QueryDict
    text: str | None
    today: date
    now: datetime

    @property
    def office(self) -> Office:
        """The office of whoever asks: the duties of an office's list are held in offices alone."""
        assert self.user.office is not None
        return self.user.office


@dataclass(frozen=True)
class Listed:
    """One list: its title, who may see it, its columns, its rows and how a chunk of them is shown.

    ``fields``: what is read of each row; without them rows come as they are. ``keys``: what stands under the columns.
    ``page``: the URL name to go back to where that is not the list's own name; ``besides``: a duty that is needed, too.
    """

    title: Promise
    duties: tuple[Duty, ...]
    columns: tuple[Column, ...]
    found: Callable[[Asked], QuerySet | Sequence[Any]]
    fields: tuple[str, ...]
    shown: Callable[[list[Any], Asked], list[dict[str, Any]]]
    keys: tuple[str, ...]
    page: str | None = None
    besides: Duty | None = None

    def is_for(self, user: User) -> bool:
        """Whether the person may take it out."""
        return any(user.has(duty) for duty in self.duties) and (self.besides is None or user.has(self.besides))

    def count(self, asked: Asked) -> int:
        """How many rows there are."""
        found = self.found(asked)
        return found.count() if isinstance(found, QuerySet) else len(found)

    def chunks(self, asked: Asked) -> Iterator[list[Sequence[Any]]]:
        """The rows as cells, in a stream of chunks: what the page shows, without its marks of colour."""
        found = self.found(asked)
        if isinstance(found, QuerySet):
            found = found.values(*self.fields) if self.fields else found
            rows = iter(found.iterator(chunk_size=CHUNK))
        else:
            rows = iter(found)
        while chunk := list(islice(rows, CHUNK)):
            yield [[plain(row[key]) for key in self.keys] for row in self.shown(chunk, asked)]


def plain(value: Any) -> Any:
    """What a cell of the page says, without tags and without the dash of an empty one."""
    if isinstance(value, Promise):
        value = str(value)
    if not isinstance(value, str):
        return value
    text = unescape(strip_tags(value)) if hasattr(value, "__html__") else value
    return "" if text == "—" else text


def columns(*heads: tuple[Any, float]) -> tuple[Column, ...]:
    """Columns by head and width; wide ones wrap."""
    return tuple(Column(title, width, wrap=width > 24) for title, width in heads)


def without_total(fields: tuple[str, ...]) -> tuple[str, ...]:
    """The fields of a page's rows without the count that each carries there."""
    return tuple(name for name in fields if name != "total")


def as_they_are(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    """For rows that are made to be shown already."""
    return chunk

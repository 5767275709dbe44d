"""An empty table of each kind, with the heads that are recognised."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from common.excel import Book, Column, Mark
from staff.models import Office, User

from .kinds.table import KINDS
from .models import BatchKind


def made(kind: str, *, office: Office, by: User, now: datetime) -> bytes:
    """The template: the needed heads bear a star; a second sheet says what each column takes."""
    columns = KINDS[kind].COLUMNS
    book = Book(Mark(office.name, str(by), now, office.timezone))
    heads = [Column(f"{column.heads[0]}{'*' if column.required else ''}", 16) for column in columns]
    book.add(BatchKind(kind).label, heads, [])
    said = [
        [column.heads[0], str(column.label), _("yes") if column.required else "", "、".join(column.heads[1:])]
        for column in columns
    ]
    about = [
        Column(_("Column"), 16),
        Column(_("Meaning"), 24),
        Column(_("Needed"), 10),
        Column(_("Also recognised"), 60),
    ]
    book.add(_("Explanation"), about, said)
    return book.content()

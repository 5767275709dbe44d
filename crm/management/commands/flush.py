"""Django's ``flush``, which knows that a database emptied on purpose has append-only tables."""

from typing import Any

from django.core.management.commands.flush import Command as Flush
from django.db import connections

from common import append_only
from crm import guarded


class Command(Flush):
    """Take the triggers off, empty every table, put them on again."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        append_only.remove(connection, guarded.tables())
        try:
            super().handle(**options)
        finally:
            append_only.install(connection, guarded.tables())

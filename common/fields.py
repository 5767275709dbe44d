"""Fields of the house's models."""

from __future__ import annotations

from typing import Any

from django.db import models


class BytesField(models.BinaryField):
    """Binary data of which many rows go into one statement, on PostgreSQL as one array for each column.

    Django does so for tables whose fields want no placeholder of their own; its binary field has one for the sake of
    MySQL, and a table with it is sent value by value, at several times the cost. In migrations it is Django's field.
    """

    @property
    def get_placeholder(self) -> Any:  # type: ignore[override]
        """None at all: nobody asks for what is not there."""
        raise AttributeError("get_placeholder")

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """As Django's own field."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs

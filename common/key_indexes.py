"""Migrations in which a foreign key gives up its own index, where another one begins with the same column."""

from __future__ import annotations

from typing import Any

from django.db.migrations import AlterField
from django.db.models import Index


class DropKeyIndex(AlterField):
    """AlterField to ``db_index=False`` that drops the index and does nothing else.

    On SQLite Django would build the table anew, and the triggers that keep it append-only would be gone.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the index."""
        model, field = self._at(app_label, from_state)
        kept = {index.name for index in model._meta.indexes}
        found = {"index": True, "type_": Index.suffix, "exclude": kept}
        for name in schema_editor._constraint_names(model, [field.column], **found):
            schema_editor.execute(schema_editor._delete_index_sql(model, name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make it again."""
        model, field = self._at(app_label, to_state)
        schema_editor.execute(schema_editor._create_index_sql(model, fields=[field]))

    def _at(self, app_label: str, state: Any) -> tuple[Any, Any]:
        model = state.apps.get_model(app_label, self.model_name)
        return model, model._meta.get_field(self.name)

"""Files kept as base64 within JSON are sealed anew as they are: exports not fetched yet, tables not read yet."""

import base64
import json
from typing import Any

from django.db import migrations

from common import crypto


def seal_as_they_are(apps: Any, schema_editor: Any) -> None:
    """Open each in its old form, and seal what was inside."""
    for table, owner in (("ExportFile", "job"), ("ImportFile", "batch")):
        for file in apps.get_model("exchange", table).objects.select_related(owner):
            held = getattr(file, owner)
            if held.kek:
                _seal(file, held)


def _seal(file: Any, held: Any) -> None:
    key, blob = crypto.unwrap(held.kek, bytes(held.wrapped)), bytes(file.sealed)
    place = {"model": type(held).__name__, "subject": str(held.uuid)}
    data = base64.b64decode(json.loads(crypto.unseal(key, blob, field="file", **place)))
    file.sealed = crypto.seal_bytes(key, data, field="content", **place)
    file.save(update_fields=["sealed"])


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_keys_led_by_other_indexes")]

    operations = [migrations.RunPython(seal_as_they_are, migrations.RunPython.noop)]

"""Units are listed as people count: 1-1-101 before 1-1-1001. What sorts them is filled in for those that exist."""

from django.db import migrations, models

from common.natural import natural

BATCH = 500


def fill(apps, schema_editor):
    """The place of each unit, from its code."""
    Unit = apps.get_model("sales", "Unit")
    rows = []
    for unit in Unit.objects.only("pk", "code").order_by("pk").iterator(chunk_size=BATCH):
        unit.place = natural(unit.code)
        rows.append(unit)
        if len(rows) == BATCH:
            Unit.objects.bulk_update(rows, ["place"])
            rows = []
    Unit.objects.bulk_update(rows, ["place"])


class Migration(migrations.Migration):
    dependencies = [("sales", "0007_units_held_for_a_cause")]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="place",
            field=models.CharField(default="", editable=False, max_length=120),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="unit", index=models.Index(fields=["office", "place", "code"], name="unit_place")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

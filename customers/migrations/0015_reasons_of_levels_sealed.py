"""The reasons of levels written so far are sealed; those of customers who were erased are gone with their keys."""

from django.db import migrations

from common import crypto

BATCH = 500


def fill(apps, schema_editor):
    """Seal each reason for its place, a batch of rows at a time; what is sealed already stays."""
    CustomerKey = apps.get_model("customers", "CustomerKey")
    for name in ("CardVersion", "LevelChange"):
        model = apps.get_model("customers", name)
        found = model.objects.exclude(reason="").filter(reason_sealed=b"").order_by("pk")
        waiting = list(found.values_list("pk", flat=True))
        for start in range(0, len(waiting), BATCH):
            rows = list(model.objects.filter(pk__in=waiting[start : start + BATCH]).select_related("customer"))
            keys = CustomerKey.objects.in_bulk({row.customer_id for row in rows})
            for row in rows:
                row.reason_sealed = _sealed(name, row, keys.get(row.customer_id))
            model.objects.bulk_update(rows, ["reason_sealed"])


def _sealed(name, row, key):
    try:
        opened = crypto.unwrap(key.kek, key.wrapped) if key is not None else None
    except crypto.Shredded:
        opened = None
    if opened is None:
        return b""
    return crypto.seal(opened, row.reason, model=name, field="reason", subject=str(row.customer.uuid))


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_reasons_of_levels_to_seal")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

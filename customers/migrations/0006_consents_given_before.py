"""Consent to messages that was ticked at an arrival, before consents were rows of their own."""

from django.db import migrations

CHANNELS = {"visit": "desk", "call": "phone", "web": "web"}
BATCH = 1000


def fill(apps, schema_editor):
    """One row for each customer who agreed: said when they were registered, by the channel of their first line."""
    Consent, Customer, RegisterLine = (
        apps.get_model("customers", name) for name in ("Consent", "Customer", "RegisterLine")
    )
    agreed = Customer.objects.filter(consent=True, consents__isnull=True).order_by("pk")
    rows = []
    for pk in agreed.values_list("pk", flat=True).iterator(chunk_size=BATCH):
        line = RegisterLine.objects.filter(customer_id=pk).order_by("number").first()
        if line is None:
            continue
        wording = "web-1" if line.kind == "web" and line.recorded_by_id is None else "arrival-1"
        said = {"purpose": "messages", "given": True, "wording": wording, "channel": CHANNELS[line.kind]}
        rows.append(Consent(customer_id=pk, at=line.at, by_id=line.recorded_by_id, **said))
        if len(rows) == BATCH:
            Consent.objects.bulk_create(rows)
            rows = []
    Consent.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_consents")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

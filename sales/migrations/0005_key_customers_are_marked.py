"""Who was ticked as a key customer on the retained-customer card gets the mark of the customers' own."""

from django.db import migrations


def mark(apps, schema_editor):
    """An open mark without a reason, by whoever opened the card."""
    CareCard, KeyMark = apps.get_model("sales", "CareCard"), apps.get_model("customers", "KeyMark")
    Customer = apps.get_model("customers", "Customer")
    for card in CareCard.objects.filter(is_key=True, customer__is_key=False):
        KeyMark.objects.create(
            customer_id=card.customer_id, by_id=card.opened_by_id, at=card.opened_at, reason_sealed=b""
        )
        Customer.objects.filter(pk=card.customer_id).update(is_key=True)


class Migration(migrations.Migration):
    dependencies = [("sales", "0004_who_recorded_each_stage"), ("customers", "0009_tags_and_key_customers")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]

"""The reasons of levels are read from under the customer's key: the clear columns go."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0015_reasons_of_levels_sealed")]

    operations = [
        migrations.RemoveField(model_name="cardversion", name="reason"),
        migrations.RemoveField(model_name="levelchange", name="reason"),
    ]

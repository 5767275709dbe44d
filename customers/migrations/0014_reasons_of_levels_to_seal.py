"""Why a level was chosen speaks of the customer: it gets a place under the customer's key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_guidance")]

    operations = [
        migrations.AddField(
            model_name="cardversion",
            name="reason_sealed",
            field=models.BinaryField(blank=True, default=b""),
        ),
        migrations.AddField(
            model_name="levelchange",
            name="reason_sealed",
            field=models.BinaryField(blank=True, default=b""),
        ),
    ]

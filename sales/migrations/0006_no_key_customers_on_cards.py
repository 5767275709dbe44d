from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sales", "0005_key_customers_are_marked")]

    operations = [
        migrations.RemoveField(model_name="carecard", name="is_key"),
        migrations.RemoveField(model_name="historicalcarecard", name="is_key"),
    ]

"""The person of an address and of a sealed datum is found by the index that begins with it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_ending_notice")]
    operations = [
        migrations.AlterField(
            model_name="contactpoint",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.person",
            ),
        ),
        migrations.AlterField(
            model_name="vaultitem",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.person",
            ),
        ),
    ]

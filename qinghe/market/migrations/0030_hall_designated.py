"""Orders for one collector are found by its key: their tag is shared by everybody's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("market", "0026_first_rights")]

    operations = [
        migrations.AddIndex(
            model_name="hallrow",
            index=models.Index(
                condition=models.Q(("designated_to__isnull", False)),
                fields=["designated_to"],
                name="market_shown_designated",
            ),
        ),
    ]

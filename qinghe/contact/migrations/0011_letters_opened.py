"""Who has had the file of a letter."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0010_window_from_print")]
    operations = [
        migrations.AddField(
            "delivery",
            "opened_by",
            django.contrib.postgres.fields.ArrayField(
                models.TextField(), db_default=[], default=list, size=None
            ),
        ),
    ]

"""Tries of a day that place or amount ended; bids of open boxes are held to what is shown."""

from django.db import migrations, models

# The floor of an exact band would tell it: hand-ins are judged by what the hall shows.
FLOORS = "UPDATE market_invitation SET floor_rate = 0 WHERE opened_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [("market", "0014_returned_lately")]

    operations = [
        migrations.AddField(
            model_name="capacity",
            name="tried_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="capacity",
            name="tried",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(FLOORS, migrations.RunSQL.noop),
    ]

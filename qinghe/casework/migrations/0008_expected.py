"""Until which day the money of an instalment is on its way: it is not late before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0007_plan_withdrawn")]

    operations = [
        migrations.AddField(
            model_name="instalment", name="expected_on", field=models.DateField(null=True)
        ),
    ]

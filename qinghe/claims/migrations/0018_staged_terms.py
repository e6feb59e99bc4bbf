"""
What the rows of a file say of their contracts lies ready beside them, and out of the log as well.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0016_one_index_each")]
    operations = [
        migrations.CreateModel(
            name="StagedTerms",
            fields=[
                ("pk", models.CompositePrimaryKey("batch_id", "row", blank=True, editable=False, primary_key=True, serialize=False)),
                ("batch_id", models.UUIDField()),
                ("row", models.PositiveIntegerField()),
                ("lender_kind", models.TextField(blank=True, default="")),
                ("principal", models.BigIntegerField(null=True)),
                ("handed_over", models.BigIntegerField(null=True)),
                ("disbursed_on", models.DateField(null=True)),
                ("matures_on", models.DateField(null=True)),
                ("schedule", models.TextField()),
                ("periods", models.PositiveSmallIntegerField(null=True)),
                ("period_months", models.PositiveSmallIntegerField()),
                ("rate_pct", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ("day_count", models.TextField()),
                ("overdue_rate_pct", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ("penalty_daily_pct", models.DecimalField(decimal_places=5, max_digits=7, null=True)),
                ("grace_days", models.PositiveSmallIntegerField()),
                ("accelerated_on", models.DateField(null=True)),
                ("sued_on", models.DateField(null=True)),
                ("payments", models.JSONField(default=list)),
                ("fees", models.JSONField(default=list)),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE claims_stagedterms SET UNLOGGED", "ALTER TABLE claims_stagedterms SET LOGGED"
        ),
    ]

"""What waits to be looked at for doubts is found by an index: new claims, and changed ones."""

from django.db import migrations, models

WAITING = "UPDATE claims_claim SET unseen = true WHERE state = 'submitted'"


class Migration(migrations.Migration):
    dependencies = [("claims", "0020_raised_and_settled")]
    operations = [
        # Without rewriting the table: only what is submitted waits.
        migrations.AddField(
            "claim", "unseen", models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
        migrations.AlterField(
            "claim", "unseen", models.BooleanField(db_default=True, default=True)
        ),
        migrations.AddIndex(
            "claim",
            models.Index(
                condition=models.Q(("state", "submitted"), ("unseen", True)),
                fields=["id"],
                name="claims_unseen",
            ),
        ),
    ]

"""An act of limitation counts once a reviewer accepted it."""

from django.db import migrations, models

# What lay before a person when they released the claim was looked at then.
SEEN = """
UPDATE claims_limitationact act
SET accepted = true, decided_at = seen.at, decided_by = seen.by
FROM (
    SELECT DISTINCT ON (claim_id) claim_id, at, by FROM claims_review
    WHERE step = 'released' ORDER BY claim_id, at DESC
) seen
WHERE seen.claim_id = act.claim_id AND act.recorded_at <= seen.at
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0021_unseen")]
    operations = [
        migrations.AddField("limitationact", "accepted", models.BooleanField(null=True)),
        migrations.AddField("limitationact", "decided_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "limitationact", "decided_by", models.TextField(blank=True, default="")
        ),
        migrations.RunSQL(SEEN, migrations.RunSQL.noop),
        # Before the table is changed again, what the update left to check is checked.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "limitationact",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted__isnull", True), ("decided_at__isnull", True)),
                    models.Q(("accepted__isnull", False), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="claims_act_decided",
            ),
        ),
        migrations.AddIndex(
            "limitationact",
            models.Index(
                condition=models.Q(("accepted__isnull", True)),
                fields=["recorded_at"],
                name="claims_acts_waiting",
            ),
        ),
    ]

"""When a letter went to the post, and by how many lines of its claim its amount was made."""

from django.db import migrations, models
from django.db.models import F, Q

# Letters that wait tell the amount of when they were typeset. Interest alone makes none untrue.
TOLD = """
UPDATE contact_delivery d SET told_lines = (
    SELECT count(*) FROM claims_line l
    WHERE l.claim_id = a.claim_id AND l.kind NOT IN ('accrued', 'rewound') AND l.booked_at <= d.at
)
FROM contact_attempt a
WHERE a.id = d.attempt_id AND d.file_sha256 <> '' AND a.template NOT LIKE 'door_letter@%'
"""
# Nobody noted it: what was printed longest ago is taken as posted then, as was the custom.
POSTED = "UPDATE contact_delivery SET posted_at = printed_at WHERE printed_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("contact", "0011_letters_opened"), ("claims", "0022_acts_accepted")]
    operations = [
        migrations.AddField("delivery", "posted_at", models.DateTimeField(null=True)),
        migrations.AddField("delivery", "told_lines", models.PositiveIntegerField(null=True)),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.RunSQL(POSTED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "delivery",
            models.CheckConstraint(
                condition=Q(posted_at__isnull=True) | Q(posted_at__gte=F("printed_at")),
                name="contact_printed_before_posted",
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=Q(printed_at__isnull=False, posted_at__isnull=True),
                fields=["printed_at"],
                name="contact_letters_to_post",
            ),
        ),
    ]

"""
What a settled claim goes back to, what of its payments the platform saw, and a step of the desk.

Claims that were settled before any release keep that: their last step at the desk tells it.
"""

from django.db import migrations, models

STATES = [
    ("submitted", "Being verified"),
    ("challenge", "Challenge window"),
    ("ready", "Ready to place"),
    ("listed", "Listed"),
    ("placed", "Being worked"),
    ("closed", "Settled"),
    ("withdrawn", "Withdrawn"),
    ("rejected", "Rejected"),
]
# Before a release no window has an end; before its end nobody could place the claim.
CLOSED_FROM = """
UPDATE claims_claim SET closed_from = CASE
    WHEN challenge_ends_at IS NULL THEN 'submitted' ELSE 'challenge' END
WHERE state = 'closed' AND (challenge_ends_at IS NULL OR closed_at < challenge_ends_at)
"""
PROVEN = """
UPDATE claims_claim AS claim SET proven = seen.amount
FROM (
    SELECT p.claim_id, sum(a.amount) AS amount
    FROM settlement_allocation a JOIN settlement_payment p ON p.id = a.payment_id
    WHERE p.source = 'cashier' AND p.state = 'posted'
    GROUP BY p.claim_id
) seen
WHERE seen.claim_id = claim.id
"""
STEPS = [
    ("seconded", "Checked, a second reviewer decides"),
    ("released", "Released"),
    ("automatic", "Released automatically"),
    ("returned", "Returned to the creditor"),
    ("answered", "Answered by the creditor"),
    ("rejected", "Rejected"),
    ("upheld", "Sample: the release was right"),
    ("overturned", "Sample: the release was wrong"),
    ("raised", "Amount raised by the creditor, to be checked anew"),
]


class Migration(migrations.Migration):
    dependencies = [("claims", "0019_check_wanted"), ("settlement", "0001_initial")]
    operations = [
        migrations.AddField(
            "claim",
            "closed_from",
            models.TextField(blank=True, choices=STATES, db_default=""),
        ),
        migrations.AddField("claim", "proven", models.BigIntegerField(db_default=0, default=0)),
        migrations.RunSQL(CLOSED_FROM, migrations.RunSQL.noop),
        migrations.RunSQL(PROVEN, migrations.RunSQL.noop),
        migrations.AlterField("review", "step", models.TextField(choices=STEPS)),
    ]

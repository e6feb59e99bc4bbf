"""Claims in their challenge window whose notice has left already count from it."""

from django.db import migrations

NOTICED = """
UPDATE claims_claim AS claim SET noticed_at = told.at
FROM (
    SELECT claim_id, min(sent_at) AS at FROM contact_attempt
    WHERE purpose = 'legal_notice' AND template LIKE 'first_notice@%' AND state = 'done'
    GROUP BY claim_id
) told
WHERE told.claim_id = claim.id AND claim.state = 'challenge' AND claim.noticed_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("contact", "0007_explain"), ("claims", "0013_review_desk")]
    operations = [migrations.RunSQL(NOTICED, migrations.RunSQL.noop)]

"""Windows that began when a letter was typeset count from its print, or have not begun."""

from django.db import migrations

# A notice was noted at the moment of its sending, so the two moments tell which letter it was.
FROM_PRINT = """
UPDATE claims_claim AS claim SET
    noticed_at = letter.printed_at,
    challenge_ends_at = claim.challenge_ends_at
        + coalesce(letter.printed_at - claim.noticed_at, interval '0'),
    state = CASE
        WHEN letter.printed_at IS NULL THEN 'challenge'
        WHEN claim.challenge_ends_at + (letter.printed_at - claim.noticed_at) > now()
        THEN 'challenge' ELSE claim.state END
FROM (
    SELECT a.claim_id, a.sent_at, d.printed_at
    FROM contact_delivery d JOIN contact_attempt a ON a.id = d.attempt_id
    WHERE d.file_sha256 <> '' AND a.template LIKE 'first_notice@%'
) letter
WHERE letter.claim_id = claim.id AND letter.sent_at = claim.noticed_at
    AND claim.state IN ('challenge', 'ready')
"""


class Migration(migrations.Migration):
    dependencies = [("contact", "0009_notify_without_waiting"), ("claims", "0019_check_wanted")]
    operations = [migrations.RunSQL(FROM_PRINT, migrations.RunSQL.noop)]

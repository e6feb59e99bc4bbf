"""
A debtor's reasons are kept, each with its moment; one that was corrected is taken from the journal.
"""

import django.db.models.fields.json
from django.db import migrations, models


# Only where a reason was changed; words alone, or other readers, leave it as it was.
TOLD_BEFORE = """
WITH changed AS (
    SELECT e.id, e.at, d.id AS dispute, d.opened_at,
        e.facts -> 'about' ->> 'before' AS before, e.facts -> 'about' ->> 'reason' AS reason,
        lag(e.at) OVER (PARTITION BY d.id ORDER BY e.id) AS since
    FROM journal_entry e JOIN claims_dispute d ON d.id::text = e.facts ->> 'dispute'
    WHERE e.kind = 'claims.dispute-amended'
        AND e.facts -> 'about' ->> 'before' <> e.facts -> 'about' ->> 'reason'
), kept AS (
    SELECT dispute, jsonb_agg(
            jsonb_build_object('reason', before, 'at', coalesce(since, opened_at)) ORDER BY id
        ) || jsonb_build_array(jsonb_build_object(
            'reason', (array_agg(reason ORDER BY id DESC))[1], 'at', max(at)
        )) AS said
    FROM changed GROUP BY dispute
)
UPDATE claims_dispute d SET said = kept.said FROM kept
WHERE d.id = kept.dispute AND d.reason = kept.said -> -1 ->> 'reason'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0035_twin_decisions'),
        ('journal', '0003_no_truncate'),
        ('parties', '0011_tax_status'),
    ]

    operations = [
        migrations.AddField(
            model_name='dispute',
            name='said',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('said', []), ('reason', django.db.models.fields.json.KeyTextTransform('reason', django.db.models.fields.json.KeyTextTransform('-1', 'said'))), _connector='OR'), name='claims_dispute_said_last'),
        ),
        migrations.RunSQL(TOLD_BEFORE, migrations.RunSQL.noop),
    ]

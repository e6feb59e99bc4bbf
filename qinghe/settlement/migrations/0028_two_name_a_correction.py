"""A correction is named by one person, and agreed to by another."""

from django.db import migrations, models

# What one person named before stays corrected; the journal says by whom. No second one is invented.
NAMED = """
UPDATE settlement_objection o SET named_by = coalesce((
        SELECT e.actor FROM journal_entry e
        WHERE e.kind = 'objection.corrected' AND e.subject = 'organisation:' || o.organisation_id
            AND e.facts->>'objection' = o.id::text ORDER BY e.id DESC LIMIT 1
    ), 'system:before'), confirmed_by = 'system:before-two'
WHERE o.state = 'corrected'
"""
BACK = """
UPDATE settlement_objection SET state = 'upheld', correction_id = NULL, named_by = ''
WHERE state = 'named'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('journal', '0003_no_truncate'),
        ('ledger', '0012_quick_postings'),
        ('parties', '0011_tax_status'),
        ('settlement', '0027_entries_by_claim'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='objection',
            name='settlement_objection_two',
        ),
        migrations.RemoveConstraint(
            model_name='objection',
            name='settlement_objection_corrected',
        ),
        migrations.RemoveIndex(
            model_name='objection',
            name='settlement_objection_open',
        ),
        migrations.AddField(
            model_name='objection',
            name='confirmed_by',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='objection',
            name='named_by',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.RunSQL(NAMED, BACK),
        migrations.AlterField(
            model_name='objection',
            name='state',
            field=models.TextField(choices=[('open', 'Objected to: being looked at'), ('upholding', 'Found right: a second person must agree'), ('upheld', 'Objection right: a correction is due'), ('named', 'Correction named: a second person must agree'), ('corrected', 'Objection right: corrected by a booking'), ('dismissed', 'Objection answered: the booking stands')], default='open'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(condition=models.Q(('state__in', ('open', 'upholding', 'upheld', 'named'))), fields=['asked_at'], name='settlement_objection_open'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['upheld', 'named', 'corrected']), _negated=True), models.Q(models.Q(('agreed_by', ''), _negated=True), models.Q(('agreed_by', models.F('answered_by')), _negated=True)), _connector='OR'), name='settlement_objection_two'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('correction__isnull', False), ('state__in', ('named', 'corrected')), models.Q(('named_by', ''), _negated=True)), models.Q(models.Q(('state__in', ('named', 'corrected')), _negated=True), ('correction__isnull', True), ('named_by', '')), _connector='OR'), name='settlement_objection_corrected'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'corrected'), models.Q(('confirmed_by', ''), _negated=True), models.Q(('confirmed_by', models.F('named_by')), _negated=True)), models.Q(models.Q(('state', 'corrected'), _negated=True), ('confirmed_by', '')), _connector='OR'), name='settlement_correction_two'),
        ),
    ]

"""Fees of providers and the bank; one invoice for each rate; objections that two persons uphold."""

import django.db.models.deletion
import qinghe.kernel.ids
from django.db import migrations, models

INVOICES = """
CREATE FUNCTION qinghe_invoice_replaces() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM settlement_invoice AS gone
        JOIN settlement_invoice AS note ON note.cancels_id = gone.id
        WHERE gone.id = NEW.replaces_id AND gone.close_id = NEW.close_id
            AND gone.issuer_id IS NOT DISTINCT FROM NEW.issuer_id
            AND gone.recipient_id = NEW.recipient_id AND gone.currency = NEW.currency
            AND gone.rate = NEW.rate
    ) THEN
        RAISE EXCEPTION 'only what was taken back is issued again'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER replaces BEFORE INSERT ON settlement_invoice
    FOR EACH ROW WHEN (NEW.replaces_id IS NOT NULL) EXECUTE FUNCTION qinghe_invoice_replaces();
"""
UNDO_INVOICES = """
DROP TRIGGER replaces ON settlement_invoice;
DROP FUNCTION qinghe_invoice_replaces();
"""
# One person alone had said that these are right: a second one must agree.
ALONE = "UPDATE settlement_objection SET state = 'upholding' WHERE state = 'upheld'"


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0012_quick_postings'),
        ('parties', '0011_tax_status'),
        ('settlement', '0024_payout_files_voided'),
    ]

    operations = [
        migrations.CreateModel(
            name='Fee',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('provider', models.TextField(blank=True, default='')),
                ('day', models.DateField()),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('note', models.TextField(blank=True, default='')),
                ('state', models.TextField(choices=[('asked', 'A second person must agree'), ('booked', 'Booked'), ('dropped', 'Not booked')], default='asked')),
                ('asked_by', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('agreed_by', models.TextField(blank=True, default='')),
                ('agreed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='invoice',
            name='settlement_invoice_once',
        ),
        migrations.RemoveIndex(
            model_name='objection',
            name='settlement_objection_open',
        ),
        migrations.AddField(
            model_name='invoice',
            name='replaces',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.invoice'),
        ),
        migrations.AddField(
            model_name='objection',
            name='agreed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='objection',
            name='agreed_by',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='objection',
            name='correction',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.transfer'),
        ),
        migrations.AlterField(
            model_name='objection',
            name='state',
            field=models.TextField(choices=[('open', 'Objected to: being looked at'), ('upholding', 'Found right: a second person must agree'), ('upheld', 'Objection right: a correction is due'), ('corrected', 'Objection right: corrected by a booking'), ('dismissed', 'Objection answered: the booking stands')], default='open'),
        ),
        migrations.RunSQL(ALONE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(condition=models.Q(('state__in', ('open', 'upholding', 'upheld'))), fields=['asked_at'], name='settlement_objection_open'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('cancels__isnull', True), ('replaces__isnull', True)), fields=('close', 'issuer', 'recipient', 'currency', 'rate'), name='settlement_invoice_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('cancels__isnull', True), ('replaces__isnull', True), _connector='OR'), name='settlement_invoice_one_matter'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['upheld', 'corrected']), _negated=True), models.Q(models.Q(('agreed_by', ''), _negated=True), models.Q(('agreed_by', models.F('answered_by')), _negated=True)), _connector='OR'), name='settlement_objection_two'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('correction__isnull', False), ('state', 'corrected')), models.Q(models.Q(('state', 'corrected'), _negated=True), ('correction__isnull', True)), _connector='OR'), name='settlement_objection_corrected'),
        ),
        migrations.AddField(
            model_name='fee',
            name='entry',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.statemententry'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='settlement_fee_positive'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry__isnull', True), models.Q(('provider', ''), _negated=True)), models.Q(('entry__isnull', False), ('provider', '')), _connector='OR'), name='settlement_fee_whose'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_by', ''), models.Q(('agreed_by', models.F('asked_by')), _negated=True), _connector='OR'), name='settlement_fee_two'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'booked'), _negated=True), models.Q(('agreed_by', ''), _negated=True), _connector='OR'), name='settlement_fee_agreed'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'dropped'), _negated=True), ('entry__isnull', False)), fields=('entry',), name='settlement_fee_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.UniqueConstraint(condition=models.Q(('entry__isnull', True), ('state', 'asked')), fields=('provider', 'currency', 'day'), name='settlement_fee_asked_once'),
        ),
        migrations.RunSQL(INVOICES, UNDO_INVOICES),
    ]

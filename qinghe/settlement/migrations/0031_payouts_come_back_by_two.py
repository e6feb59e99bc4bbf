"""What left comes back by a statement or by two persons; that stands in the database too."""

import django.db.models.deletion
import qinghe.kernel.ids
from django.db import migrations, models

GUARD = """
CREATE FUNCTION qinghe_settlement_payout_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state = 'paid' OR EXISTS (
            SELECT FROM settlement_statemententry e
            WHERE NOT e.credit AND e.explained <> '' AND e.explained = OLD.number))
        AND NOT EXISTS (
            SELECT FROM settlement_payoutreturn r
            WHERE r.payout_id = OLD.id AND r.agreed_at IS NOT NULL)
        AND NOT EXISTS (
            SELECT FROM settlement_suspense s
            WHERE s.wish = 'return' AND s.wish_note = OLD.number)
    THEN
        RAISE EXCEPTION 'what left comes back by a statement or by two persons'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payout_left BEFORE UPDATE OF state ON settlement_payout
    FOR EACH ROW WHEN (NEW.state = 'failed' AND OLD.state IN ('sent', 'paid'))
    EXECUTE FUNCTION qinghe_settlement_payout_left();
"""
UNGUARD = """
DROP TRIGGER payout_left ON settlement_payout;
DROP FUNCTION qinghe_settlement_payout_left;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0011_tax_status'),
        ('settlement', '0030_reversal_asked_for'),
    ]

    operations = [
        migrations.CreateModel(
            name='PayoutReturn',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.TextField(blank=True, default='')),
                ('reason', models.TextField()),
                ('asked_by', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('agreed_by', models.TextField(blank=True, default='')),
                ('agreed_at', models.DateTimeField(null=True)),
                ('dropped_by', models.TextField(blank=True, default='')),
                ('dropped_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='statemententry',
            index=models.Index(condition=models.Q(('credit', False), models.Q(('explained', ''), _negated=True)), fields=['explained'], name='settlement_entry_explained'),
        ),
        migrations.AddField(
            model_name='payoutreturn',
            name='payout',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.payout'),
        ),
        migrations.AddConstraint(
            model_name='payoutreturn',
            constraint=models.UniqueConstraint(condition=models.Q(('agreed_at__isnull', True), ('dropped_at__isnull', True)), fields=('payout',), name='settlement_return_one_asked'),
        ),
        migrations.AddConstraint(
            model_name='payoutreturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', True), ('agreed_by', '')), models.Q(models.Q(('agreed_by', ''), _negated=True), models.Q(('agreed_by', models.F('asked_by')), _negated=True), ('agreed_at__isnull', False), ('dropped_at__isnull', True)), _connector='OR'), name='settlement_return_two'),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]

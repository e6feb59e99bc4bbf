"""
The file of a run may be voided by two persons; money told twice waits for a person.

The law that a file is made once stands, but for a file whose voiding a second person agreed to.
"""

import django.db.models.deletion
import qinghe.kernel.ids
from django.db import migrations, models


GUARD = """
CREATE OR REPLACE FUNCTION qinghe_settlement_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.file_sha256 <> '' AND NOT (
        OLD.state = 'approved' AND NEW.state = 'approved' AND NEW.file_sha256 = ''
        AND (NEW.count, NEW.total, NEW.currency) = (OLD.count, OLD.total, OLD.currency)
        AND EXISTS (SELECT 1 FROM settlement_voidedfile v WHERE v.run_id = OLD.id
            AND v.sha256 = OLD.file_sha256 AND v.made_at = OLD.file_at
            AND v.agreed_at IS NOT NULL)
    ) AND
        (NEW.file_sha256, NEW.file_format, NEW.count, NEW.total, NEW.currency) IS DISTINCT FROM
        (OLD.file_sha256, OLD.file_format, OLD.count, OLD.total, OLD.currency)
    THEN
        RAISE EXCEPTION 'the file of a run is made once' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'draft>approved', 'draft>dropped', 'approved>dropped', 'approved>sent', 'sent>done'])
    THEN
        RAISE EXCEPTION 'a run goes no way from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'dropped' AND OLD.file_sha256 <> '' THEN
        RAISE EXCEPTION 'a run whose file was made may be with the bank'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
UNGUARD = """
CREATE OR REPLACE FUNCTION qinghe_settlement_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.file_sha256 <> '' AND
        (NEW.file_sha256, NEW.file_format, NEW.count, NEW.total, NEW.currency) IS DISTINCT FROM
        (OLD.file_sha256, OLD.file_format, OLD.count, OLD.total, OLD.currency)
    THEN
        RAISE EXCEPTION 'the file of a run is made once' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'draft>approved', 'draft>dropped', 'approved>dropped', 'approved>sent', 'sent>done'])
    THEN
        RAISE EXCEPTION 'a run goes no way from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'dropped' AND OLD.file_sha256 <> '' THEN
        RAISE EXCEPTION 'a run whose file was made may be with the bank'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0023_debits_go_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='payoutrun',
            name='executes_on',
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name='suspense',
            name='wish',
            field=models.TextField(blank=True, choices=[('', 'Nobody proposed anything'), ('assign', 'Pays a claim'), ('known', 'In the books already'), ('return', 'A payout that came back')], default=''),
        ),
        migrations.CreateModel(
            name='Twin',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('state', models.TextField(choices=[('open', 'Perhaps the same'), ('same', 'The same money'), ('other', 'Another payment')], default='open')),
                ('told_by', models.TextField(blank=True, default='')),
                ('told_at', models.DateTimeField(null=True)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.statemententry')),
                ('stands', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.statemententry')),
            ],
            options={
                'indexes': [models.Index(fields=['stands'], name='settlement_twin_stands')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'open'), ('told_at__isnull', True), ('told_by', '')), models.Q(models.Q(('state', 'open'), _negated=True), models.Q(('told_by', ''), _negated=True), ('told_at__isnull', False)), _connector='OR'), name='settlement_twin_told')],
            },
        ),
        migrations.CreateModel(
            name='VoidedFile',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('sha256', models.TextField()),
                ('file_format', models.TextField(choices=[('pain.001.001.09', 'ISO 20022 pain.001.001.09'), ('pain.001.001.03', 'ISO 20022 pain.001.001.03'), ('cn-csv', 'Chinese bank, batch payment (CSV, GB18030)')])),
                ('executes_on', models.DateField(null=True)),
                ('made_by', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('asked_by', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('agreed_by', models.TextField(blank=True, default='')),
                ('agreed_at', models.DateTimeField(null=True)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.payoutrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('agreed_at__isnull', True)), fields=('run',), name='settlement_void_one_asked'), models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', True), ('agreed_by', '')), models.Q(models.Q(('agreed_by', ''), _negated=True), models.Q(('agreed_by', models.F('asked_by')), _negated=True), ('agreed_at__isnull', False)), _connector='OR'), name='settlement_void_two')],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]

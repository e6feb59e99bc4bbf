"""Two persons close a month; its statements are kept, and their files are added once."""

import django.db.models.deletion
import qinghe.kernel.ids
from django.db import migrations, models

SQL = """
CREATE FUNCTION qinghe_statement_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.pdf <> ''
        OR to_jsonb(NEW) - '{pdf,csv,xlsx}'::text[] <> to_jsonb(OLD) - '{pdf,csv,xlsx}'::text[] THEN
        RAISE EXCEPTION 'a kept statement does not change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON settlement_keptstatement
    FOR EACH ROW EXECUTE FUNCTION qinghe_statement_kept();
CREATE FUNCTION qinghe_month_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' AND (TG_OP = 'DELETE' OR OLD.stated_at IS NOT NULL
        OR to_jsonb(NEW) - 'stated_at' <> to_jsonb(OLD) - 'stated_at') THEN
        RAISE EXCEPTION 'a closed month is never opened'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER closed BEFORE UPDATE OR DELETE ON settlement_monthclose
    FOR EACH ROW EXECUTE FUNCTION qinghe_month_closed();
"""
UNDO = """
DROP TRIGGER closed ON settlement_monthclose;
DROP FUNCTION qinghe_month_closed();
DROP TRIGGER kept ON settlement_keptstatement;
DROP FUNCTION qinghe_statement_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0011_closed_months'),
        ('parties', '0010_sanctioned'),
        ('settlement', '0014_payout_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthClose',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('state', models.TextField(choices=[('asked', 'Waits for a second person'), ('closed', 'Closed'), ('dropped', 'Taken back')], default='asked')),
                ('asked_by', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('explanation', models.TextField(blank=True, db_default='', default='')),
                ('confirmed_by', models.TextField(blank=True, db_default='', default='')),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('open_matters', models.JSONField(default=list)),
                ('stated_at', models.DateTimeField(null=True)),
                ('period', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.period')),
            ],
        ),
        migrations.CreateModel(
            name='KeptStatement',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.TextField(unique=True)),
                ('organisation_name', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('opening', models.BigIntegerField()),
                ('closing', models.BigIntegerField()),
                ('language', models.TextField()),
                ('pdf', models.TextField(blank=True, db_default='', default='')),
                ('csv', models.TextField(blank=True, db_default='', default='')),
                ('xlsx', models.TextField(blank=True, db_default='', default='')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('close', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.monthclose')),
            ],
        ),
        migrations.AddConstraint(
            model_name='monthclose',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'dropped'), _negated=True), fields=('month',), name='settlement_close_once'),
        ),
        migrations.AddConstraint(
            model_name='monthclose',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(models.Q(('confirmed_by', ''), _negated=True), models.Q(('confirmed_by', models.F('asked_by')), _negated=True), ('confirmed_at__isnull', False), ('period__isnull', False)), _connector='OR'), name='settlement_close_two'),
        ),
        migrations.AddConstraint(
            model_name='monthclose',
            constraint=models.CheckConstraint(condition=models.Q(('stated_at__isnull', True), ('state', 'closed'), _connector='OR'), name='settlement_close_stated'),
        ),
        migrations.AddIndex(
            model_name='keptstatement',
            index=models.Index(condition=models.Q(('pdf', '')), fields=['close'], name='settlement_statement_to_make'),
        ),
        migrations.AddConstraint(
            model_name='keptstatement',
            constraint=models.UniqueConstraint(fields=('close', 'organisation', 'currency'), name='settlement_kept_statement_once'),
        ),
        migrations.AddConstraint(
            model_name='keptstatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('csv', ''), ('pdf', ''), ('xlsx', '')), models.Q(models.Q(('pdf', ''), _negated=True), models.Q(('csv', ''), _negated=True), models.Q(('xlsx', ''), _negated=True)), _connector='OR'), name='settlement_statement_whole'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]

"""
Amounts that are set aside, and posted or let go later.

What is set aside stands on both accounts beside their balances, and the sign of an account counts
it, so that nothing can be taken twice. A row is settled once; settling it gives the accounts back
what they kept and, if it is posted, books the transfer under the same id, all in one statement.
"""

import django.db.models.deletion
import django.db.models.expressions
import qinghe.kernel.ids
from django.db import migrations, models

SQL = """
DROP TRIGGER guard ON ledger_account;
DROP TRIGGER begun ON ledger_account;
CREATE TRIGGER guard BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN (pg_trigger_depth() = 0
        AND (OLD.balance, OLD.moved_on, OLD.pending_debit, OLD.pending_credit)
            IS DISTINCT FROM (NEW.balance, NEW.moved_on, NEW.pending_debit, NEW.pending_credit))
    EXECUTE FUNCTION qinghe_ledger_refuse('a balance moves only with a transfer');
CREATE TRIGGER begun BEFORE INSERT ON ledger_account FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (NEW.balance <> 0 OR NEW.moved_on IS NOT NULL
        OR NEW.pending_debit <> 0 OR NEW.pending_credit <> 0))
    EXECUTE FUNCTION qinghe_ledger_refuse('an account starts at zero');

CREATE TRIGGER begun BEFORE INSERT ON ledger_pending FOR EACH ROW WHEN (NEW.state <> 'pending')
    EXECUTE FUNCTION qinghe_ledger_refuse('what is set aside begins as pending');
CREATE TRIGGER settled_once BEFORE UPDATE ON ledger_pending FOR EACH ROW
    WHEN (OLD.state <> 'pending' OR NEW.state = 'pending'
        OR (OLD.id, OLD.debit_id, OLD.credit_id, OLD.amount, OLD.currency, OLD.kind, OLD.subject,
            OLD.at, OLD.expires_at)
        IS DISTINCT FROM (NEW.id, NEW.debit_id, NEW.credit_id, NEW.amount, NEW.currency, NEW.kind,
            NEW.subject, NEW.at, NEW.expires_at))
    EXECUTE FUNCTION qinghe_ledger_refuse('what is set aside is settled once and never changed');
CREATE TRIGGER kept BEFORE DELETE ON ledger_pending FOR EACH ROW
    EXECUTE FUNCTION qinghe_ledger_refuse('what was set aside is never deleted');
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_pending FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();

-- `told` is what was set aside (sign 1), or what is settled (sign -1).
CREATE FUNCTION qinghe_ledger_set_aside() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    sign int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
    ids uuid[];
    currencies text[];
    debits bigint[];
    credits bigint[];
    moved bigint;
BEGIN
    SELECT array_agg(m.id), array_agg(m.currency), array_agg(m.debit), array_agg(m.credit)
        INTO ids, currencies, debits, credits
        FROM (
            SELECT e.id, e.currency, sum(e.debit)::bigint AS debit, sum(e.credit)::bigint AS credit
            FROM (
                SELECT debit_id AS id, currency, amount AS debit, 0 AS credit FROM told
                UNION ALL SELECT credit_id, currency, 0, amount FROM told
            ) AS e GROUP BY e.id, e.currency ORDER BY e.id
        ) AS m;
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM ledger_account WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE ledger_account a SET pending_debit = a.pending_debit + sign * m.debit,
            pending_credit = a.pending_credit + sign * m.credit
        FROM unnest(ids, currencies, debits, credits) AS m (id, currency, debit, credit)
        WHERE a.id = m.id AND a.currency = m.currency;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(ids) THEN
        RAISE EXCEPTION 'a transfer stays in one currency, between accounts that exist'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO ledger_transfer (id, debit_id, credit_id, amount, currency, kind, subject, at)
            SELECT id, debit_id, credit_id, posted, currency, kind, subject, settled_at FROM told
            WHERE state = 'posted';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER set_aside AFTER INSERT ON ledger_pending REFERENCING NEW TABLE AS told
    FOR EACH STATEMENT EXECUTE FUNCTION qinghe_ledger_set_aside();
CREATE TRIGGER settle AFTER UPDATE ON ledger_pending REFERENCING NEW TABLE AS told
    FOR EACH STATEMENT EXECUTE FUNCTION qinghe_ledger_set_aside();
"""
UNDO = """
DROP TRIGGER settle ON ledger_pending;
DROP TRIGGER set_aside ON ledger_pending;
DROP FUNCTION qinghe_ledger_set_aside();
DROP TRIGGER never_emptied ON ledger_pending;
DROP TRIGGER kept ON ledger_pending;
DROP TRIGGER settled_once ON ledger_pending;
DROP TRIGGER begun ON ledger_pending;
DROP TRIGGER begun ON ledger_account;
DROP TRIGGER guard ON ledger_account;
CREATE TRIGGER guard BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN (pg_trigger_depth() = 0
        AND (OLD.balance, OLD.moved_on) IS DISTINCT FROM (NEW.balance, NEW.moved_on))
    EXECUTE FUNCTION qinghe_ledger_refuse('a balance moves only with a transfer');
CREATE TRIGGER begun BEFORE INSERT ON ledger_account FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (NEW.balance <> 0 OR NEW.moved_on IS NOT NULL))
    EXECUTE FUNCTION qinghe_ledger_refuse('an account starts at zero');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0008_days'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pending',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('kind', models.TextField()),
                ('subject', models.TextField()),
                ('at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('state', models.TextField(choices=[('pending', 'Pending'), ('posted', 'Posted'), ('voided', 'Voided'), ('timed_out', 'Timed Out')], default='pending')),
                ('posted', models.BigIntegerField(default=0)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='ledger_debit_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='ledger_credit_not_positive',
        ),
        migrations.AddField(
            model_name='account',
            name='pending_credit',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='account',
            name='pending_debit',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('side', 'debit'), _negated=True), ('balance__gte', models.F('pending_credit')), _connector='OR'), name='ledger_debit_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('side', 'credit'), _negated=True), ('balance__lte', django.db.models.expressions.CombinedExpression(models.Value(0), '-', models.F('pending_debit'))), _connector='OR'), name='ledger_credit_not_positive'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('pending_credit__gte', 0), ('pending_debit__gte', 0)), name='ledger_pending_not_negative'),
        ),
        migrations.AddField(
            model_name='pending',
            name='credit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
        ),
        migrations.AddField(
            model_name='pending',
            name='debit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
        ),
        migrations.AddIndex(
            model_name='pending',
            index=models.Index(fields=['subject'], name='ledger_pending_subject'),
        ),
        migrations.AddIndex(
            model_name='pending',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['expires_at'], name='ledger_pending_due'),
        ),
        migrations.AddConstraint(
            model_name='pending',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='ledger_pending_positive'),
        ),
        migrations.AddConstraint(
            model_name='pending',
            constraint=models.CheckConstraint(condition=models.Q(('debit', models.F('credit')), _negated=True), name='ledger_pending_two_accounts'),
        ),
        migrations.AddConstraint(
            model_name='pending',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('at'))), name='ledger_pending_for_a_while'),
        ),
        migrations.AddConstraint(
            model_name='pending',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('posted', 0), ('settled_at__isnull', True), ('state', 'pending')), models.Q(('posted__gt', 0), ('posted__lte', models.F('amount')), ('settled_at__gte', models.F('at')), ('settled_at__isnull', False), ('settled_at__lt', models.F('expires_at')), ('state', 'posted')), models.Q(('posted', 0), ('settled_at__gte', models.F('at')), ('settled_at__isnull', False), ('state', 'voided')), models.Q(('posted', 0), ('settled_at__gte', models.F('expires_at')), ('settled_at__isnull', False), ('state', 'timed_out')), _connector='OR'), name='ledger_pending_settled_as_it_says'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]

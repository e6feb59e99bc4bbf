"""
Evidence gets what was found in it, its scan and its versions. The database itself keeps it: no row is
deleted, no row changes but for its scan and for being replaced, and no claim is released without one.
"""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION claims_evidence_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := ARRAY['scan', 'scanned_at', 'superseded_at', 'superseded_because'];
BEGIN
    IF TG_OP = 'DELETE'
        OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
        OR (OLD.superseded_at IS NOT NULL AND (NEW.superseded_at, NEW.superseded_because)
            IS DISTINCT FROM (OLD.superseded_at, OLD.superseded_because))
        OR (OLD.scan <> 'waiting' AND (NEW.scan, NEW.scanned_at)
            IS DISTINCT FROM (OLD.scan, OLD.scanned_at))
    THEN
        RAISE EXCEPTION 'append-only: % of % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON claims_evidence
    FOR EACH ROW EXECUTE FUNCTION claims_evidence_kept();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON claims_evidence FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();
CREATE FUNCTION claims_released_with_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM claims_evidence e WHERE e.claim_id = NEW.id AND e.superseded_at IS NULL
            AND e.scan IN ('unchecked', 'clean'))
    THEN
        RAISE EXCEPTION 'claim % has no evidence', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER released_with_proof BEFORE UPDATE OF state ON claims_claim FOR EACH ROW
    WHEN (OLD.state = 'submitted' AND NEW.state = 'challenge')
    EXECUTE FUNCTION claims_released_with_proof();
"""
UNDO = """
DROP TRIGGER released_with_proof ON claims_claim;
DROP FUNCTION claims_released_with_proof();
DROP TRIGGER never_emptied ON claims_evidence;
DROP TRIGGER append_only ON claims_evidence;
DROP FUNCTION claims_evidence_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0009_staged_not_logged'),
        ('journal', '0003_no_truncate'),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='assignments',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='evidence',
            name='findings',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='evidence',
            name='replaces',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='claims.evidence'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='report',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='evidence',
            name='scan',
            field=models.TextField(choices=[('unchecked', 'Not scanned'), ('waiting', 'Waits for the scanner'), ('clean', 'Scanned, nothing found'), ('infected', 'Malware found')], db_default='unchecked', default='unchecked'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='scanned_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='evidence',
            name='superseded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='evidence',
            name='superseded_because',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='kind',
            field=models.TextField(choices=[('contract', 'Contract'), ('transfer', 'Proof of payment to the debtor'), ('statement', 'Account statement'), ('assignment', 'Assignment of the claim'), ('notice', 'Notice of the assignment to the debtor'), ('invoice', 'Invoice'), ('delivery', 'Delivery note or acceptance'), ('judgment', 'Court title'), ('mediation', 'Mediation agreement'), ('authorisation', 'Proof that the debtor signed in person'), ('other', 'Other')]),
        ),
        migrations.AddIndex(
            model_name='evidence',
            index=models.Index(condition=models.Q(('scan', 'waiting')), fields=['uploaded_at'], name='claims_evidence_waiting'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('superseded_at__isnull', True), models.Q(('superseded_because', ''), _negated=True), _connector='OR'), name='claims_evidence_replaced_why'),
        ),
        migrations.RunSQL(GUARD, UNDO),
    ]

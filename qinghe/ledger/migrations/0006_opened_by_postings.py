"""
An account may begin with the balance that its first transfer explains, in the same statement.

A batch of claims opens an account for each line: written at zero, locked, and written again with
its balance, every row was made twice. Now a posting may name accounts to open (in the temporary
table `ledger_opening`: id, path, side); a transfer whose id is that of such an account opens it.
Only the trigger that moves balances can write an account that does not begin at zero. What is
opened here nobody else can see yet, so it needs no lock.
"""

import django.db.models.deletion
from django.db import migrations, models

SQL = """
CREATE OR REPLACE FUNCTION qinghe_ledger_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    opened bigint := 0;
BEGIN
    IF to_regclass('pg_temp.ledger_opening') IS NOT NULL THEN
        INSERT INTO ledger_account (id, path, currency, side, balance)
            SELECT p.id, o.path, p.currency, o.side, p.amount
            FROM posted p JOIN pg_temp.ledger_opening o ON o.id = p.id
            WHERE p.debit_id = p.id ORDER BY p.id;
        GET DIAGNOSTICS opened = ROW_COUNT;
    END IF;
    IF opened > 0 AND opened <> (SELECT count(*) FROM posted WHERE debit_id = id) THEN
        RAISE EXCEPTION 'a statement opens all accounts of its opening transfers or none'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM 1 FROM ledger_account
        WHERE id IN (
            SELECT debit_id FROM posted WHERE opened = 0 OR debit_id <> id
            UNION SELECT credit_id FROM posted
        )
        ORDER BY id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM (
            SELECT debit_id AS id, currency FROM posted WHERE opened = 0 OR debit_id <> id
            UNION SELECT credit_id, currency FROM posted
        ) AS named JOIN ledger_account a ON a.id = named.id
        WHERE a.currency <> named.currency
    ) THEN
        RAISE EXCEPTION 'a transfer stays in one currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE ledger_account a SET balance = a.balance + moved.total
        FROM (
            SELECT id, sum(amount) AS total FROM (
                SELECT debit_id AS id, amount FROM posted WHERE opened = 0 OR debit_id <> id
                UNION ALL SELECT credit_id, -amount FROM posted
            ) AS entries GROUP BY id
        ) AS moved
        WHERE a.id = moved.id AND moved.total <> 0;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION qinghe_ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.balance IS DISTINCT FROM OLD.balance
        AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance moves only with a transfer'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.balance <> 0 AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'an account starts at zero'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
ALTER TABLE ledger_account SET (fillfactor = 80);
"""
UNDO = """
ALTER TABLE ledger_account SET (fillfactor = 50);
CREATE OR REPLACE FUNCTION qinghe_ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.balance IS DISTINCT FROM OLD.balance
        AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a balance moves only with a transfer'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.balance <> 0 THEN
        RAISE EXCEPTION 'an account starts at zero'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION qinghe_ledger_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ledger_account
        WHERE id IN (SELECT debit_id FROM posted UNION SELECT credit_id FROM posted)
        ORDER BY id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM posted p
        JOIN ledger_account d ON d.id = p.debit_id JOIN ledger_account c ON c.id = p.credit_id
        WHERE d.currency <> p.currency OR c.currency <> p.currency
    ) THEN
        RAISE EXCEPTION 'a transfer stays in one currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE ledger_account a SET balance = a.balance + moved.total
        FROM (
            SELECT id, sum(amount) AS total FROM (
                SELECT debit_id AS id, amount FROM posted
                UNION ALL SELECT credit_id, -amount FROM posted
            ) AS entries GROUP BY id
        ) AS moved
        WHERE a.id = moved.id AND moved.total <> 0;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_room_for_balances")]
    operations = [
        migrations.RunSQL(SQL, UNDO),
        # What is reversed once and only once needs one index, and rows that reverse nothing none.
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                condition=models.Q(reverses__isnull=False),
                fields=("reverses",),
                name="ledger_undone_once",
            ),
        ),
        migrations.RemoveConstraint(model_name="transfer", name="ledger_reversed_once"),
        migrations.AlterField(
            model_name="transfer",
            name="reverses",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.transfer",
            ),
        ),
    ]

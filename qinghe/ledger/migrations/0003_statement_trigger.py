"""
Move balances once per statement, not once per transfer.

A batch of a million claims credits one account a million times: row by row that account would be
rewritten a million times in one transaction. The sum is the same, and every account is still locked
in one order.
"""

from django.db import migrations

SQL = """
DROP TRIGGER move ON ledger_transfer;
DROP FUNCTION qinghe_ledger_move();
CREATE FUNCTION qinghe_ledger_move() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER move AFTER INSERT ON ledger_transfer REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION qinghe_ledger_move();
"""
UNDO = """
DROP TRIGGER move ON ledger_transfer;
DROP FUNCTION qinghe_ledger_move();
CREATE FUNCTION qinghe_ledger_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    currencies text[];
BEGIN
    PERFORM 1 FROM ledger_account WHERE id IN (NEW.debit_id, NEW.credit_id) ORDER BY id FOR UPDATE;
    SELECT array_agg(DISTINCT currency) INTO currencies
        FROM ledger_account WHERE id IN (NEW.debit_id, NEW.credit_id);
    IF currencies <> ARRAY[NEW.currency]::text[] THEN
        RAISE EXCEPTION 'a transfer stays in one currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    UPDATE ledger_account SET balance = balance + NEW.amount WHERE id = NEW.debit_id;
    UPDATE ledger_account SET balance = balance - NEW.amount WHERE id = NEW.credit_id;
    RETURN NULL;
END $$;
CREATE TRIGGER move AFTER INSERT ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION qinghe_ledger_move();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_balances")]
    operations = [migrations.RunSQL(SQL, UNDO)]

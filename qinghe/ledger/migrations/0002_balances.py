"""
A transfer moves the two balances itself, in one lock order; nothing else may touch a balance.

Transfers are append-only: a correction is a transfer that reverses another.
"""

from django.db import migrations

SQL = """
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

CREATE FUNCTION qinghe_ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION qinghe_ledger_guard();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION qinghe_append_only();
"""
UNDO = """
DROP TRIGGER append_only ON ledger_transfer;
DROP TRIGGER guard ON ledger_account;
DROP FUNCTION qinghe_ledger_guard();
DROP TRIGGER move ON ledger_transfer;
DROP FUNCTION qinghe_ledger_move();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("journal", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, UNDO)]

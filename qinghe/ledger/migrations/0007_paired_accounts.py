"""
What waits for somebody else's money is as much as that one owes; only own money is lent.

Looked at when a transaction ends, in the database itself: whichever way the postings came. Commission
on money a creditor received stays as large as what the creditor owes, so that nobody is paid from
it; what must be given back stays as large as what the platform lent; and the platform never lends
more than its own.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION qinghe_ledger_paired() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner text := regexp_replace(NEW.path, ':[^:]+$', '');
    pair text[];
BEGIN
    IF NEW.path = 'platform:own' THEN
        IF TG_OP = 'UPDATE' AND NEW.balance > OLD.balance
            AND (SELECT balance FROM ledger_account WHERE id = NEW.id) > 0 THEN
            RAISE EXCEPTION 'only own money can be lent'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END IF;
    IF NEW.path LIKE '%:commission\\_due' OR NEW.path LIKE '%:uncovered' THEN
        pair := ARRAY[owner || ':commission_due', owner || ':uncovered'];
    ELSE
        pair := ARRAY[owner || ':clawback', owner || ':advanced'];
    END IF;
    IF (SELECT sum(balance) FROM ledger_account
        WHERE path = ANY (pair) AND currency = NEW.currency) <> 0 THEN
        RAISE EXCEPTION 'the accounts % differ', pair
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER paired AFTER INSERT OR UPDATE ON ledger_account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.path LIKE '%:commission\\_due' OR NEW.path LIKE '%:uncovered'
        OR NEW.path LIKE '%:clawback' OR NEW.path LIKE '%:advanced' OR NEW.path = 'platform:own')
    EXECUTE FUNCTION qinghe_ledger_paired();
"""
UNDO = """
DROP TRIGGER paired ON ledger_account;
DROP FUNCTION qinghe_ledger_paired();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_opened_by_postings")]
    operations = [migrations.RunSQL(SQL, UNDO)]

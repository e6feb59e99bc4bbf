"""
Emptying the journal at a stroke is refused too; row triggers do not see it.

Databases of tests are emptied between tests; they are told by their name.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION qinghe_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON journal_entry FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON journal_batch FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON journal_leaf FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();
"""
UNDO = """
DROP TRIGGER never_emptied ON journal_entry;
DROP TRIGGER never_emptied ON journal_batch;
DROP TRIGGER never_emptied ON journal_leaf;
DROP FUNCTION qinghe_never_emptied();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    operations = [migrations.RunSQL(SQL, UNDO)]

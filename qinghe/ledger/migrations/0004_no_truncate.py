"""The books cannot be emptied at a stroke either."""

from django.db import migrations

SQL = """
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_transfer FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_account FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();
"""
UNDO = """
DROP TRIGGER never_emptied ON ledger_transfer;
DROP TRIGGER never_emptied ON ledger_account;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_statement_trigger"), ("journal", "0003_no_truncate")]
    operations = [migrations.RunSQL(SQL, UNDO)]

"""Nothing in the journal is ever changed or deleted: the database refuses, whoever asks."""

from django.db import migrations

SQL = """
CREATE FUNCTION qinghe_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION qinghe_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_batch
    FOR EACH ROW EXECUTE FUNCTION qinghe_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_leaf
    FOR EACH ROW EXECUTE FUNCTION qinghe_append_only();
"""
UNDO = """
DROP TRIGGER append_only ON journal_entry;
DROP TRIGGER append_only ON journal_batch;
DROP TRIGGER append_only ON journal_leaf;
DROP FUNCTION qinghe_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]

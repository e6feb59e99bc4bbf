"""What the bank said is never altered nor deleted; only what explains money that went out is added."""

from django.db import migrations

SQL = """
CREATE FUNCTION settlement_entry_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an entry of the bank is never deleted';
    END IF;
    IF OLD.explained <> '' OR (to_jsonb(NEW) - 'explained' - 'explained_by')
        <> (to_jsonb(OLD) - 'explained' - 'explained_by') THEN
        RAISE EXCEPTION 'an entry of the bank is never altered';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_stands BEFORE UPDATE OR DELETE ON settlement_statemententry
    FOR EACH ROW EXECUTE FUNCTION settlement_entry_stands();
"""
UNDO = """
DROP TRIGGER entry_stands ON settlement_statemententry;
DROP FUNCTION settlement_entry_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0010_bank_statements")]
    operations = [migrations.RunSQL(SQL, UNDO)]

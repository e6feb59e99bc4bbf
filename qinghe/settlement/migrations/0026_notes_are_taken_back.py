"""A person's note on money that went out may be taken back; a number, and a booked fee, stand."""

from django.db import migrations

HEAD = """
CREATE OR REPLACE FUNCTION settlement_entry_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an entry of the bank is never deleted';
    END IF;
"""
TAIL = """
        OR (to_jsonb(NEW) - 'explained' - 'explained_by')
        <> (to_jsonb(OLD) - 'explained' - 'explained_by') THEN
        RAISE EXCEPTION 'an entry of the bank is never altered';
    END IF;
    RETURN NEW;
END $$;
"""
SQL = (
    HEAD
    + """
    IF (OLD.explained <> '' AND NOT (
            NEW.explained = '' AND NEW.explained_by = '' AND OLD.explained_by NOT LIKE 'system:%'
            AND NOT EXISTS (
                SELECT 1 FROM settlement_fee f WHERE f.entry_id = OLD.id AND f.state = 'booked'
            )))
"""
    + TAIL
)
UNDO = HEAD + "    IF OLD.explained <> ''" + TAIL


class Migration(migrations.Migration):
    dependencies = [("settlement", "0025_books_told_fully")]
    operations = [migrations.RunSQL(SQL, UNDO)]

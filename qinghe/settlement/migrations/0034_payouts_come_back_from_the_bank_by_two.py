"""What is with the bank comes back by its own word or by two; that stands in the database too."""

from django.db import migrations, models

GUARD = """
CREATE OR REPLACE FUNCTION qinghe_settlement_payout_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.answers_sha256 = '' OR OLD.state = 'paid' OR EXISTS (
            SELECT FROM settlement_statemententry e
            WHERE NOT e.credit AND e.explained <> '' AND e.explained = OLD.number))
        AND NOT EXISTS (
            SELECT FROM settlement_payoutreturn r
            WHERE r.payout_id = OLD.id AND r.agreed_at IS NOT NULL)
        AND NOT EXISTS (
            SELECT FROM settlement_suspense s
            WHERE s.wish = 'return' AND s.wish_note = OLD.number)
    THEN
        RAISE EXCEPTION 'what the bank has comes back by its word or by two persons'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
# As it was: what no statement shows came back by one.
UNGUARD = """
CREATE OR REPLACE FUNCTION qinghe_settlement_payout_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state = 'paid' OR EXISTS (
            SELECT FROM settlement_statemententry e
            WHERE NOT e.credit AND e.explained <> '' AND e.explained = OLD.number))
        AND NOT EXISTS (
            SELECT FROM settlement_payoutreturn r
            WHERE r.payout_id = OLD.id AND r.agreed_at IS NOT NULL)
        AND NOT EXISTS (
            SELECT FROM settlement_suspense s
            WHERE s.wish = 'return' AND s.wish_note = OLD.number)
    THEN
        RAISE EXCEPTION 'what left comes back by a statement or by two persons'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0033_statements_compared")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="answers_sha256",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]

"""What Python must not be trusted with alone: the states of payouts and runs, and their facts."""

from django.db import migrations

GUARD = """
CREATE FUNCTION qinghe_settlement_payout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.organisation_id, NEW.amount, NEW.currency, NEW.prepared_by)
        IS DISTINCT FROM
        (OLD.number, OLD.organisation_id, OLD.amount, OLD.currency, OLD.prepared_by)
    THEN
        RAISE EXCEPTION 'what a payout is about never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'draft>approved', 'draft>dropped', 'approved>draft', 'approved>sent', 'approved>paid',
        'approved>dropped', 'sent>paid', 'sent>failed', 'paid>failed'])
    THEN
        RAISE EXCEPTION 'a payout goes no way from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'draft' AND OLD.state = 'approved' AND NEW.run_id IS NOT NULL THEN
        RAISE EXCEPTION 'a payout leaves its run before it is a draft again'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.run_id IS NOT NULL AND (NEW.run_id, NEW.account_id) IS DISTINCT FROM
        (OLD.run_id, OLD.account_id)
        AND EXISTS (SELECT 1 FROM settlement_payoutrun r
            WHERE r.id = OLD.run_id AND r.file_sha256 <> '')
    THEN
        RAISE EXCEPTION 'a payout stays in a run whose file was made'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.run_id IS NOT NULL AND NEW.run_id IS DISTINCT FROM OLD.run_id
        AND NOT EXISTS (SELECT 1 FROM settlement_payoutrun r
            WHERE r.id = NEW.run_id AND r.state = 'draft')
    THEN
        RAISE EXCEPTION 'a payout joins a run before it is approved'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('sent', 'paid') AND OLD.state = 'approved' AND NEW.run_id IS NOT NULL
        AND (NEW.state = 'paid' OR NOT EXISTS (SELECT 1 FROM settlement_payoutrun r
            WHERE r.id = NEW.run_id AND r.file_sha256 <> ''))
    THEN
        RAISE EXCEPTION 'a payout of a run leaves with its file' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payout_guarded BEFORE UPDATE ON settlement_payout
    FOR EACH ROW EXECUTE FUNCTION qinghe_settlement_payout();

CREATE FUNCTION qinghe_settlement_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.file_sha256 <> '' AND
        (NEW.file_sha256, NEW.file_format, NEW.count, NEW.total, NEW.currency) IS DISTINCT FROM
        (OLD.file_sha256, OLD.file_format, OLD.count, OLD.total, OLD.currency)
    THEN
        RAISE EXCEPTION 'the file of a run is made once' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'draft>approved', 'draft>dropped', 'approved>dropped', 'approved>sent', 'sent>done'])
    THEN
        RAISE EXCEPTION 'a run goes no way from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'dropped' AND OLD.file_sha256 <> '' THEN
        RAISE EXCEPTION 'a run whose file was made may be with the bank'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER run_guarded BEFORE UPDATE ON settlement_payoutrun
    FOR EACH ROW EXECUTE FUNCTION qinghe_settlement_run();
"""
UNGUARD = """
DROP TRIGGER run_guarded ON settlement_payoutrun;
DROP FUNCTION qinghe_settlement_run;
DROP TRIGGER payout_guarded ON settlement_payout;
DROP FUNCTION qinghe_settlement_payout;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0013_payout_runs")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]

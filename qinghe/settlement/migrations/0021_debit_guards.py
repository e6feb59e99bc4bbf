"""What Python must not be trusted with alone: no debit leaves without a mandate, or under a hold."""

from django.db import migrations

GUARD = """
CREATE FUNCTION qinghe_settlement_debit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.mandate_id, NEW.instalment_id, NEW.amount, NEW.currency) IS DISTINCT FROM
        (OLD.number, OLD.mandate_id, OLD.instalment_id, OLD.amount, OLD.currency)
    THEN
        RAISE EXCEPTION 'what a debit is about never changes' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) <> ALL (ARRAY[
        'planned>joined', 'planned>dropped', 'joined>planned', 'joined>sent', 'sent>collected',
        'sent>undue', 'sent>returned', 'collected>returned', 'undue>returned'])
    THEN
        RAISE EXCEPTION 'a debit goes no way from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('joined', 'sent') AND NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM settlement_debitmandate m
        WHERE m.id = NEW.mandate_id AND m.state = 'active' AND m.most >= NEW.amount)
    THEN
        RAISE EXCEPTION 'a debit needs a mandate that stands' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'sent' AND OLD.state <> 'sent' AND EXISTS (
        SELECT 1 FROM settlement_debitmandate m JOIN claims_hold h ON h.person_id = m.person_id
        WHERE m.id = NEW.mandate_id AND (h.claim_id IS NULL OR h.claim_id = m.claim_id)
            AND h.kind <> 'plan' AND h.lifted_at IS NULL
            AND coalesce(h.ends_at, 'infinity') > (
                SELECT coalesce(r.sent_at, r.approved_at, r.opened_at) FROM settlement_debitrun r
                WHERE r.id = NEW.run_id))
    THEN
        RAISE EXCEPTION 'no debit leaves under a hold' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER debit_guarded BEFORE UPDATE ON settlement_debit
    FOR EACH ROW EXECUTE FUNCTION qinghe_settlement_debit();

CREATE FUNCTION qinghe_settlement_debit_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'active' AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'a mandate that ended stays so' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.number, NEW.person_id, NEW.claim_id, NEW.plan_id, NEW.most, NEW.days_after)
        IS DISTINCT FROM
        (OLD.number, OLD.person_id, OLD.claim_id, OLD.plan_id, OLD.most, OLD.days_after)
    THEN
        RAISE EXCEPTION 'what a debtor allowed never changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER debit_mandate_guarded BEFORE UPDATE ON settlement_debitmandate
    FOR EACH ROW EXECUTE FUNCTION qinghe_settlement_debit_mandate();
"""
UNGUARD = """
DROP TRIGGER debit_mandate_guarded ON settlement_debitmandate;
DROP FUNCTION qinghe_settlement_debit_mandate;
DROP TRIGGER debit_guarded ON settlement_debit;
DROP FUNCTION qinghe_settlement_debit;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0020_direct_debits")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]

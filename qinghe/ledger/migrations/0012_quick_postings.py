"""
The usual posting goes a short way through the same rules.

One trigger on transfers instead of two and two foreign keys. A statement that books one transfer, on
a day on which both its accounts have moved before, needs no sums, no days and no arrays: it locks
both, shares the month, moves both. Whatever else comes, and every refusal, goes the long way below.

That accounts exist is seen where they are locked; that they stay is a trigger's word. The triggers
of accounts are asked less: their conditions are read anew for every statement.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

SQL = """
CREATE TRIGGER kept BEFORE DELETE ON ledger_account FOR EACH ROW
    EXECUTE FUNCTION qinghe_ledger_refuse('an account is never deleted');
DROP TRIGGER named ON ledger_account;
CREATE TRIGGER named BEFORE UPDATE OF id, path, currency ON ledger_account FOR EACH ROW
    WHEN (OLD.id <> NEW.id OR OLD.path <> NEW.path OR OLD.currency <> NEW.currency)
    EXECUTE FUNCTION qinghe_ledger_refuse('an account keeps its path and its currency');
DROP TRIGGER paired ON ledger_account;
CREATE CONSTRAINT TRIGGER paired AFTER INSERT OR UPDATE ON ledger_account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.path ~ '(:commission_due|:uncovered|:clawback|:advanced|^platform:own)$')
    EXECUTE FUNCTION qinghe_ledger_paired();

DROP TRIGGER open_only ON ledger_transfer;
DROP FUNCTION qinghe_ledger_open_only();
CREATE OR REPLACE FUNCTION qinghe_ledger_move() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    one ledger_transfer%ROWTYPE;
    size int := 0;
    shared text;
    opened bigint := 0;
    ids uuid[];
    currencies text[];
    totals bigint[];
    lasts date[];
    first_at timestamptz;
    first_day date;
    last_day date;
    undoes boolean;
    least_moved date;
    last_moved date;
    moved bigint;
BEGIN
    FOR one IN SELECT * FROM posted LIMIT 2 LOOP
        size := size + 1;
    END LOOP;
    IF size = 0 THEN
        RETURN NULL;
    END IF;
    IF size = 1 AND one.debit_id <> one.id AND one.reverses_id IS NULL THEN
        first_day := qinghe_ledger_day(one.at);
        SELECT min(l.moved_on), max(l.moved_on) INTO least_moved, last_moved FROM (
            SELECT moved_on FROM ledger_account WHERE id IN (one.debit_id, one.credit_id)
            ORDER BY id FOR NO KEY UPDATE
        ) AS l;
        IF (least_moved <> first_day OR last_moved <> first_day) IS NOT TRUE THEN
            shared := pg_advisory_xact_lock_shared(20566, qinghe_ledger_month(one.at));
            -- Sees what was committed before it began: a close that we waited for too.
            UPDATE ledger_account SET moved_on = first_day,
                    balance = balance + CASE id WHEN one.debit_id THEN one.amount ELSE -one.amount END
                WHERE id IN (one.debit_id, one.credit_id) AND currency = one.currency
                    AND (one.at < (SELECT max(until) FROM ledger_period)) IS NOT TRUE;
            GET DIAGNOSTICS moved = ROW_COUNT;
            IF moved = 2 THEN
                RETURN NULL;
            END IF;
        END IF;
    END IF;

    IF to_regclass('pg_temp.ledger_opening') IS NOT NULL THEN
        INSERT INTO ledger_account (id, path, currency, side, balance, moved_on)
            SELECT p.id, o.path, p.currency, o.side, p.amount, qinghe_ledger_day(p.at)
            FROM posted p JOIN pg_temp.ledger_opening o ON o.id = p.id
            WHERE p.debit_id = p.id ORDER BY p.id;
        GET DIAGNOSTICS opened = ROW_COUNT;
    END IF;
    IF opened > 0 AND opened <> (SELECT count(*) FROM posted WHERE debit_id = id) THEN
        RAISE EXCEPTION 'a statement opens all accounts of its opening transfers or none'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT array_agg(m.id), array_agg(m.currency), array_agg(m.total),
            array_agg(qinghe_ledger_day(m.last)), min(m.first), qinghe_ledger_day(min(m.first)),
            qinghe_ledger_day(max(m.last)), bool_or(m.undoes)
        INTO ids, currencies, totals, lasts, first_at, first_day, last_day, undoes
        FROM (
            SELECT e.id, e.currency, sum(e.amount)::bigint AS total, min(e.at) AS first,
                max(e.at) AS last, bool_or(e.reverses_id IS NOT NULL) AS undoes
            FROM (
                SELECT debit_id AS id, currency, amount, at, reverses_id FROM posted
                    WHERE opened = 0 OR debit_id <> id
                UNION ALL SELECT credit_id, currency, -amount, at, reverses_id FROM posted
            ) AS e GROUP BY e.id, e.currency ORDER BY e.id
        ) AS m;
    SELECT min(l.moved_on), max(l.moved_on) INTO least_moved, last_moved FROM (
        SELECT moved_on FROM ledger_account WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE
    ) AS l;
    PERFORM pg_advisory_xact_lock_shared(20566, month) FROM (
        SELECT DISTINCT qinghe_ledger_month(at) AS month FROM posted ORDER BY 1
    ) AS months;
    IF first_at < (SELECT max(until) FROM ledger_period) THEN
        RAISE EXCEPTION 'a closed month takes no transfer'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_open_months';
    END IF;
    IF undoes AND EXISTS (
        SELECT 1 FROM posted p LEFT JOIN LATERAL (
            SELECT t.debit_id, t.credit_id, t.amount FROM ledger_transfer t
            WHERE t.id = p.reverses_id OFFSET 0
        ) AS o ON true
        WHERE p.reverses_id IS NOT NULL AND (o.debit_id, o.credit_id, o.amount)
            IS DISTINCT FROM (p.credit_id, p.debit_id, p.amount)
    ) THEN
        RAISE EXCEPTION 'a reversal mirrors its original'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF first_day < last_day OR first_day < last_moved THEN
        INSERT INTO ledger_dayend (account_id, day, balance)
            SELECT w.id, w.day, CASE WHEN w.day >= a.moved_on THEN a.balance ELSE coalesce((
                    SELECT d.balance FROM ledger_dayend d
                    WHERE d.account_id = w.id AND d.day < w.day ORDER BY d.day DESC LIMIT 1
                ), 0) END
            FROM (
                SELECT debit_id AS id, qinghe_ledger_day(at) AS day FROM posted
                    WHERE opened = 0 OR debit_id <> posted.id
                UNION SELECT credit_id, qinghe_ledger_day(at) FROM posted
                UNION SELECT id, moved_on FROM ledger_account
                    WHERE id = ANY (ids) AND moved_on IS NOT NULL
            ) AS w
            JOIN unnest(ids, lasts) AS m (id, last) ON m.id = w.id
            JOIN ledger_account a ON a.id = w.id
            WHERE w.day < greatest(a.moved_on, m.last)
            ON CONFLICT DO NOTHING;
        UPDATE ledger_dayend d SET balance = d.balance + (
                SELECT coalesce(sum(e.amount), 0) FROM (
                    SELECT debit_id AS id, amount, at FROM posted
                        WHERE opened = 0 OR debit_id <> posted.id
                    UNION ALL SELECT credit_id, -amount, at FROM posted
                ) AS e WHERE e.id = d.account_id AND qinghe_ledger_day(e.at) <= d.day
            )
            WHERE d.account_id = ANY (ids) AND d.day >= first_day;
    ELSIF least_moved < first_day THEN
        INSERT INTO ledger_dayend (account_id, day, balance)
            SELECT id, moved_on, balance FROM ledger_account
            WHERE id = ANY (ids) AND moved_on < first_day;
    END IF;
    UPDATE ledger_account a SET balance = a.balance + m.total,
            moved_on = greatest(a.moved_on, m.last)
        FROM unnest(ids, currencies, totals, lasts) AS m (id, currency, total, last)
        WHERE a.id = m.id AND a.currency = m.currency;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(ids) THEN
        RAISE EXCEPTION 'a transfer stays in one currency, between accounts that exist'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""


def _between(module: str, begin: str, end: str = "") -> str:
    """Return what an earlier migration said, from one text to another."""
    text: str = import_module(f"qinghe.ledger.migrations.{module}").SQL
    return text[text.index(begin) : text.index(end, text.index(begin)) if end else None]


UNDO = f"""
{_between("0008_days", "CREATE OR REPLACE FUNCTION qinghe_ledger_move()")}
{_between("0011_closed_months", "CREATE FUNCTION qinghe_ledger_open_only()",
          "CREATE FUNCTION qinghe_ledger_digest")}
DROP TRIGGER paired ON ledger_account;
{_between("0007_paired_accounts", "CREATE CONSTRAINT TRIGGER paired")}
DROP TRIGGER named ON ledger_account;
{_between("0008_days", "CREATE TRIGGER named", "CREATE TRIGGER guard")}
DROP TRIGGER kept ON ledger_account;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_closed_months")]
    operations = [
        migrations.RunSQL(SQL, UNDO),
        *(
            migrations.AlterField(
                model_name="transfer",
                name=side,
                field=models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="ledger.account",
                ),
            )
            for side in ("debit", "credit")
        ),
    ]

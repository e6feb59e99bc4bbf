"""
What an account held at the end of a day, kept by the trigger that moves balances.

A row is written when an account moves on a later day than before: so the first posting of a day
costs one row an account, the others of the day cost nothing, and an account that begins with its
first transfer has none. A posting for a day that is over corrects the rows from that day on.

In the same function: accounts are named by arrays under one kept plan, so that a session that once
booked a million rows does not look through all accounts for the next one; a currency is compared
where the balance moves; and a reversal is the mirror of what it reverses.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

SQL = """
DROP TRIGGER guard ON ledger_account;
DROP FUNCTION qinghe_ledger_guard();
CREATE FUNCTION qinghe_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN (pg_trigger_depth() = 0
        AND (OLD.balance, OLD.moved_on) IS DISTINCT FROM (NEW.balance, NEW.moved_on))
    EXECUTE FUNCTION qinghe_ledger_refuse('a balance moves only with a transfer');
CREATE TRIGGER begun BEFORE INSERT ON ledger_account FOR EACH ROW
    WHEN (pg_trigger_depth() = 0 AND (NEW.balance <> 0 OR NEW.moved_on IS NOT NULL))
    EXECUTE FUNCTION qinghe_ledger_refuse('an account starts at zero');
CREATE TRIGGER named BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN (OLD.id <> NEW.id OR OLD.path <> NEW.path OR OLD.currency <> NEW.currency)
    EXECUTE FUNCTION qinghe_ledger_refuse('an account keeps its path and its currency');
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON ledger_dayend FOR EACH ROW
    WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION qinghe_ledger_refuse('the end of a day follows from transfers');
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_dayend FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();

CREATE OR REPLACE FUNCTION qinghe_ledger_move() RETURNS trigger LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    opened bigint := 0;
    ids uuid[];
    currencies text[];
    totals bigint[];
    lasts date[];
    first_day date;
    last_day date;
    undoes boolean;
    least_moved date;
    last_moved date;
    moved bigint;
BEGIN
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
            array_agg(qinghe_ledger_day(m.last)), qinghe_ledger_day(min(m.first)),
            qinghe_ledger_day(max(m.last)), bool_or(m.undoes)
        INTO ids, currencies, totals, lasts, first_day, last_day, undoes
        FROM (
            SELECT e.id, e.currency, sum(e.amount)::bigint AS total, min(e.at) AS first,
                max(e.at) AS last, bool_or(e.reverses_id IS NOT NULL) AS undoes
            FROM (
                SELECT debit_id AS id, currency, amount, at, reverses_id FROM posted
                    WHERE opened = 0 OR debit_id <> id
                UNION ALL SELECT credit_id, currency, -amount, at, reverses_id FROM posted
            ) AS e GROUP BY e.id, e.currency ORDER BY e.id
        ) AS m;
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT min(l.moved_on), max(l.moved_on) INTO least_moved, last_moved FROM (
        SELECT moved_on FROM ledger_account WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE
    ) AS l;
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
UNDO = (
    """
DROP TRIGGER never_emptied ON ledger_dayend;
DROP TRIGGER guard ON ledger_dayend;
DROP TRIGGER named ON ledger_account;
DROP TRIGGER begun ON ledger_account;
DROP TRIGGER guard ON ledger_account;
DROP FUNCTION qinghe_ledger_refuse();
"""
    + import_module("qinghe.ledger.migrations.0006_opened_by_postings").SQL
    + """
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON ledger_account
    FOR EACH ROW EXECUTE FUNCTION qinghe_ledger_guard();
DROP FUNCTION qinghe_ledger_begins(date);
DROP FUNCTION qinghe_ledger_day(timestamptz);
"""
)
# What moved before this table was.
FILL = """
CREATE FUNCTION qinghe_ledger_day(instant timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT (instant AT TIME ZONE 'Asia/Shanghai')::date $$;
CREATE FUNCTION qinghe_ledger_begins(day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT day::timestamp AT TIME ZONE 'Asia/Shanghai' $$;
SET CONSTRAINTS ALL IMMEDIATE;
CREATE TEMP TABLE ledger_moved ON COMMIT DROP AS
    SELECT id, day, sum(sum(amount)) OVER (PARTITION BY id ORDER BY day)::bigint AS balance,
        lead(day) OVER (PARTITION BY id ORDER BY day) IS NULL AS newest
    FROM (
        SELECT debit_id AS id, qinghe_ledger_day(at) AS day, amount FROM ledger_transfer
        UNION ALL SELECT credit_id, qinghe_ledger_day(at), -amount FROM ledger_transfer
    ) AS entries GROUP BY id, day;
INSERT INTO ledger_dayend (account_id, day, balance)
    SELECT id, day, balance FROM ledger_moved WHERE NOT newest;
UPDATE ledger_account a SET moved_on = m.day FROM ledger_moved m WHERE m.id = a.id AND m.newest;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_paired_accounts")]
    operations = [
        migrations.AddField("account", "moved_on", models.DateField(null=True)),
        migrations.CreateModel(
            name="DayEnd",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("balance", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
            ],
        ),
        *(
            operation
            for side in ("debit", "credit")
            for operation in (
                migrations.AlterField(
                    model_name="transfer",
                    name=side,
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                migrations.AddIndex(
                    "transfer",
                    models.Index(fields=[side, "at"], name=f"ledger_transfer_{side}_at"),
                ),
            )
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(SQL, UNDO),
    ]

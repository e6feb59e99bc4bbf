"""
A closed month takes no transfer; what stood at its end is kept, and sealed under one root.

Posting shares a lock on the months (in UTC) it writes into, closing takes those of its own month
alone; so whoever posts into the month that runs never waits for the close of the one before.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import qinghe.kernel.ids

SQL = """
CREATE FUNCTION qinghe_ledger_month(at timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
    -- All months before 2020 share one lock, and infinity has none.
    SELECT CASE WHEN isfinite(at) THEN greatest(
        (extract(year FROM at AT TIME ZONE 'UTC') * 12
            + extract(month FROM at AT TIME ZONE 'UTC'))::integer, 24240)
        ELSE 24240 END
$$;
CREATE FUNCTION qinghe_ledger_close_lock(since timestamptz, until timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(20566, month) FROM generate_series(
        qinghe_ledger_month(since), qinghe_ledger_month(until)) AS month;
END $$;
CREATE FUNCTION qinghe_ledger_open_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(20566, month) FROM (
        SELECT DISTINCT qinghe_ledger_month(at) AS month FROM posted ORDER BY 1
    ) AS months;
    -- Each statement here sees what was committed before it began: a close that we waited for too.
    IF EXISTS (
        SELECT 1 FROM posted WHERE at < (SELECT max(until) FROM ledger_period)
    ) THEN
        RAISE EXCEPTION 'a closed month takes no transfer'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_open_months';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER open_only AFTER INSERT ON ledger_transfer REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION qinghe_ledger_open_only();

CREATE FUNCTION qinghe_ledger_digest(lines text[]) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(convert_to(array_to_string(lines, E'\\n'), 'UTF8'))
$$;
CREATE FUNCTION qinghe_ledger_root(
    previous text, closed uuid, since timestamptz, until timestamptz,
    OUT transfers bigint, OUT root text
) LANGUAGE plpgsql AS $$
DECLARE
    booked bytea;
    stood bytea;
BEGIN
    -- In 256 heaps by the last byte of the id, so that no text grows beyond memory.
    SELECT coalesce(sum(size), 0),
        sha256(coalesce(string_agg(digest, ''::bytea ORDER BY heap), ''::bytea))
    INTO transfers, booked FROM (
        SELECT get_byte(uuid_send(t.id), 15) AS heap, count(*) AS size,
            qinghe_ledger_digest(array_agg(concat_ws(' ', t.id, t.debit_id, t.credit_id, t.amount,
                t.currency, t.kind, t.subject, (extract(epoch FROM t.at) * 1000000)::bigint,
                coalesce(t.reverses_id::text, '-')) ORDER BY t.id)) AS digest
        FROM ledger_transfer t WHERE t.at >= since AND t.at < until GROUP BY 1
    ) AS heaps;
    SELECT sha256(coalesce(string_agg(digest, ''::bytea ORDER BY heap), ''::bytea))
    INTO stood FROM (
        SELECT get_byte(uuid_send(b.account_id), 15) AS heap,
            qinghe_ledger_digest(array_agg(concat_ws(' ', b.account_id, b.debits, b.credits,
                b.balance) ORDER BY b.account_id)) AS digest
        FROM ledger_closingbalance b WHERE b.period_id = closed GROUP BY 1
    ) AS heaps;
    root := encode(sha256(convert_to(previous, 'UTF8') || booked || stood), 'hex');
END $$;

CREATE FUNCTION qinghe_ledger_closing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last ledger_period%ROWTYPE;
BEGIN
    SELECT * INTO last FROM ledger_period ORDER BY until DESC LIMIT 1;
    PERFORM qinghe_ledger_close_lock(coalesce(last.until, '-infinity'), NEW.until);
    SELECT * INTO last FROM ledger_period ORDER BY until DESC LIMIT 1;
    IF last.until IS NOT NULL AND (NEW.month <> (last.month + interval '1 month')::date
        OR NEW.until <= last.until OR NEW.previous <> last.root) THEN
        RAISE EXCEPTION 'months are closed one after the other'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closing BEFORE INSERT ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION qinghe_ledger_closing();
CREATE FUNCTION qinghe_ledger_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM kept JOIN ledger_period p ON p.id = kept.period_id
    ) THEN
        RAISE EXCEPTION 'a closed month keeps the balances it was closed with'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kept AFTER INSERT ON ledger_closingbalance REFERENCING NEW TABLE AS kept
    FOR EACH STATEMENT EXECUTE FUNCTION qinghe_ledger_kept();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION qinghe_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_closingbalance
    FOR EACH ROW EXECUTE FUNCTION qinghe_append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_period FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_closingbalance FOR EACH STATEMENT
    WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qinghe_never_emptied();
"""
UNDO = """
DROP TRIGGER never_emptied ON ledger_closingbalance;
DROP TRIGGER never_emptied ON ledger_period;
DROP TRIGGER append_only ON ledger_closingbalance;
DROP TRIGGER append_only ON ledger_period;
DROP TRIGGER kept ON ledger_closingbalance;
DROP FUNCTION qinghe_ledger_kept();
DROP TRIGGER closing ON ledger_period;
DROP FUNCTION qinghe_ledger_closing();
DROP FUNCTION qinghe_ledger_root(text, uuid, timestamptz, timestamptz);
DROP FUNCTION qinghe_ledger_digest(text[]);
DROP TRIGGER open_only ON ledger_transfer;
DROP FUNCTION qinghe_ledger_open_only();
DROP FUNCTION qinghe_ledger_close_lock(timestamptz, timestamptz);
DROP FUNCTION qinghe_ledger_month(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_pending"), ("journal", "0003_no_truncate")]
    operations = [
        migrations.CreateModel(
            name="Period",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=qinghe.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("month", models.DateField(unique=True)),
                ("until", models.DateTimeField(unique=True)),
                ("transfers", models.BigIntegerField()),
                ("previous", models.TextField(blank=True, default="")),
                ("root", models.TextField()),
                ("closed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(month__day=1), name="ledger_period_month"),
                    models.CheckConstraint(
                        condition=Q(closed_at__gte=F("until")), name="ledger_period_over"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosingBalance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=qinghe.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("debits", models.BigIntegerField()),
                ("credits", models.BigIntegerField()),
                ("balance", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "period",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.period",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "period"), name="ledger_closed_once"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="transfer",
            name="meant_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=Q(meant_at__isnull=True) | Q(meant_at__lt=F("at")),
                name="ledger_meant_before",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["at"], name="ledger_transfer_at"
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]

"""
The hall counts debtors and not orders, and shows of a commission plan the rates that may apply.

Five orders of one debtor are one person. A cell counts persons; `market_celldebtor` keeps who they
are, for the trigger alone, and whether the next level counts them too.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# As in 0003: every look goes by a key, in the order written.
BY_KEY = """SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_material = off SET join_collapse_limit = 1 SET from_collapse_limit = 1"""
PATH = """JOIN market_cell b ON b.id = a.parent_id JOIN market_cell c ON c.id = b.parent_id
        JOIN market_cell d ON d.id = c.parent_id JOIN market_cell e ON e.id = d.parent_id
        CROSS JOIN LATERAL (SELECT
            CASE WHEN a.n >= 5 THEN a.region WHEN b.n >= 5 THEN b.region ELSE '' END AS region,
            CASE WHEN a.n >= 5 OR b.n >= 5 OR c.n >= 5 THEN a.band WHEN d.n >= 5 THEN d.band
            ELSE e.band END AS band) s"""
VIEW = """
DROP VIEW market_open_order;
CREATE VIEW market_open_order AS
SELECT listing_id AS id, number, creditor_kind, mode, region, product, stage, hand, currency, band,
    due_month, evidence_count, commission_rate, commission_to, quality_share, period_days, licence,
    designated_to, listed_at, expires_at, tags
FROM market_hallrow;
"""
# The lowest and the highest rate of the bands an order may be in; one rate is both.
RATES = """
CREATE FUNCTION qinghe_market_rates(
    one numeric, each numeric[], band int, OUT low numeric, OUT high numeric
) LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(min(r), one), coalesce(max(r), one)
    FROM unnest(each[(band >> 4) + 1 : (band & 15) + 1]) AS r
$$;
"""
SHOW = """
CREATE OR REPLACE FUNCTION qinghe_market_show(cell bigint) RETURNS void LANGUAGE plpgsql
    {by_key} AS $$
DECLARE
    depth int;
    child bigint;
    own record;
BEGIN
    SELECT level INTO depth FROM market_cell WHERE id = cell;
    IF depth > 0 THEN
        FOR child IN SELECT id FROM market_cell WHERE parent_id = cell AND n BETWEEN 1 AND 4 LOOP
            PERFORM qinghe_market_show(child);
        END LOOP;
        RETURN;
    END IF;
    SELECT s.region, s.band INTO own FROM market_cell a
        {path}
        WHERE a.id = cell;
    UPDATE market_hallrow h SET region = own.region, band = own.band,
        commission_rate = (qinghe_market_rates(h.commission_rate, h.rates, own.band)).low,
        commission_to = (qinghe_market_rates(h.commission_to, h.rates, own.band)).high,
        tags = qinghe_market_tags(own.region, own.band, h.product, h.stage, h.creditor_kind,
            h.mode, h.hand, (qinghe_market_rates(h.commission_rate, h.rates, own.band)).low)
    WHERE h.cell_id = cell AND (h.region, h.band) <> (own.region, own.band);
END $$;
"""
# Count orders in and out of cells, from the finest level up, and show what may be shown of them.
SETTLE = """
CREATE FUNCTION qinghe_market_settle(come uuid[], gone uuid[]) RETURNS void LANGUAGE plpgsql
    {by_key} AS $$
DECLARE
    cells bigint[];
    -- Changes: one person in one cell, by so many orders (above the finest level: cells).
    places bigint[];
    persons uuid[];
    steps int[];
    up_places bigint[];
    up_persons uuid[];
    up_steps int[];
    was bigint[];
    under bigint[];
    turned bigint[] := '{}';
    one bigint;
BEGIN
    IF come IS NOT NULL THEN
        PERFORM qinghe_market_cells(come);
    END IF;
    SELECT array_agg(cell), array_agg(person), array_agg(step) INTO places, persons, steps FROM (
        SELECT cell, person, sum(d)::int AS step FROM (
            SELECT h.cell_id AS cell, h.person, -1 AS d
            FROM unnest(gone) AS w (id) JOIN market_hallrow h ON h.listing_id = w.id
            UNION ALL
            SELECT c.id, k.debtor_id, 1 FROM unnest(come) AS w (id)
            JOIN market_listing l ON l.id = w.id JOIN claims_claim k ON k.id = l.claim_id
            JOIN market_cell c ON c.level = 0 AND c.product = l.product AND c.stage = l.stage
                AND c.currency = l.currency AND c.region = l.region AND c.band = l.band * 17
        ) each GROUP BY cell, person
    ) summed;
    cells := ARRAY(SELECT DISTINCT cell FROM unnest(places) AS w (cell) ORDER BY cell);
    WHILE cardinality(cells) > 0 LOOP
        -- A statement of its own: what is counted next must be no older than the lock.
        WITH locked AS (
            SELECT c.id, c.n FROM unnest(cells) AS w (id) JOIN market_cell c ON c.id = w.id
            ORDER BY c.id FOR NO KEY UPDATE OF c
        )
        SELECT coalesce(array_agg(id), '{}') INTO was FROM locked WHERE n < 5;
        -- Who came new into a cell, and who left it; each counts once, however many its orders.
        WITH changed AS MATERIALIZED (
            SELECT w.cell, w.person, w.step, d.n AS had
            FROM unnest(places, persons, steps) AS w (cell, person, step)
            LEFT JOIN market_celldebtor d ON d.cell_id = w.cell AND d.person = w.person
            WHERE w.step <> 0
        ), left_it AS (
            DELETE FROM market_celldebtor d USING changed w
            WHERE d.cell_id = w.cell AND d.person = w.person AND w.had + w.step = 0
            RETURNING d.cell_id AS cell, d.person, d.handed
        ), other AS (
            UPDATE market_celldebtor d SET n = d.n + w.step FROM changed w
            WHERE d.cell_id = w.cell AND d.person = w.person AND w.had + w.step <> 0
        ), fresh AS (
            INSERT INTO market_celldebtor (cell_id, person, n, handed)
            SELECT cell, person, step, false FROM changed WHERE had IS NULL
            RETURNING cell_id AS cell
        ), counted AS (
            UPDATE market_cell c SET n = c.n + s.step FROM (
                SELECT cell, sum(d)::int AS step FROM (
                    SELECT cell, 1 AS d FROM fresh UNION ALL SELECT cell, -1 FROM left_it
                ) each GROUP BY cell
            ) s WHERE c.id = s.cell
        )
        SELECT array_agg(c.parent_id), array_agg(l.person), array_agg(-1)
        INTO up_places, up_persons, up_steps
        FROM left_it l JOIN market_cell c ON c.id = l.cell
        WHERE l.handed AND c.parent_id IS NOT NULL;
        under := ARRAY(
            SELECT c.id FROM unnest(cells) AS w (id) JOIN market_cell c ON c.id = w.id
            WHERE c.n < 5
        );
        turned := turned || ARRAY(
            (SELECT unnest(was) EXCEPT SELECT unnest(under))
            UNION ALL (SELECT unnest(under) EXCEPT SELECT unnest(was))
        );
        -- A cell below five hands its persons to the next level, one of five takes them back.
        WITH taken AS (
            UPDATE market_celldebtor d SET handed = false
            FROM (SELECT unnest(was) AS id EXCEPT SELECT unnest(under)) w
            WHERE d.cell_id = w.id AND d.handed RETURNING d.cell_id AS cell, d.person, -1 AS step
        ), given AS (
            UPDATE market_celldebtor d SET handed = true
            FROM unnest(under) AS w (id) JOIN market_cell c ON c.id = w.id
            WHERE d.cell_id = w.id AND NOT d.handed AND c.parent_id IS NOT NULL
            RETURNING d.cell_id AS cell, d.person, 1 AS step
        ), each AS (
            SELECT c.parent_id, m.person, m.step
            FROM (SELECT * FROM taken UNION ALL SELECT * FROM given) m
            JOIN market_cell c ON c.id = m.cell
            UNION ALL
            SELECT * FROM unnest(up_places, up_persons, up_steps)
        )
        SELECT array_agg(parent_id), array_agg(person), array_agg(step)
        INTO places, persons, steps FROM (
            SELECT parent_id, person, sum(step)::int AS step FROM each GROUP BY parent_id, person
        ) summed;
        -- The next level decides about every order of a cell that is or was below five.
        cells := ARRAY(
            SELECT DISTINCT c.parent_id FROM (
                SELECT unnest(was) AS id UNION SELECT unnest(under)
            ) w JOIN market_cell c ON c.id = w.id WHERE c.parent_id IS NOT NULL
            ORDER BY c.parent_id
        );
    END LOOP;
    -- Every cell that decides about these rows is locked now, so none of them can change meanwhile.
    IF gone IS NOT NULL THEN
        DELETE FROM market_hallrow h USING unnest(gone) AS w (id) WHERE h.listing_id = w.id;
    END IF;
    IF come IS NOT NULL THEN
        INSERT INTO market_hallrow (listing_id, cell_id, person, rates, number, creditor_kind, mode,
            region, product, stage, hand, currency, band, due_month, evidence_count,
            commission_rate, commission_to, quality_share, period_days, licence, designated_to,
            listed_at, expires_at, tags)
        SELECT l.id, a.id, k.debtor_id, l.band_rates, l.number, l.creditor_kind, l.mode,
            s.region, l.product, l.stage, l.hand, l.currency, s.band,
            date_trunc('month', k.due_on::timestamp)::date, l.evidence_count,
            p.low, p.high, l.quality_share, l.period_days, l.licence, l.designated_to_id,
            l.listed_at, l.expires_at, qinghe_market_tags(s.region, s.band, l.product, l.stage,
                l.creditor_kind, l.mode, l.hand, p.low)
        FROM unnest(come) AS w (id) JOIN market_listing l ON l.id = w.id
        JOIN claims_claim k ON k.id = l.claim_id
        JOIN market_cell a ON a.level = 0 AND a.product = l.product AND a.stage = l.stage
            AND a.currency = l.currency AND a.region = l.region AND a.band = l.band * 17
        {path}
        CROSS JOIN LATERAL qinghe_market_rates(l.commission_rate, l.band_rates, s.band) p;
    END IF;
    FOREACH one IN ARRAY turned LOOP
        PERFORM qinghe_market_show(one);
    END LOOP;
END $$;
"""
TRIGGER = """
CREATE OR REPLACE FUNCTION qinghe_market_hall() RETURNS trigger LANGUAGE plpgsql
    {by_key} AS $$
DECLARE
    come uuid[];
    gone uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO come FROM added WHERE state = 'open';
    ELSE
        SELECT array_agg(id) FILTER (WHERE opens), array_agg(id) FILTER (WHERE was) INTO come, gone
        FROM (
            SELECT a.id, a.state = 'open' AS opens,
                r.state = 'open' AS was,
                (a.region, a.product, a.stage, a.currency, a.band, a.mode, a.hand, a.creditor_kind,
                    a.commission_rate, a.band_rates, a.quality_share, a.period_days,
                    a.evidence_count, a.licence, a.designated_to_id, a.listed_at, a.expires_at)
                IS DISTINCT FROM (r.region, r.product, r.stage, r.currency, r.band, r.mode, r.hand,
                    r.creditor_kind, r.commission_rate, r.band_rates, r.quality_share,
                    r.period_days, r.evidence_count, r.licence, r.designated_to_id, r.listed_at,
                    r.expires_at)
                AS differs
            FROM added a JOIN removed r ON r.id = a.id
        ) each WHERE opens <> was OR opens AND differs;
    END IF;
    IF come IS NOT NULL OR gone IS NOT NULL THEN
        PERFORM qinghe_market_settle(come, gone);
    END IF;
    RETURN NULL;
END $$;
"""
# The rates of open orders under a plan: of each band the first row that fits, as they were signed.
FILL_RATES = """
UPDATE market_listing l SET band_rates = ARRAY(
    SELECT round((
        SELECT r.row ->> 'rate' FROM jsonb_array_elements(p.content -> 'rows')
            WITH ORDINALITY AS r (row, place)
        WHERE (r.row -> 'stages' = '[]' OR r.row -> 'stages' ? l.stage)
            AND (r.row -> 'bands' = '[]' OR r.row -> 'bands' @> to_jsonb(b.band))
            AND (r.row -> 'hands' = '[]' OR r.row -> 'hands' @> to_jsonb(least(l.hand, 9)))
        ORDER BY r.place LIMIT 1
    )::numeric, 4)
    FROM generate_series(0, 7) AS b (band) ORDER BY b.band
)
FROM market_commissionplan p
WHERE p.id = l.commission_plan_id AND l.state = 'open'
"""
# All orders are counted anew; they leave the hall and come back within one transaction.
EMPTY = ["DELETE FROM market_hallrow", "UPDATE market_cell SET n = 0"]
RECOUNT = """
SELECT qinghe_market_settle(array_agg(id), NULL) FROM market_listing WHERE state = 'open'
HAVING count(*) > 0
"""


def filled(sql: str) -> str:
    """Return a function with its settings and its path written out."""
    return sql.replace("{by_key}", BY_KEY).replace("{path}", PATH)


class Migration(migrations.Migration):
    dependencies = [("market", "0019_tries")]

    operations = [
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="listing",
            name="band_rates",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DecimalField(decimal_places=4, max_digits=5), null=True, size=None
            ),
        ),
        migrations.RunSQL(FILL_RATES, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="hallrow",
            name="commission_to",
            field=models.DecimalField(decimal_places=4, max_digits=5),
        ),
        migrations.AddField(model_name="hallrow", name="person", field=models.UUIDField()),
        migrations.AddField(
            model_name="hallrow",
            name="rates",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DecimalField(decimal_places=4, max_digits=5), null=True, size=None
            ),
        ),
        migrations.CreateModel(
            name="CellDebtor",
            fields=[
                ("pk", models.CompositePrimaryKey("cell", "person", blank=True, editable=False, primary_key=True, serialize=False)),
                ("cell", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.cell")),
                ("person", models.UUIDField()),
                ("n", models.PositiveIntegerField()),
                ("handed", models.BooleanField()),
            ],
        ),
        migrations.RunSQL(
            [VIEW, RATES, filled(SHOW), filled(SETTLE), filled(TRIGGER), RECOUNT],
            migrations.RunSQL.noop,
        ),
    ]

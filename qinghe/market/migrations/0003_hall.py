"""
The hall reads a table of its own, which the database keeps: no identity, at least five alike.

A trigger on `market_listing` counts alike orders in cells and writes what may be seen of each. It
works by statement: its work grows with what changed, never with the table. Cells are locked last,
from the finest level up, so every writer keeps one order of locks.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import qinghe.kernel.ids
from django.db import migrations, models


TAGS = """
CREATE FUNCTION qinghe_market_tags(
    region text, band int, product text, stage text, kind text, mode text, hand int, rate numeric
) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY[
        'r:' || region, 'p:' || substr(region, 1, 2), 'b:' || band, 'g:' || product, 's:' || stage,
        'k:' || kind, 'm:' || mode, 'h:' || least(hand, 4)
    ] || ('{q:5,q:10,q:15,q:20,q:25,q:30,q:35,q:40}'::text[])[1:floor(rate * 20)::int]
$$;
"""
# At which level an order of a finest cell `a` is shown: the first where at least five are alike.
PATH = """JOIN market_cell b ON b.id = a.parent_id JOIN market_cell c ON c.id = b.parent_id
        JOIN market_cell d ON d.id = c.parent_id JOIN market_cell e ON e.id = d.parent_id
        CROSS JOIN LATERAL (SELECT
            CASE WHEN a.n >= 5 THEN a.region WHEN b.n >= 5 THEN b.region ELSE '' END AS region,
            CASE WHEN a.n >= 5 OR b.n >= 5 OR c.n >= 5 THEN a.band WHEN d.n >= 5 THEN d.band
            ELSE e.band END AS band) s"""
# Every look goes by a key, in the order written: the tables are young when they grow fastest, and
# what the planner thinks of their size must not talk it out of that.
BY_KEY = """SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_material = off SET join_collapse_limit = 1 SET from_collapse_limit = 1"""
VIEW = """
CREATE VIEW market_open_order AS
SELECT listing_id AS id, number, creditor_kind, mode, region, product, stage, hand, currency, band,
    due_month, evidence_count, commission_rate, quality_share, period_days, licence, designated_to,
    listed_at, expires_at, tags
FROM market_hallrow;
"""
# Where an order stands at each level. Bands are codes: the first band times 16 and the last.
LEVELS = """
CREATE FUNCTION qinghe_market_level(
    wanted int, INOUT region text, INOUT band int
) LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN wanted = 0 OR region = '' THEN region
            WHEN wanted = 1 THEN substr(region, 1, 2) || '0000' ELSE '' END,
        CASE WHEN wanted < 3 THEN band * 17 WHEN wanted = 4 THEN 7
            WHEN band < 4 THEN 3 ELSE 71 END
$$;
"""
# Make the cells that some open orders need, one writer at a time; after a while there are none.
CELLS = """
CREATE FUNCTION qinghe_market_cells(orders uuid[]) RETURNS void LANGUAGE plpgsql
    {by_key} AS $$
DECLARE
    own record;
    place record;
    above bigint;
    made bigint;
BEGIN
    FOR own IN
        SELECT DISTINCT l.product, l.stage, l.currency, l.region, l.band
        FROM unnest(orders) AS w (id) JOIN market_listing l ON l.id = w.id
        ORDER BY 1, 2, 3, 4, 5
    LOOP
        CONTINUE WHEN EXISTS (
            SELECT FROM market_cell c WHERE c.product = own.product AND c.stage = own.stage
                AND c.currency = own.currency AND c.region = own.region AND c.band = own.band * 17
                AND c.level = 0
        );
        PERFORM pg_advisory_xact_lock(1365864039, 3);
        above := NULL;
        FOR depth IN REVERSE 4..0 LOOP
            SELECT * INTO place FROM qinghe_market_level(depth, own.region, own.band);
            INSERT INTO market_cell (level, product, stage, currency, region, band, n, parent_id)
            VALUES (depth, own.product, own.stage, own.currency, place.region, place.band, 0, above)
            ON CONFLICT DO NOTHING RETURNING id INTO made;
            IF made IS NULL THEN
                SELECT c.id INTO made FROM market_cell c WHERE c.product = own.product
                    AND c.stage = own.stage AND c.currency = own.currency
                    AND c.region = place.region AND c.band = place.band AND c.level = depth;
            END IF;
            above := made;
        END LOOP;
    END LOOP;
END $$;
"""
# Show the orders of a finest cell as they may be shown now; for a wider one, of those it counts.
SHOW = """
CREATE FUNCTION qinghe_market_show(cell bigint) RETURNS void LANGUAGE plpgsql
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
        tags = qinghe_market_tags(own.region, own.band, h.product, h.stage, h.creditor_kind,
            h.mode, h.hand, h.commission_rate)
    WHERE h.cell_id = cell AND (h.region, h.band) <> (own.region, own.band);
END $$;
"""
SETTLE = """
CREATE FUNCTION qinghe_market_hall() RETURNS trigger LANGUAGE plpgsql
    {by_key} AS $$
DECLARE
    come uuid[];
    gone uuid[];
    cells bigint[];
    steps int[];
    turned bigint[] := '{}';
    crossed bigint[];
    one bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO come FROM added WHERE state = 'open';
    ELSE
        SELECT array_agg(id) FILTER (WHERE opens), array_agg(id) FILTER (WHERE was) INTO come, gone
        FROM (
            SELECT a.id, a.state = 'open' AS opens,
                r.state = 'open' AS was,
                (a.region, a.product, a.stage, a.currency, a.band, a.mode, a.hand, a.creditor_kind,
                    a.commission_rate, a.quality_share, a.period_days, a.evidence_count, a.licence,
                    a.designated_to_id, a.listed_at, a.expires_at)
                IS DISTINCT FROM (r.region, r.product, r.stage, r.currency, r.band, r.mode, r.hand,
                    r.creditor_kind, r.commission_rate, r.quality_share, r.period_days,
                    r.evidence_count, r.licence, r.designated_to_id, r.listed_at, r.expires_at)
                AS differs
            FROM added a JOIN removed r ON r.id = a.id
        ) each WHERE opens <> was OR opens AND differs;
    END IF;
    IF come IS NULL AND gone IS NULL THEN
        RETURN NULL;
    END IF;
    IF come IS NOT NULL THEN
        PERFORM qinghe_market_cells(come);
    END IF;
    SELECT array_agg(cell), array_agg(step) INTO cells, steps FROM (
        SELECT cell, sum(d)::int AS step FROM (
            SELECT h.cell_id AS cell, -1 AS d
            FROM unnest(gone) AS w (id) JOIN market_hallrow h ON h.listing_id = w.id
            UNION ALL
            SELECT c.id, 1 FROM unnest(come) AS w (id) JOIN market_listing l ON l.id = w.id
            JOIN market_cell c ON c.level = 0 AND c.product = l.product AND c.stage = l.stage
                AND c.currency = l.currency AND c.region = l.region AND c.band = l.band * 17
        ) one GROUP BY cell
    ) summed;
    -- Up from the finest level: a cell below five hands what it holds to the next.
    WHILE cells IS NOT NULL LOOP
        WITH locked AS (
            SELECT c.id, w.step FROM unnest(cells, steps) AS w (id, step)
            JOIN market_cell c ON c.id = w.id ORDER BY c.id FOR NO KEY UPDATE OF c
        ), moved AS (
            UPDATE market_cell c SET n = c.n + l.step FROM locked l WHERE c.id = l.id
            RETURNING c.id, c.parent_id, c.n, c.n - l.step AS was
        ), up AS (
            SELECT parent_id, sum(CASE WHEN n < 5 THEN n ELSE 0 END
                - CASE WHEN was < 5 THEN was ELSE 0 END)::int AS step
            FROM moved WHERE parent_id IS NOT NULL AND (n < 5 OR was < 5) GROUP BY parent_id
        )
        SELECT (SELECT array_agg(parent_id ORDER BY parent_id) FROM up),
            (SELECT array_agg(step ORDER BY parent_id) FROM up),
            (SELECT array_agg(id) FROM moved WHERE (n < 5) <> (was < 5))
        INTO cells, steps, crossed;
        turned := turned || crossed;
    END LOOP;
    -- Every cell that decides about these rows is locked now, so none of them can change meanwhile.
    IF gone IS NOT NULL THEN
        DELETE FROM market_hallrow h USING unnest(gone) AS w (id) WHERE h.listing_id = w.id;
    END IF;
    IF come IS NOT NULL THEN
        INSERT INTO market_hallrow (listing_id, cell_id, number, creditor_kind, mode, region,
            product, stage, hand, currency, band, due_month, evidence_count, commission_rate,
            quality_share, period_days, licence, designated_to, listed_at, expires_at, tags)
        SELECT l.id, a.id, l.number, l.creditor_kind, l.mode, s.region, l.product, l.stage, l.hand,
            l.currency, s.band, date_trunc('month', k.due_on::timestamp)::date, l.evidence_count,
            l.commission_rate, l.quality_share, l.period_days, l.licence, l.designated_to_id,
            l.listed_at, l.expires_at, qinghe_market_tags(s.region, s.band, l.product, l.stage,
                l.creditor_kind, l.mode, l.hand, l.commission_rate)
        FROM unnest(come) AS w (id) JOIN market_listing l ON l.id = w.id
        JOIN claims_claim k ON k.id = l.claim_id
        JOIN market_cell a ON a.level = 0 AND a.product = l.product AND a.stage = l.stage
            AND a.currency = l.currency AND a.region = l.region AND a.band = l.band * 17
        {path};
    END IF;
    FOREACH one IN ARRAY turned LOOP
        PERFORM qinghe_market_show(one);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER hall_added AFTER INSERT ON market_listing REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION qinghe_market_hall();
CREATE TRIGGER hall_changed AFTER UPDATE ON market_listing
    REFERENCING NEW TABLE AS added OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION qinghe_market_hall();
"""
UNDO = """
DROP TRIGGER hall_added ON market_listing;
DROP TRIGGER hall_changed ON market_listing;
DROP FUNCTION qinghe_market_hall();
DROP FUNCTION qinghe_market_show(bigint);
DROP FUNCTION qinghe_market_cells(uuid[]);
DROP FUNCTION qinghe_market_level(int, text, int);
DROP FUNCTION qinghe_market_tags(text, int, text, text, text, text, int, numeric);
DROP VIEW market_open_order;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('market', '0002_page_indexes'),
        ('parties', '0005_ending_notice'),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenOrder',
            fields=[
                ('number', models.TextField()),
                ('creditor_kind', models.TextField()),
                ('mode', models.TextField()),
                ('region', models.TextField(blank=True)),
                ('product', models.TextField()),
                ('stage', models.TextField()),
                ('hand', models.PositiveSmallIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('band', models.PositiveSmallIntegerField()),
                ('due_month', models.DateField()),
                ('evidence_count', models.PositiveSmallIntegerField()),
                ('commission_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('quality_share', models.DecimalField(decimal_places=4, max_digits=5)),
                ('period_days', models.PositiveSmallIntegerField()),
                ('licence', models.TextField()),
                ('designated_to', models.UUIDField(null=True)),
                ('listed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('id', models.UUIDField(primary_key=True, serialize=False)),
            ],
            options={
                'db_table': 'market_open_order',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Cell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('product', models.TextField()),
                ('stage', models.TextField()),
                ('currency', models.CharField(max_length=3)),
                ('region', models.TextField(blank=True)),
                ('band', models.PositiveSmallIntegerField()),
                ('n', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='HallRow',
            fields=[
                ('number', models.TextField()),
                ('creditor_kind', models.TextField()),
                ('mode', models.TextField()),
                ('region', models.TextField(blank=True)),
                ('product', models.TextField()),
                ('stage', models.TextField()),
                ('hand', models.PositiveSmallIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('band', models.PositiveSmallIntegerField()),
                ('due_month', models.DateField()),
                ('evidence_count', models.PositiveSmallIntegerField()),
                ('commission_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('quality_share', models.DecimalField(decimal_places=4, max_digits=5)),
                ('period_days', models.PositiveSmallIntegerField()),
                ('licence', models.TextField()),
                ('designated_to', models.UUIDField(null=True)),
                ('listed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('listing', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='market.listing')),
            ],
        ),
        migrations.RemoveIndex(
            model_name='listing',
            name='market_hall_region',
        ),
        migrations.RemoveIndex(
            model_name='listing',
            name='market_hall_commission',
        ),
        migrations.RemoveIndex(
            model_name='listing',
            name='market_hall_band',
        ),
        migrations.AddField(
            model_name='cell',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='market.cell'),
        ),
        migrations.AddField(
            model_name='hallrow',
            name='cell',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='market.cell'),
        ),
        migrations.AddConstraint(
            model_name='cell',
            constraint=models.UniqueConstraint(fields=('product', 'stage', 'currency', 'region', 'band', 'level'), name='market_one_cell'),
        ),
        migrations.AddIndex(
            model_name='hallrow',
            index=models.Index(fields=['-listed_at', 'listing'], name='market_shown_recent'),
        ),
        migrations.AddIndex(
            model_name='hallrow',
            index=models.Index(fields=['-commission_rate', '-listed_at', 'listing'], name='market_shown_commission'),
        ),
        migrations.AddIndex(
            model_name='hallrow',
            index=models.Index(fields=['-band', '-listed_at', 'listing'], name='market_shown_band'),
        ),
        migrations.AddIndex(
            model_name='hallrow',
            index=models.Index(fields=['expires_at', 'listing'], name='market_shown_due'),
        ),
        migrations.AddIndex(
            model_name='hallrow',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['tags'], name='market_shown_tags'),
        ),
        migrations.RunSQL(
            "ALTER TABLE market_cell SET (fillfactor = 60)", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            [
                TAGS,
                VIEW,
                LEVELS,
                CELLS.replace("{by_key}", BY_KEY),
                SHOW.replace("{by_key}", BY_KEY).replace("{path}", PATH),
                SETTLE.replace("{by_key}", BY_KEY).replace("{path}", PATH),
            ],
            UNDO,
        ),
    ]

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
# At which level an order of a finest cell is shown: the first where at least five are alike.
SHOWN = """
CREATE VIEW market_cell_shown AS
SELECT a.id,
    CASE WHEN a.n >= 5 THEN a.region WHEN b.n >= 5 THEN b.region ELSE '' END AS region,
    CASE WHEN a.n >= 5 OR b.n >= 5 OR c.n >= 5 THEN a.band WHEN d.n >= 5 THEN d.band ELSE e.band
    END AS band
FROM market_cell a
JOIN market_cell b ON b.id = a.parent_id
JOIN market_cell c ON c.id = b.parent_id
JOIN market_cell d ON d.id = c.parent_id
JOIN market_cell e ON e.id = d.parent_id
WHERE a.level = 0;
"""
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
# Make the cells that some open orders need, from the widest level down.
CELLS = """
CREATE FUNCTION qinghe_market_cells(orders uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR depth IN REVERSE 4..0 LOOP
        INSERT INTO market_cell (level, product, stage, currency, region, band, n, parent_id)
        SELECT DISTINCT depth, l.product, l.stage, l.currency, own.region, own.band, 0, p.id
        FROM (
            SELECT DISTINCT o.product, o.stage, o.currency, o.region, o.band
            FROM unnest(orders) AS wanted (id) JOIN market_listing o ON o.id = wanted.id
        ) l
        CROSS JOIN LATERAL qinghe_market_level(depth, l.region, l.band) own
        CROSS JOIN LATERAL qinghe_market_level(depth + 1, l.region, l.band) wider
        LEFT JOIN market_cell p ON p.level = depth + 1 AND p.product = l.product
            AND p.stage = l.stage AND p.currency = l.currency AND p.region = wider.region
            AND p.band = wider.band
        WHERE NOT EXISTS (
            SELECT FROM market_cell c WHERE c.level = depth AND c.product = l.product
                AND c.stage = l.stage AND c.currency = l.currency AND c.region = own.region
                AND c.band = own.band
        )
        ORDER BY 2, 3, 4, 5, 6
        ON CONFLICT DO NOTHING;
    END LOOP;
END $$;
"""
SETTLE = """
CREATE FUNCTION qinghe_market_hall() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    come uuid[];
    gone uuid[];
    cells bigint[];
    steps int[];
    turned bigint[] := '{}';
    crossed bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(id) INTO come FROM added WHERE state = 'open' AND package_id IS NULL;
    ELSE
        SELECT array_agg(id) FILTER (WHERE opens), array_agg(id) FILTER (WHERE was) INTO come, gone
        FROM (
            SELECT a.id, a.state = 'open' AND a.package_id IS NULL AS opens,
                r.state = 'open' AND r.package_id IS NULL AS was,
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
        SELECT l.id, s.id, l.number, l.creditor_kind, l.mode, s.region, l.product, l.stage, l.hand,
            l.currency, s.band, date_trunc('month', k.due_on::timestamp)::date, l.evidence_count,
            l.commission_rate, l.quality_share, l.period_days, l.licence, l.designated_to_id,
            l.listed_at, l.expires_at, qinghe_market_tags(s.region, s.band, l.product, l.stage,
                l.creditor_kind, l.mode, l.hand, l.commission_rate)
        FROM unnest(come) AS w (id) JOIN market_listing l ON l.id = w.id
        JOIN claims_claim k ON k.id = l.claim_id
        JOIN market_cell c ON c.level = 0 AND c.product = l.product AND c.stage = l.stage
            AND c.currency = l.currency AND c.region = l.region AND c.band = l.band * 17
        JOIN market_cell_shown s ON s.id = c.id;
    END IF;
    IF turned <> '{}' THEN
        WITH RECURSIVE under AS (
            SELECT id, level FROM market_cell WHERE id = ANY (turned)
            UNION
            SELECT c.id, c.level FROM under u JOIN market_cell c ON c.parent_id = u.id
            WHERE c.n BETWEEN 1 AND 4
        )
        UPDATE market_hallrow h SET region = s.region, band = s.band,
            tags = qinghe_market_tags(s.region, s.band, h.product, h.stage, h.creditor_kind,
                h.mode, h.hand, h.commission_rate)
        FROM under u JOIN market_cell_shown s ON s.id = u.id
        WHERE u.level = 0 AND h.cell_id = s.id AND (h.region, h.band) <> (s.region, s.band);
    END IF;
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
DROP FUNCTION qinghe_market_cells(uuid[]);
DROP FUNCTION qinghe_market_level(int, text, int);
DROP FUNCTION qinghe_market_tags(text, int, text, text, text, text, int, numeric);
DROP VIEW market_open_order;
DROP VIEW market_cell_shown;
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
            name='GiveBack',
            fields=[
                ('mandate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='market.mandate')),
                ('cause', models.TextField(choices=[('unreachable', 'No address works'), ('wrong_person', 'The claim or the person is wrong'), ('conflict', 'We stand on both sides'), ('asked', 'The creditor asked for it'), ('unable', 'We cannot work it now'), ('other', 'Another reason')])),
                ('excused', models.BooleanField()),
                ('at', models.DateTimeField()),
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
        migrations.CreateModel(
            name='Package',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.TextField(unique=True)),
                ('creditor_kind', models.TextField()),
                ('mode', models.TextField(choices=[('grab', 'First come'), ('designated', 'Designated'), ('own_team', 'Own team')])),
                ('state', models.TextField(choices=[('open', 'Open'), ('taken', 'Taken'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], default='open')),
                ('currency', models.CharField(max_length=3)),
                ('size', models.PositiveIntegerField()),
                ('about', models.BigIntegerField()),
                ('max_band', models.PositiveSmallIntegerField()),
                ('composition', models.JSONField()),
                ('commission_rate', models.DecimalField(decimal_places=4, max_digits=5)),
                ('quality_share', models.DecimalField(decimal_places=4, max_digits=5)),
                ('period_days', models.PositiveSmallIntegerField()),
                ('listed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.UUIDField(default=qinghe.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('user_id', models.UUIDField()),
                ('name', models.TextField()),
                ('query', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
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
            model_name='giveback',
            name='collector',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation'),
        ),
        migrations.AddField(
            model_name='hallrow',
            name='cell',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='market.cell'),
        ),
        migrations.AddField(
            model_name='package',
            name='creditor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation'),
        ),
        migrations.AddField(
            model_name='package',
            name='designated_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation'),
        ),
        migrations.AddField(
            model_name='listing',
            name='package',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='market.package'),
        ),
        migrations.AddField(
            model_name='savedsearch',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='parties.organisation'),
        ),
        migrations.AddConstraint(
            model_name='cell',
            constraint=models.UniqueConstraint(fields=('product', 'stage', 'currency', 'region', 'band', 'level'), name='market_one_cell'),
        ),
        migrations.AddIndex(
            model_name='giveback',
            index=models.Index(fields=['collector', 'at'], name='market_give_back_recent'),
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
        migrations.AddIndex(
            model_name='package',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['-listed_at', 'id'], name='market_package_open'),
        ),
        migrations.AddIndex(
            model_name='package',
            index=models.Index(fields=['creditor', '-listed_at'], name='market_package_creditor'),
        ),
        migrations.AddConstraint(
            model_name='package',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('listed_at'))), name='market_package_period'),
        ),
        migrations.AddConstraint(
            model_name='savedsearch',
            constraint=models.UniqueConstraint(fields=('organisation', 'user_id', 'name'), name='market_one_search_name'),
        ),
        migrations.RunSQL(
            "ALTER TABLE market_cell SET (fillfactor = 60)", migrations.RunSQL.noop
        ),
        migrations.RunSQL([TAGS, SHOWN, VIEW, LEVELS, CELLS, SETTLE], UNDO),
    ]

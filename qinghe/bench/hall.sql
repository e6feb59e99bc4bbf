-- A hall of {orders} open orders on {day}: many in few large cities, few in many small ones. No personal data.
-- Identifiers end in twelve decimal digits, so that pgbench can make them with its own arithmetic.
CREATE OR REPLACE FUNCTION bench_made(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('0190000' || kind || '-0000-7000-8000-' || 100000000000 + number)::uuid
$$;
-- An even draw between nought and one for each order and question.
CREATE OR REPLACE FUNCTION bench_draw(number bigint, question int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashint8extended(number, question) & 2147483647) / 2147483648.0
$$;

INSERT INTO parties_organisation
    (id, slug, name, kind, state, credit_code, region, lender_kind, "group", created_at, level)
SELECT bench_made(1, n), 'bench-' || n, 'bench ' || n, CASE WHEN n < 200 THEN 'agency' ELSE 'institution' END,
    'active', 'C' || n, '', 'bank', '', timestamptz '{day}' - interval '2 years', 3
FROM generate_series(0, 239) n;
INSERT INTO market_capacity (collector_id, "limit", live, max_band)
SELECT bench_made(1, n), 1000000, 0, 7 FROM generate_series(0, 199) n;
INSERT INTO parties_licence (id, organisation_id, kind, number, region, starts_on, ends_on, verified_at)
SELECT bench_made(8, n), bench_made(1, n), 'collection', 'R-' || n, '', date '{day}' - 365,
    date '{day}' + 365, timestamptz '{day}' - interval '1 year'
FROM generate_series(0, 199) n;
INSERT INTO parties_certificate (id, user_id, number, sitting_id, issued_on, ends_on, revoked_at, reason)
SELECT bench_made(9, n), bench_made(0, n), 'QHC-' || n, NULL, date '{day}' - 30, date '{day}' + 335, NULL, ''
FROM generate_series(0, 199) n;
-- One person of each organisation signs for it, and every agency has its deposits.
INSERT INTO parties_user (id, password, is_superuser, first_name, last_name, is_staff, is_active, date_joined, email,
    display_name, language)
SELECT bench_made(0, n), '!', false, '', '', false, true, timestamptz '{day}' - interval '1 year',
    'bench-' || n || '@example.com', 'bench ' || n, 'zh-hans'
FROM generate_series(0, 239) n;
INSERT INTO parties_cover (id, organisation_id, kind, amount, currency, paper, reference, recorded_by, recorded_at,
    confirmed_by, confirmed_at, ends_on, released_at, called)
SELECT bench_made(7, n * 2 + place), bench_made(1, n), 'deposit', 1000000000000, (ARRAY['CNY', 'HKD'])[place + 1], '', '',
    'operator:1', timestamptz '{day}' - interval '1 year', 'operator:2', timestamptz '{day}' - interval '1 year', NULL,
    NULL, 0
FROM generate_series(0, 199) n, generate_series(0, 1) place;

INSERT INTO parties_person (id, kind, masked_name, region, zones, language, deceased_on, created_at)
SELECT bench_made(2, n), 'natural', '', '330100', '["Asia/Shanghai"]', 'zh-hans', NULL,
    timestamptz '{day}' - interval '1 year'
FROM generate_series(1::bigint, {orders}) n;

INSERT INTO claims_claim
    (id, number, creditor_id, debtor_id, batch_id, contract_number, fingerprint, product, hand, region,
     currency, contract_on, due_on, overdue_rate_pct, interest_to, principal, interest, costs, claimed,
     paid, state, stage, stage_changes_on, challenge_ends_at, created_at, closed_at)
SELECT bench_made(3, n), 'B-' || n, bench_made(1, 200 + n % 40), bench_made(2, n), NULL, 'C-' || n, '\x00',
    (ARRAY['credit_card', 'consumer_loan', 'small_loan', 'private_loan', 'trade_credit', 'other'])
        [1 + floor(6 * bench_draw(n, 1) ^ 1.5)::int],
    1 + floor(4 * bench_draw(n, 2) ^ 4)::int,
    (ARRAY['44', '33', '32', '31', '11', '37', '51', '41', '42', '35', '43', '34', '13', '61', '50', '21', '36',
        '53', '45', '14', '52', '12', '23', '22', '65', '15', '62', '46', '64', '63', '54'])
        [1 + floor(31 * bench_draw(n, 3) ^ 2)::int] || lpad((1 + floor(11 * bench_draw(n, 4) ^ 2)::int)::text, 2, '0') || '00',
    CASE WHEN bench_draw(n, 5) < 0.97 THEN 'CNY' ELSE 'HKD' END, date '{day}' - 900,
    date '{day}' - 15 - stage * 30, 12, date '{day}' - 1, amount, 0, 0, amount, 0, 'listed', 'M' || stage,
    date '{day}' + 10, NULL, timestamptz '{day}' - interval '300 days', NULL
FROM (
    SELECT n, 1 + floor(7 * bench_draw(n, 6) ^ 1.5)::int AS stage,
        (50000 * exp(7 * bench_draw(n, 7)))::bigint AS amount
    FROM generate_series(1::bigint, {orders}) n
) drawn;
ANALYZE claims_claim;

-- What the trigger would make of them, set by set: it works by what changes, and here everything does.
ALTER TABLE market_listing DISABLE TRIGGER USER;
INSERT INTO market_listing
    (id, number, claim_id, creditor_kind, mode, state, region, product, stage, hand, currency, band,
     evidence_count, commission_rate, quality_share, period_days, licence, designated_to_id, listed_at, expires_at,
     document_id, signed_by, signed_role)
SELECT bench_made(4, n), 'L-' || n, id, CASE WHEN bench_draw(n, 8) < 0.9 THEN 'institution' ELSE 'private_creditor' END,
    CASE WHEN n % 50 = 0 THEN 'designated' ELSE 'grab' END, 'open', region, product, stage, hand, currency,
    width_bucket(claimed / 100, ARRAY[1000, 5000, 10000, 20000, 50000, 100000, 500000]::bigint[]), n % 3,
    rate, 0.25, 90, 'collection',
    CASE WHEN n % 50 = 0 THEN bench_made(1, n % 200) END,
    timestamptz '{day}' - make_interval(mins => (bench_draw(n, 10) * 40000)::int), timestamptz '{day}' + interval '30 days',
    sha256, bench_made(0, 200 + n % 40), 'creditor'
FROM (
    SELECT substr(number, 3)::bigint AS n, round((0.03 + 0.4 * bench_draw(substr(number, 3)::bigint, 9) ^ 2)::numeric, 2) AS rate, *
    FROM claims_claim
) c
-- The texts were written before, one for each rate.
JOIN (SELECT sha256, (figures->>'commission_rate')::numeric AS written FROM market_document) d ON d.written = c.rate;
CREATE TEMP TABLE bench_path AS
SELECT l.id AS listing, l.product, l.stage, l.currency, place.depth, own.region, own.band
FROM market_listing l, generate_series(0, 4) place (depth)
CROSS JOIN LATERAL (SELECT
    CASE WHEN place.depth = 0 THEN l.region WHEN place.depth = 1 THEN substr(l.region, 1, 2) || '0000' ELSE '' END AS region,
    CASE WHEN place.depth < 3 THEN l.band * 17 WHEN place.depth = 4 THEN 7 WHEN l.band < 4 THEN 3 ELSE 71 END AS band
) own;
INSERT INTO market_cell (level, product, stage, currency, region, band, n)
SELECT DISTINCT depth, product, stage, currency, region, band, 0 FROM bench_path;
ANALYZE market_cell;
UPDATE market_cell c SET parent_id = p.id FROM market_cell p
WHERE p.level = c.level + 1 AND p.product = c.product AND p.stage = c.stage AND p.currency = c.currency
    AND p.region = CASE WHEN c.level = 0 THEN substr(c.region, 1, 2) || '0000' ELSE '' END
    AND p.band = CASE WHEN c.level < 2 THEN c.band WHEN c.level = 3 THEN 7 WHEN c.band < 68 THEN 3 ELSE 71 END;
UPDATE market_cell c SET n = f.n FROM (
    SELECT product, stage, currency, region, band, count(*) AS n FROM bench_path WHERE depth = 0 GROUP BY 1, 2, 3, 4, 5
) f WHERE c.level = 0 AND (c.product, c.stage, c.currency, c.region, c.band) = (f.product, f.stage, f.currency, f.region, f.band);
UPDATE market_cell c SET n = f.n FROM (SELECT parent_id, sum(n) AS n FROM market_cell WHERE level = 0 AND n < 5 GROUP BY 1) f WHERE c.id = f.parent_id;
UPDATE market_cell c SET n = f.n FROM (SELECT parent_id, sum(n) AS n FROM market_cell WHERE level = 1 AND n < 5 GROUP BY 1) f WHERE c.id = f.parent_id;
UPDATE market_cell c SET n = f.n FROM (SELECT parent_id, sum(n) AS n FROM market_cell WHERE level = 2 AND n < 5 GROUP BY 1) f WHERE c.id = f.parent_id;
UPDATE market_cell c SET n = f.n FROM (SELECT parent_id, sum(n) AS n FROM market_cell WHERE level = 3 AND n < 5 GROUP BY 1) f WHERE c.id = f.parent_id;
ANALYZE market_cell;
CREATE TEMP TABLE bench_shown AS
SELECT a.id, a.product, a.stage, a.currency, a.region AS city, a.band AS exact,
    CASE WHEN a.n >= 5 THEN a.region WHEN b.n >= 5 THEN b.region ELSE '' END AS region,
    CASE WHEN a.n >= 5 OR b.n >= 5 OR c.n >= 5 THEN a.band WHEN d.n >= 5 THEN d.band ELSE e.band END AS band
FROM market_cell a JOIN market_cell b ON b.id = a.parent_id JOIN market_cell c ON c.id = b.parent_id
JOIN market_cell d ON d.id = c.parent_id JOIN market_cell e ON e.id = d.parent_id WHERE a.level = 0;
ANALYZE bench_shown;
ANALYZE market_listing;
INSERT INTO market_hallrow (listing_id, cell_id, person, commission_to, number, creditor_kind, mode, region, product, stage, hand, currency,
    band, due_month, evidence_count, commission_rate, quality_share, period_days, licence, designated_to, listed_at,
    expires_at, tags)
SELECT l.id, s.id, k.debtor_id, l.commission_rate, l.number, l.creditor_kind, l.mode, s.region, l.product, l.stage, l.hand, l.currency, s.band,
    date_trunc('month', k.due_on::timestamp)::date, l.evidence_count, l.commission_rate, l.quality_share,
    l.period_days, l.licence, l.designated_to_id, l.listed_at, l.expires_at,
    qinghe_market_tags(s.region, s.band, l.product, l.stage, l.creditor_kind, l.mode, l.hand, l.commission_rate)
FROM market_listing l JOIN claims_claim k ON k.id = l.claim_id
JOIN bench_shown s ON s.product = l.product AND s.stage = l.stage AND s.currency = l.currency AND s.city = l.region
    AND s.exact = l.band * 17;
-- Every order has a debtor of its own; a cell below five hands its debtors to the next level.
INSERT INTO market_celldebtor (cell_id, person, n, handed)
SELECT h.cell_id, h.person, 1, c.n < 5 FROM market_hallrow h JOIN market_cell c ON c.id = h.cell_id;
INSERT INTO market_celldebtor (cell_id, person, n, handed)
SELECT p.id, d.person, 1, p.n < 5 AND p.parent_id IS NOT NULL
FROM market_celldebtor d JOIN market_cell c ON c.id = d.cell_id AND c.level = 0 JOIN market_cell p ON p.id = c.parent_id
WHERE d.handed;
INSERT INTO market_celldebtor (cell_id, person, n, handed)
SELECT p.id, d.person, 1, p.n < 5 AND p.parent_id IS NOT NULL
FROM market_celldebtor d JOIN market_cell c ON c.id = d.cell_id AND c.level = 1 JOIN market_cell p ON p.id = c.parent_id
WHERE d.handed;
INSERT INTO market_celldebtor (cell_id, person, n, handed)
SELECT p.id, d.person, 1, p.n < 5 AND p.parent_id IS NOT NULL
FROM market_celldebtor d JOIN market_cell c ON c.id = d.cell_id AND c.level = 2 JOIN market_cell p ON p.id = c.parent_id
WHERE d.handed;
INSERT INTO market_celldebtor (cell_id, person, n, handed)
SELECT p.id, d.person, 1, p.n < 5 AND p.parent_id IS NOT NULL
FROM market_celldebtor d JOIN market_cell c ON c.id = d.cell_id AND c.level = 3 JOIN market_cell p ON p.id = c.parent_id
WHERE d.handed;
ANALYZE market_celldebtor;
ALTER TABLE market_listing ENABLE TRIGGER USER;

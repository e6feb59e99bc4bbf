-- {payments} payments in November 2026 on as many claims, for {organisations} creditors and as many agencies. No personal data.
-- Booked set by set, as the service books one: five transfers each, through the ledger's own triggers.
CREATE OR REPLACE FUNCTION bench_made(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('0190000' || kind || '-0000-7000-8000-' || 100000000000 + number)::uuid
$$;
INSERT INTO parties_organisation
    (id, slug, name, kind, state, credit_code, region, lender_kind, "group", created_at, level)
SELECT bench_made(1, n), 'bench-' || n, 'bench ' || n,
    CASE WHEN n < {organisations} THEN 'institution' ELSE 'agency' END,
    'active', 'C' || n, '', 'bank', '', timestamptz '2024-11-01', 3
FROM generate_series(0, 2 * {organisations} - 1) n;
INSERT INTO parties_person (id, kind, masked_name, region, zones, language, deceased_on, created_at)
SELECT bench_made(2, n), 'natural', '', '330100', '["Asia/Shanghai"]', 'zh-hans', NULL, timestamptz '2025-11-01'
FROM generate_series(1::bigint, {payments}) n;
CREATE TEMP TABLE bench_paid AS
SELECT n, bench_made(3, n) AS claim, bench_made(1, n % {organisations}) AS creditor,
    bench_made(1, {organisations} + n * 7 % {organisations}) AS agency,
    amount, amount / 5 AS gross, amount / 5 / 20 AS fee, (amount / 5 - amount / 5 / 20) / 4 AS reserve,
    -- From nine in the morning of the first to the evening of the last, China's time.
    timestamptz '2026-11-01 01:00+00' + (n * 2560000 / {payments}) * interval '1 second' AS at
FROM (SELECT n, 10000 + n * 7919 % 500000 AS amount FROM generate_series(1::bigint, {payments}) n) drawn;
INSERT INTO claims_claim
    (id, number, creditor_id, debtor_id, batch_id, contract_number, fingerprint, product, hand, region,
     currency, contract_on, due_on, overdue_rate_pct, interest_to, principal, interest, costs, claimed,
     paid, state, stage, stage_changes_on, challenge_ends_at, created_at, closed_at)
SELECT claim, 'B-' || n, creditor, bench_made(2, n), NULL, 'C-' || n, '\x00', 'consumer_loan', 1, '330100',
    'CNY', date '2024-06-01', date '2026-06-01', NULL, date '2026-11-01', amount, 0, 0, 2 * amount, amount,
    'ready', 'M5', date '2026-12-10', NULL, timestamptz '2026-10-01', NULL
FROM bench_paid;
INSERT INTO ledger_account (id, path, currency, side, balance)
SELECT gen_random_uuid(), path, 'CNY', side, 0 FROM (
    SELECT 'claim:' || claim || ':principal' AS path, 'debit' AS side FROM bench_paid
    UNION SELECT 'creditor:' || creditor || ':claimed', 'credit' FROM bench_paid
    UNION SELECT 'creditor:' || creditor || ':collected', 'mixed' FROM bench_paid
    UNION SELECT 'collector:' || agency || ':payable', 'mixed' FROM bench_paid
    UNION SELECT 'collector:' || agency || ':reserve', 'credit' FROM bench_paid
    UNION SELECT 'platform:cash:bench:' || to_hex(shard), 'debit' FROM generate_series(0, 15) shard
    UNION SELECT 'platform:fees:' || to_hex(shard), 'mixed' FROM generate_series(0, 15) shard
) AS wanted;
ANALYZE ledger_account;
INSERT INTO ledger_transfer (id, debit_id, credit_id, amount, currency, kind, subject, at)
SELECT gen_random_uuid(), d.id, c.id, 2 * b.amount, 'CNY', 'claim.accepted', 'claim:' || b.claim, timestamptz '2026-10-01'
FROM bench_paid b JOIN ledger_account d ON d.path = 'claim:' || b.claim || ':principal'
JOIN ledger_account c ON c.path = 'creditor:' || b.creditor || ':claimed';
INSERT INTO settlement_payment
    (id, claim_id, creditor_id, source, reference, amount, excess, currency, paid_on, state, received_at)
SELECT bench_made(5, n), claim, creditor, 'cashier', 'bench-' || n, amount, 0, 'CNY',
    (at AT TIME ZONE 'Asia/Shanghai')::date, 'posted', at
FROM bench_paid;
INSERT INTO settlement_allocation (id, payment_id, component, amount)
SELECT gen_random_uuid(), bench_made(5, n), 'principal', amount FROM bench_paid;
INSERT INTO settlement_split
    (id, payment_id, collector_id, amount, creditor_share, commission, reserve, platform_fee, rate, at)
SELECT gen_random_uuid(), bench_made(5, n), agency, amount, amount - gross, gross - fee - reserve, reserve, fee, 0.2, at
FROM bench_paid;
-- One statement per day, as days come: each moves the balances once.
CREATE TEMP TABLE bench_moves AS
SELECT d.id AS debit, c.id AS credit, m.amount, m.kind, 'payment:' || bench_made(5, b.n) AS subject, b.at
FROM bench_paid b CROSS JOIN LATERAL (VALUES
    ('creditor:' || b.creditor || ':claimed', 'claim:' || b.claim || ':principal', b.amount, 'payment.applied'),
    ('platform:cash:bench:' || to_hex(b.n % 16), 'creditor:' || b.creditor || ':collected', b.amount, 'payment.collected'),
    ('creditor:' || b.creditor || ':collected', 'collector:' || b.agency || ':payable', b.gross - b.fee - b.reserve, 'payment.commission'),
    ('creditor:' || b.creditor || ':collected', 'collector:' || b.agency || ':reserve', b.reserve, 'payment.reserve'),
    ('creditor:' || b.creditor || ':collected', 'platform:fees:' || to_hex(b.n % 16), b.fee, 'payment.fee')
) AS m (debit, credit, amount, kind)
JOIN ledger_account d ON d.path = m.debit JOIN ledger_account c ON c.path = m.credit;
CREATE INDEX ON bench_moves (at);
DO $$ DECLARE day date; BEGIN FOR day IN SELECT DISTINCT (at AT TIME ZONE 'Asia/Shanghai')::date FROM bench_moves ORDER BY 1 LOOP
    INSERT INTO ledger_transfer (id, debit_id, credit_id, amount, currency, kind, subject, at)
    SELECT gen_random_uuid(), debit, credit, amount, 'CNY', kind, subject, at FROM bench_moves
    WHERE at >= qinghe_ledger_begins(day) AND at < qinghe_ledger_begins(day + 1) ORDER BY at; END LOOP; END $$;
DROP TABLE bench_moves;
DROP TABLE bench_paid;
ANALYZE;

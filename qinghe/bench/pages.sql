-- What the pages of the staff side read, on top of market.sql: {claims} claims, of which a fifth is worked
-- under mandates, a fifth stands in the hall and a hundredth waits for its check. No personal data at all.
CREATE FUNCTION pg_temp.more(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('019001' || lpad(to_hex(kind), 2, '0') || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid
$$;

UPDATE claims_claim c SET state = CASE WHEN n <= {claims} / 5 * 2 THEN 'listed' ELSE 'submitted' END,
    created_at = timestamptz '{day}' - make_interval(mins => (n % 400000)::int)
FROM generate_series({claims} / 5 + 1, {claims} / 5 * 2 + {claims} / 100) n WHERE c.id = pg_temp.made(3, n);
INSERT INTO market_capacity (collector_id, "limit", live, max_band)
SELECT pg_temp.made(1, n), 100000, {claims} / 5 / 40, 7 FROM generate_series(21, 60) n;
INSERT INTO parties_licence (id, organisation_id, kind, number, region, starts_on, ends_on, verified_at)
SELECT pg_temp.more(1, n), pg_temp.made(1, n), 'collection', 'R-' || n, '', date '{day}' - 365,
    date '{day}' + 365, timestamptz '{day}' - interval '1 year'
FROM generate_series(21, 60) n;

INSERT INTO market_listing
    (id, number, claim_id, creditor_kind, mode, state, region, product, stage, hand, currency, band,
     evidence_count, commission_rate, quality_share, period_days, licence, designated_to_id, listed_at, expires_at)
SELECT pg_temp.more(2, n), 'L-' || n, pg_temp.made(3, {claims} / 5 + n), 'institution',
    CASE WHEN n % 50 = 0 THEN 'designated' ELSE 'grab' END, 'open',
    (ARRAY['330100', '310000', '440300', '110000', '510100'])[1 + n % 5], 'consumer_loan', 'M' || 1 + n % 6, 1, 'CNY',
    n % 6, n % 3, 0.05 + (n % 20) * 0.01, 0.25, 90, 'collection',
    CASE WHEN n % 50 = 0 THEN pg_temp.made(1, 21 + n % 40) END,
    timestamptz '{day}' - make_interval(mins => (n % 20000)::int), timestamptz '{day}' + interval '30 days'
FROM generate_series(1::bigint, {claims} / 5) n;

INSERT INTO market_mandate
    (id, claim_id, creditor_id, collector_id, listing_id, mode, state, commission_rate, quality_share,
     terms_version, terms_sha256, signed_by, signed_at, starts_at, ends_at, closed_at, reason)
SELECT pg_temp.more(3, n), pg_temp.made(3, n), pg_temp.made(1, 1 + n % 20), pg_temp.made(1, 21 + n % 40), NULL,
    'grab', 'active', 0.12, 0.25, '2026-11', '', pg_temp.more(0, 1), begun, begun, begun + interval '120 days', NULL, ''
FROM (
    SELECT n, timestamptz '{day}' - make_interval(days => (1 + n % 80)::int) AS begun
    FROM generate_series(1::bigint, {claims} / 5) n
) started;

INSERT INTO parties_vaultitem (id, person_id, kind, ciphertext, key_id, blind, masked, created_at)
SELECT pg_temp.more(4, n), pg_temp.made(2, 1 + n % {persons}), 'phone', '\x00', 'bench', NULL, '100****0000',
    timestamptz '{day}' - interval '300 days'
FROM generate_series(1::bigint, {claims} / 5) n;
INSERT INTO parties_contactpoint (id, person_id, address_id, kind, zone, source, state, is_work, created_at)
SELECT pg_temp.more(5, n), pg_temp.made(2, 1 + n % {persons}), pg_temp.more(4, n), 'phone', 'Asia/Shanghai',
    'contract', 'valid', false, timestamptz '{day}' - interval '300 days'
FROM generate_series(1::bigint, {claims} / 5) n;

INSERT INTO claims_line (id, claim_id, component, kind, amount, facts, booked_at)
SELECT pg_temp.more(6, n), pg_temp.made(3, n), 'principal', 'claimed', 100000 + n % 4000000, '{}',
    timestamptz '{day}' - interval '300 days'
FROM generate_series(1::bigint, {claims} / 5) n;
INSERT INTO claims_evidence (id, claim_id, kind, sha256, media_type, size, filename, uploaded_at)
SELECT pg_temp.more(7, n), pg_temp.made(3, n), 'contract', 'bench', 'application/pdf', 1000, 'contract.pdf',
    timestamptz '{day}' - interval '299 days'
FROM generate_series(1::bigint, {claims} / 5) n;

-- Ten attempts on every worked claim, four of them within the days that still count; one in ten was refused.
INSERT INTO contact_attempt
    (id, person_id, claim_id, mandate_id, collector_id, creditor_group, point_id, channel, mode, purpose, template,
     by_user, at, state, rules, pack, counters, next_allowed_at, must_end_by, sent_at, outcome, outcome_at)
SELECT pg_temp.more(8, n), pg_temp.made(2, 1 + claim % {persons}), pg_temp.made(3, claim), pg_temp.more(3, claim),
    pg_temp.made(1, 21 + claim % 40), 'bench', pg_temp.more(5, claim), 'voice', 'human', 'collect', 'reminder',
    NULL, moment, CASE WHEN refused THEN 'refused' ELSE 'done' END,
    CASE WHEN refused THEN ARRAY['CN-WIN-01'] ELSE ARRAY[]::text[] END, 'bench', '{}', NULL, NULL,
    CASE WHEN NOT refused THEN moment END,
    CASE WHEN NOT refused THEN (ARRAY['no_answer', 'talk', 'busy'])[1 + n % 3] END,
    CASE WHEN NOT refused THEN moment END
FROM (
    SELECT n, claim, part = 7 AS refused, timestamptz '{day}' - make_interval(days => 2 * part + 1, mins => (claim % 600)::int) AS moment
    FROM (
        SELECT n, 1 + n % ({claims} / 5) AS claim, (n / ({claims} / 5))::int AS part
        FROM generate_series(0::bigint, {claims} / 5 * 10 - 1) n
    ) spread
) tried;

INSERT INTO casework_record (id, claim_id, mandate_id, attempt_id, action, result, note_id, by_user, at)
SELECT pg_temp.more(9, n), pg_temp.made(3, n), pg_temp.more(3, n), NULL, 'call', 'not_reached', NULL, NULL,
    timestamptz '{day}' - interval '3 days'
FROM generate_series(1::bigint, {claims} / 5) n;

INSERT INTO quality_complaint
    (id, number, person_id, claim_id, mandate_id, collector_id, kind, statement_id, state, opened_at, due_on,
     decided_at, decision_text)
SELECT pg_temp.more(10, n), 'K-' || n, pg_temp.made(2, 1 + n * 10 % {persons}), pg_temp.made(3, n * 10), pg_temp.more(3, n * 10),
    pg_temp.made(1, 21 + n * 10 % 40), 'rude', NULL, CASE WHEN n % 20 = 0 THEN 'open' ELSE 'dismissed' END,
    timestamptz '{day}' - make_interval(days => (n % 300)::int), date '{day}' + 15 - (n % 300)::int,
    CASE WHEN n % 20 > 0 THEN timestamptz '{day}' END, ''
FROM generate_series(1::bigint, {claims} / 50) n;

INSERT INTO claims_dispute
    (id, claim_id, person_id, reason, statement_id, state, opened_at, answer_due_at, decided_at, decision_text)
SELECT pg_temp.more(11, n), pg_temp.made(3, n * 30), pg_temp.made(2, 1 + n * 30 % {persons}), 'paid', NULL,
    CASE WHEN n % 10 = 0 THEN 'open' ELSE 'dismissed' END, timestamptz '{day}' - interval '9 days',
    timestamptz '{day}' + interval '6 days', CASE WHEN n % 10 > 0 THEN timestamptz '{day}' END, ''
FROM generate_series(1::bigint, {claims} / 200) n;

INSERT INTO settlement_payment
    (id, claim_id, creditor_id, order_id, source, reference, amount, excess, currency, paid_on, state, received_at, reversed_at)
SELECT pg_temp.more(12, n), pg_temp.made(3, n), pg_temp.made(1, 1 + n % 20), NULL, 'creditor', 'P-' || n, 5000, 0, 'CNY',
    date '{day}' - 10, 'posted', timestamptz '{day}' - interval '10 days', NULL
FROM generate_series(1::bigint, {claims} / 5) n WHERE n % 3 = 0;

ANALYZE;

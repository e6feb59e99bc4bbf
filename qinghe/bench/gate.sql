-- {persons} persons, each with one telephone and one claim that is worked under a live mandate on {day}.
-- Identifiers end in twelve decimal digits, so that pgbench can make them with its own arithmetic.
CREATE OR REPLACE FUNCTION bench_made(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('0190000' || kind || '-0000-7000-8000-' || 100000000000 + number)::uuid
$$;

INSERT INTO parties_organisation
    (id, slug, name, kind, state, credit_code, region, lender_kind, "group", created_at, level)
SELECT bench_made(1, n), 'bench-' || n, 'bench ' || n, CASE WHEN n < 40 THEN 'agency' ELSE 'institution' END,
    'active', '', '', 'bank', '', timestamptz '{day}' - interval '2 years', 3
FROM generate_series(0, 59) n;

INSERT INTO parties_licence (id, organisation_id, kind, number, region, starts_on, ends_on, verified_at)
SELECT bench_made(8, n), bench_made(1, n), 'collection', 'R-' || n, '', date '{day}' - 365,
    date '{day}' + 365, timestamptz '{day}' - interval '1 year'
FROM generate_series(0, 39) n;

INSERT INTO parties_certificate (id, user_id, number, sitting_id, issued_on, ends_on, revoked_at, reason)
SELECT bench_made(9, 1), bench_made(0, 1), 'QHC-1', NULL, date '{day}' - 30, date '{day}' + 335, NULL, '';

INSERT INTO parties_person
    (id, kind, masked_name, region, zones, language, deceased_on, created_at)
SELECT bench_made(2, n), 'natural', '', '330100', '["Asia/Shanghai"]', 'zh-hans', NULL,
    timestamptz '{day}' - interval '1 year'
FROM generate_series(1, {persons}) n;

INSERT INTO claims_claim
    (id, number, creditor_id, debtor_id, batch_id, contract_number, fingerprint, product, hand, region,
     currency, contract_on, due_on, overdue_rate_pct, interest_to, principal, interest, costs, claimed,
     paid, state, stage, stage_changes_on, challenge_ends_at, created_at, closed_at)
SELECT bench_made(3, n), 'B-' || n, bench_made(1, 40 + n % 20), bench_made(2, n), NULL, 'C-' || n, '\x00',
    'consumer_loan', 1, '330100', 'CNY', date '{day}' - 400, date '{day}' - 50, 12, date '{day}' - 1,
    100000, 0, 0, 100000, 0, 'placed', 'M2', date '{day}' + 10, NULL, timestamptz '{day}' - interval '300 days', NULL
FROM generate_series(1, {persons}) n;

INSERT INTO market_mandate
    (id, claim_id, creditor_id, collector_id, listing_id, mode, state, commission_rate, quality_share,
     terms_version, terms_sha256, signed_by, signed_at, starts_at, ends_at, closed_at, reason)
SELECT bench_made(4, n), bench_made(3, n), bench_made(1, 40 + n % 20), bench_made(1, n % 40), NULL,
    'grab', 'active', 0.12, 0.25, '2026-11', '', bench_made(0, 1), timestamptz '{day}' - interval '40 days',
    timestamptz '{day}' - interval '40 days', timestamptz '{day}' + interval '80 days', NULL, ''
FROM generate_series(1, {persons}) n;

INSERT INTO parties_vaultitem (id, person_id, kind, ciphertext, key_id, blind, masked, created_at)
SELECT bench_made(5, n), bench_made(2, n), 'phone', '\x00', 'bench', NULL, '100****0000',
    timestamptz '{day}' - interval '300 days'
FROM generate_series(1, {persons}) n;
INSERT INTO parties_contactpoint (id, person_id, address_id, kind, zone, source, state, is_work, created_at)
SELECT bench_made(6, n), bench_made(2, n), bench_made(5, n), 'phone', 'Asia/Shanghai', 'contract', 'valid',
    false, timestamptz '{day}' - interval '300 days'
FROM generate_series(1, {persons}) n;

-- A market of {claims} open claims on {day}: made with set-based SQL, no personal data at all.
-- Identifiers are UUIDv7 shaped and count upwards, as real ones do.
CREATE FUNCTION pg_temp.made(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('0190000' || kind || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid
$$;

INSERT INTO parties_organisation
    (id, slug, name, kind, state, credit_code, region, lender_kind, "group", created_at, level)
SELECT pg_temp.made(1, n), 'bench-' || n, 'bench ' || n, CASE WHEN n <= 20 THEN 'institution' ELSE 'agency' END,
    'active', '', '', 'bank', '', timestamptz '{day}' - interval '2 years', 3
FROM generate_series(1, 60) n;

INSERT INTO parties_person
    (id, kind, masked_name, region, zones, language, deceased_on, created_at)
SELECT pg_temp.made(2, n), 'natural', '', '330100', '["Asia/Shanghai"]', 'zh-hans', NULL,
    timestamptz '{day}' - interval '1 year'
FROM generate_series(1, {persons}) n;

-- Due dates spread over 400 days, so that about 1.75 % of the claims change stage on any day.
INSERT INTO claims_claim
    (id, number, creditor_id, debtor_id, batch_id, contract_number, fingerprint, product, hand, region,
     currency, contract_on, due_on, overdue_rate_pct, interest_to, principal, interest, costs, claimed,
     paid, state, stage, stage_changes_on, challenge_ends_at, created_at, closed_at)
SELECT pg_temp.made(3, n), 'B-' || n, pg_temp.made(1, 1 + n % 20), pg_temp.made(2, 1 + n % {persons}), NULL,
    'C-' || n, '\x00', 'consumer_loan', 1, '330100', 'CNY', due - 365, due, 12, greatest(due, date '{day}' - 30),
    100000 + n % 4000000, 0, 0, 100000 + n % 4000000, 0, 'placed',
    'M' || k, CASE WHEN k = 0 THEN due + 1 WHEN k < 7 THEN due + 30 * k + 1 END,
    NULL, timestamptz '{day}' - interval '300 days', NULL
FROM (
    SELECT n, due, CASE WHEN late <= 0 THEN 0 ELSE least(7, (late + 29) / 30) END AS k
    FROM (
        SELECT n, date '{day}' + 100 - (n * 7919 % 400)::int AS due,
            (date '{day}' - 1) - (date '{day}' + 100 - (n * 7919 % 400)::int) AS late
        FROM generate_series(1::bigint, {claims}) n
    ) spread
) aged;

INSERT INTO ledger_account (id, path, currency, side, balance)
SELECT pg_temp.made(4, n), 'claim:' || pg_temp.made(3, n) || ':principal', 'CNY', 'debit', 0
FROM generate_series(1::bigint, {claims}) n;
INSERT INTO ledger_account (id, path, currency, side, balance)
SELECT pg_temp.made(5, n), 'creditor:' || pg_temp.made(1, n) || ':claimed', 'CNY', 'credit', 0
FROM generate_series(1, 20) n;
-- One opening transfer per creditor and hundred thousand: the trigger moves balances statement-wise.
INSERT INTO ledger_transfer (id, debit_id, credit_id, amount, currency, kind, subject, at)
SELECT pg_temp.made(6, n), pg_temp.made(4, n), pg_temp.made(5, 1 + n % 20), 100000 + n % 4000000, 'CNY',
    'claim.opened', 'claim:' || pg_temp.made(3, n), timestamptz '{day}' - interval '300 days'
FROM generate_series(1::bigint, {claims}) n;

INSERT INTO casework_promise
    (id, claim_id, mandate_id, amount, due_on, paid_before, state, made_at, decided_at)
SELECT pg_temp.made(7, n), pg_temp.made(3, n), NULL, 50000, date '{day}' - 4 + (n % 30)::int, 0, 'open',
    timestamptz '{day}' - interval '5 days', NULL
FROM generate_series(1::bigint, {claims} / 20) n;

INSERT INTO casework_plan
    (id, claim_id, state, total, monthly, count, first_due_on, paid_before, proposed_by, proposed_at,
     decided_at, ended_at)
SELECT pg_temp.made(8, n), pg_temp.made(3, {claims} / 2 + n), 'active', 120000, 10000, 12,
    date '{day}' - 200, 0, 'bench', timestamptz '{day}' - interval '220 days',
    timestamptz '{day}' - interval '219 days', NULL
FROM generate_series(1::bigint, {claims} / 50) n;
INSERT INTO casework_instalment (id, plan_id, seq, due_on, amount, paid, missed_at)
SELECT pg_temp.made(9, n * 12 + seq), pg_temp.made(8, n), seq,
    date '{day}' - 200 + seq * 30 + (n % 30)::int, 10000,
    CASE WHEN date '{day}' - 200 + seq * 30 + (n % 30)::int < date '{day}' - 4 THEN 10000 ELSE 0 END, NULL
FROM generate_series(1::bigint, {claims} / 50) n, generate_series(1, 12) seq;

INSERT INTO claims_hold (id, person_id, claim_id, kind, cause, placed_at, ends_at, lifted_at)
SELECT pg_temp.made(0, n), pg_temp.made(2, 1 + n % {persons}), pg_temp.made(3, n), 'hardship', 'bench:' || n,
    timestamptz '{day}' - interval '20 days',
    timestamptz '{day}' + make_interval(days => (n % 60)::int - 1), NULL
FROM generate_series(1::bigint, {claims} / 100) n;

ANALYZE;

-- {accounts} accounts of claims and as many of creditors; and the same once more in bare tables, with their
-- columns, keys, indexes and checks, but no trigger and no foreign key.
-- Identifiers end in twelve decimal digits, so that pgbench can make them with its own arithmetic.
INSERT INTO ledger_account (id, path, currency, side, balance)
SELECT ('01900001-0000-7000-8000-' || 100000000000 + n)::uuid, 'claim:' || n || ':costs', 'CNY', 'debit', 0
FROM generate_series(0::bigint, {accounts} - 1) n;
INSERT INTO ledger_account (id, path, currency, side, balance)
SELECT ('01900002-0000-7000-8000-' || 100000000000 + n)::uuid, 'creditor:' || n || ':claimed', 'CNY', 'credit', 0
FROM generate_series(0::bigint, {accounts} - 1) n;
CREATE TABLE bare_account (LIKE ledger_account INCLUDING ALL) WITH (fillfactor = 80);
CREATE TABLE bare_transfer (LIKE ledger_transfer INCLUDING ALL);
INSERT INTO bare_account SELECT * FROM ledger_account;
ANALYZE ledger_account, bare_account;

"""What the books promise beyond their balances, each as a query for what breaks it."""

from __future__ import annotations

from typing import Final

BOOKS: Final[dict[str, str]] = {
    "days-end-as-their-transfers-say": """
        WITH moved AS (
            SELECT id, day, sum(sum(amount)) OVER (PARTITION BY id ORDER BY day) AS balance,
                lead(day) OVER (PARTITION BY id ORDER BY day) IS NULL AS latest
            FROM (
                SELECT debit_id AS id, amount, (at AT TIME ZONE 'Asia/Shanghai')::date AS day
                FROM ledger_transfer
                UNION ALL SELECT credit_id, -amount, (at AT TIME ZONE 'Asia/Shanghai')::date
                FROM ledger_transfer
            ) AS entries GROUP BY id, day
        ), shown AS (
            SELECT account_id AS id, day, balance, false AS latest FROM ledger_dayend
            UNION ALL SELECT id, moved_on, balance, true FROM ledger_account
            WHERE moved_on IS NOT NULL
        )
        SELECT a.path || ' ' || day FROM moved m FULL JOIN shown s USING (id, day)
        JOIN ledger_account a USING (id)
        WHERE (m.balance, m.latest) IS DISTINCT FROM (s.balance, s.latest)
    """,
    "transfers-stay-in-one-currency": """
        SELECT t.id::text FROM ledger_transfer t
        LEFT JOIN ledger_account d ON d.id = t.debit_id
        LEFT JOIN ledger_account c ON c.id = t.credit_id
        WHERE (d.currency, c.currency) IS DISTINCT FROM (t.currency, t.currency)
    """,
    "reversals-mirror-their-originals": """
        SELECT r.id::text FROM ledger_transfer r LEFT JOIN ledger_transfer o ON o.id = r.reverses_id
        WHERE r.reverses_id IS NOT NULL AND (o.debit_id, o.credit_id, o.amount, o.currency)
            IS DISTINCT FROM (r.credit_id, r.debit_id, r.amount, r.currency)
    """,
    "accounts-show-what-is-set-aside": """
        WITH aside AS (
            SELECT id, sum(debit) AS debit, sum(credit) AS credit FROM (
                SELECT debit_id AS id, amount AS debit, 0 AS credit FROM ledger_pending
                WHERE state = 'pending'
                UNION ALL SELECT credit_id, 0, amount FROM ledger_pending WHERE state = 'pending'
                UNION ALL SELECT id, -pending_debit, -pending_credit FROM ledger_account
            ) AS entries GROUP BY id
        )
        SELECT a.path FROM ledger_account a JOIN aside USING (id)
        WHERE aside.debit <> 0 OR aside.credit <> 0
            OR (a.side = 'debit' AND a.balance < a.pending_credit)
            OR (a.side = 'credit' AND a.balance > -a.pending_debit)
    """,
    "pendings-are-settled-as-they-say": """
        SELECT p.id::text FROM ledger_pending p LEFT JOIN ledger_transfer t ON t.id = p.id
        WHERE (p.state = 'posted') <> (t.id IS NOT NULL)
            OR (t.id IS NOT NULL AND (t.debit_id, t.credit_id, t.amount, t.currency, t.at)
                IS DISTINCT FROM (p.debit_id, p.credit_id, p.posted, p.currency, p.settled_at))
            OR p.posted > p.amount
            OR (p.state = 'pending' AND p.expires_at < %(stuck)s)
    """,
    "introductions-are-booked-whole": """
        SELECT i.id::text FROM market_introduction i CROSS JOIN LATERAL (
            SELECT coalesce(sum(t.amount) FILTER (WHERE t.kind ~ '^introduction\\.fee'), 0) AS owed,
                coalesce(sum(t.amount) FILTER (WHERE t.kind = 'introduction.paid'), 0) AS paid
            FROM ledger_transfer t WHERE t.subject = 'introduction:' || i.id
        ) AS b
        WHERE b.owed <> CASE WHEN i.state = 'made' THEN i.fee ELSE 0 END
            OR b.paid <> CASE WHEN i.fee_received_at IS NULL THEN 0 ELSE i.fee END
    """,
}

"""What breaks a promise about closed months, as queries against the tables."""

from __future__ import annotations

BY_MONTH: dict[str, str] = {
    "closed-months-are-sealed": """
        WITH closed AS (
            SELECT p.*, lag(p.until, 1, '-infinity') OVER by_time AS since,
                lag(p.root, 1, '') OVER by_time AS before
            FROM ledger_period p WINDOW by_time AS (ORDER BY p.until)
        )
        SELECT to_char(c.month, 'YYYY-MM') FROM closed c
        CROSS JOIN LATERAL qinghe_ledger_root(c.previous, c.id, c.since, c.until) AS again
        WHERE c.previous <> c.before OR again.root <> c.root OR again.transfers <> c.transfers
    """,
    "closing-balances-are-the-replay": """
        WITH closed AS MATERIALIZED (
            SELECT id, until, lag(until, 1, '-infinity') OVER (ORDER BY until) AS since
            FROM ledger_period
        ), entries AS (
            SELECT debit_id AS id, amount, at FROM ledger_transfer
            UNION ALL SELECT credit_id, -amount, at FROM ledger_transfer
        ), moved AS (
            SELECT e.id, p.id AS period_id, p.until, sum(e.amount) AS total
            FROM closed p JOIN entries e ON e.at >= p.since AND e.at < p.until
            GROUP BY e.id, p.id, p.until
        ), replay AS (
            SELECT id, period_id, sum(total) OVER (PARTITION BY id ORDER BY until) AS balance
            FROM moved
        )
        SELECT a.path FROM replay r
        FULL JOIN ledger_closingbalance b ON b.account_id = r.id AND b.period_id = r.period_id
        JOIN ledger_account a ON a.id = coalesce(r.id, b.account_id)
        WHERE r.balance IS DISTINCT FROM b.balance ORDER BY a.path
    """,
    "closed-months-stay-closed": """
        SELECT to_char(c.month, 'YYYY-MM') FROM settlement_monthclose c
        LEFT JOIN ledger_period p ON p.id = c.period_id
        WHERE (c.state = 'closed') <> (p.id IS NOT NULL) OR p.month <> c.month
            OR c.state = 'closed' AND NOT EXISTS (
                SELECT 1 FROM journal_entry e WHERE e.kind = 'month.closed'
                    AND e.subject = 'month:' || to_char(c.month, 'YYYY-MM')
                    AND e.facts->>'root' = p.root
            )
    """,
    "statements-lead-from-month-to-month": """
        SELECT s.number FROM settlement_keptstatement s
        JOIN settlement_monthclose c ON c.id = s.close_id
        JOIN LATERAL (
            SELECT b.closing FROM settlement_keptstatement b
            JOIN settlement_monthclose m ON m.id = b.close_id
            WHERE b.organisation_id = s.organisation_id AND b.currency = s.currency
                AND m.month < c.month ORDER BY m.month DESC LIMIT 1
        ) AS before ON true
        WHERE s.opening <> before.closing
    """,
}

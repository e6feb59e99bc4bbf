"""What left the bank under numbers of ours, beside what the books let go: number by number."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.db import connection

NUMBERED: Final = r"^(PO|RB)-\d{8}-\d{8}$"
# A number nets to nothing: what the bank let go under it, less what came back, is what is booked.
NETS: Final = """
WITH net AS (
    SELECT number, currency, sum(let) AS let, sum(told) AS told, sum(back) AS back FROM (
        SELECT number, currency, amount AS let, 0 AS told, 0 AS back
        FROM settlement_payout WHERE state = 'paid'
        UNION ALL
        SELECT number, currency, amount, 0, 0 FROM settlement_sendback WHERE state = 'done'
        UNION ALL
        SELECT e.explained, e.currency, 0, e.amount, 0 FROM settlement_statemententry e
        WHERE NOT e.credit AND e.explained ~ %(numbered)s AND NOT EXISTS (
            SELECT FROM settlement_fee f WHERE f.entry_id = e.id AND f.state = 'booked')
        UNION ALL
        SELECT wish_note, currency, 0, 0, known FROM settlement_suspense
        WHERE known > 0 AND wish_note ~ %(numbered)s
    ) AS said GROUP BY number, currency
)
SELECT n.currency, sum(n.back)::bigint,
    coalesce(sum(n.told - n.let - n.back) FILTER (WHERE n.told - n.back < n.let), 0)::bigint,
    coalesce(sum(n.told - n.let - n.back)
        FILTER (WHERE n.told - n.back > n.let AND p.id IS NOT NULL), 0)::bigint,
    coalesce(sum(n.told - n.let - n.back)
        FILTER (WHERE n.told - n.back > n.let AND p.id IS NULL), 0)::bigint
FROM net n LEFT JOIN settlement_payout p ON p.number = n.number AND p.state = 'failed'
GROUP BY n.currency
"""
# What went back of debits left the box they came to, not the account of the bank.
BOXED: Final = """
SELECT currency, sum(amount)::bigint FROM settlement_sendback
WHERE state = 'done' AND debit_id IS NOT NULL GROUP BY currency
"""


@dataclass
class Numbers:
    """One currency, in minor units: what of our numbers lies between the books and the bank."""

    # Known to have come back under a number.
    back: int = 0
    # Booked, and on no statement yet (not above nothing).
    left: int = 0
    # Undone in the books, and not known to be back at the bank.
    returned: int = 0
    # Gone more often than the books let it go.
    again: int = 0
    # Of what is booked, from boxes of debits.
    boxed: int = 0


def by_number() -> dict[str, Numbers]:
    """Return what of our numbers lies between books and bank, by currency. Two queries."""
    found: dict[str, Numbers] = defaultdict(Numbers)
    with connection.cursor() as cursor:
        cursor.execute(NETS, {"numbered": NUMBERED})
        for currency, *sums in cursor.fetchall():
            found[currency] = Numbers(*map(int, sums))
        cursor.execute(BOXED)
        for currency, boxed in cursor.fetchall():
            found[currency].boxed = int(boxed)
    return found

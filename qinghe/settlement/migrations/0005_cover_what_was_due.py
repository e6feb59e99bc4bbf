"""
Commission that creditors owe from before becomes payable when they cover it, as it does from now on.

What was kept from their payouts until now counted for the oldest payments. What a collector got too
early is kept from its next payout, and shown as lent until then.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.utils import timezone

from qinghe.kernel.ids import new_id

DUE = """
SELECT split_part(path, ':', 2), currency, balance FROM ledger_account
WHERE path LIKE 'creditor:%%:commission\\_due'
"""
SPLITS = """
SELECT s.id, s.payment_id, s.collector_id, p.claim_id, s.commission, s.platform_fee, s.reserve,
    s.reserve_settled_at IS NOT NULL, coalesce(s.reserve_paid, s.reserve)
FROM settlement_split s JOIN settlement_payment p ON p.id = s.payment_id
WHERE p.creditor_id = %s AND p.currency = %s AND p.source = 'creditor' AND p.state = 'posted'
    AND s.collector_id IS NOT NULL AND s.commission + s.reserve + s.platform_fee > 0
ORDER BY s.at, s.id
"""
OPEN = """
INSERT INTO ledger_account (id, path, currency, side, balance) VALUES (%s, %s, %s, %s, 0)
ON CONFLICT (path, currency) DO NOTHING
"""
MOVE = """
INSERT INTO ledger_transfer (id, debit_id, credit_id, amount, currency, kind, subject, at)
SELECT %s, d.id, c.id, %s, %s, %s, %s, %s FROM ledger_account d, ledger_account c
WHERE d.path = %s AND c.path = %s AND d.currency = %s AND c.currency = %s
"""
SIDES = {"clawback": "debit", "commission_due": "debit", "platform:own": "mixed"}


class Books:
    """The few postings that are needed here, with accounts opened on first use."""

    def __init__(self, cursor: Any, currency: str) -> None:
        self.cursor, self.currency, self.at = cursor, currency, timezone.now()

    def move(self, debit: str, credit: str, amount: int, kind: str, subject: str) -> None:
        if not amount:
            return
        for path in (debit, credit):
            side = SIDES.get(path) or SIDES.get(path.rpartition(":")[2], "credit")
            self.cursor.execute(OPEN, [new_id(), path, self.currency, side])
        told = [new_id(), amount, self.currency, kind, subject, self.at]
        self.cursor.execute(MOVE, [*told, debit, credit, self.currency, self.currency])

    def take(self, path: str, credit: str, amount: int, subject: str) -> None:
        """Move an amount from what is owed to somebody; lend what is not there any more."""
        self.cursor.execute(
            "SELECT -balance FROM ledger_account WHERE path = %s AND currency = %s",
            [path, self.currency],
        )
        row = self.cursor.fetchone()
        lack = max(0, amount - (row[0] if row else 0))
        owner = path.rpartition(":")[0]
        if path.startswith("platform:fees"):
            self.move("platform:own", path, lack, "fees.returned", f"cover:{subject}")
        else:
            self.move(f"{owner}:clawback", path, lack, "payment.cover", f"cover:{subject}")
            self.move("platform:own", f"{owner}:advanced", lack, "own.lent", f"cover:{subject}")
        self.move(path, credit, amount, "commission.uncovered", subject)


def shares_of(row: tuple[Any, ...], creditor: str) -> list[tuple[str, int]]:
    """Return where the commission of a payment lies now: (account, amount), covered first."""
    _id, _payment, collector, claim, commission, fee, reserve, settled, paid = row
    payable = f"collector:{collector}:payable"
    shares = [(payable, commission), (f"platform:fees:{claim.int & 15:x}", fee)]
    if not settled:
        return [*shares, (f"collector:{collector}:reserve", reserve)]
    # Decided before anything covered it: what went back is the creditor's own money.
    return [*shares, (payable, paid), (f"creditor:{creditor}:collected", reserve - paid)]


def cover(cursor: Any, creditor: str, currency: str, due: int) -> None:
    cursor.execute(SPLITS, [creditor, currency])
    rows = cursor.fetchall()
    books = Books(cursor, currency)
    kept = sum(row[4] + row[5] + row[6] for row in rows) - due
    held, owed = f"creditor:{creditor}:collected", f"creditor:{creditor}:commission_due"
    # Kept in one sum until now; from now on it is known for which payment.
    books.move(owed, held, max(kept, 0), "commission.unkept", f"netting:{creditor}")
    for row in rows:
        subject, uncovered = f"payment:{row[1]}", 0
        for path, share in shares_of(row, creditor):
            covered = min(share, max(kept, 0))
            kept -= covered
            books.move(held, owed, covered, "commission.covered", subject)
            if path == held:
                books.take(held, owed, share - covered, subject)
            else:
                uncovered += share - covered
                to = f"creditor:{creditor}:uncovered"
                books.take(path, to, share - covered, subject)
        cursor.execute(
            "UPDATE settlement_split SET uncovered = %s WHERE id = %s", [uncovered, row[0]]
        )


def cover_all(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(DUE, [])
        for creditor, currency, due in cursor.fetchall():
            cover(cursor, creditor, currency, due)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0004_cover"),
        ("ledger", "0006_opened_by_postings"),
    ]
    # The books are made right first, then the database watches over them.
    run_before = [("ledger", "0007_paired_accounts")]
    operations = [migrations.RunPython(cover_all, migrations.RunPython.noop)]

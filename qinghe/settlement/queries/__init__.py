"""Reads of this room: payments, payouts, earnings, statements and receipts."""

from qinghe.settlement.queries.payments import (
    Earnings,
    PaymentRow,
    PayoutRow,
    earnings,
    payment_for,
    payments,
    payments_named,
    payouts,
    timeline,
    visible,
)
from qinghe.settlement.queries.receipt import Receipt, receipt_for
from qinghe.settlement.queries.statements import (
    Statement,
    StatementLine,
    currencies,
    statement,
)

__all__ = [
    "Earnings",
    "PaymentRow",
    "PayoutRow",
    "Receipt",
    "Statement",
    "StatementLine",
    "currencies",
    "earnings",
    "payment_for",
    "payments",
    "payments_named",
    "payouts",
    "receipt_for",
    "statement",
    "timeline",
    "visible",
]

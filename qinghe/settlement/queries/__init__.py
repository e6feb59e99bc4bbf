"""Reads of this room: payments, payouts, earnings, statements and receipts."""

from qinghe.settlement.queries.payments import (
    Earnings,
    PaymentRow,
    PayoutRow,
    earnings,
    payment_for,
    payments,
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
    "payouts",
    "receipt_for",
    "statement",
    "timeline",
    "visible",
]

"""
Writes of this room: take payments in, reverse them, pay out.

Locks are taken in one order: claim, cashier order, payment, ledger accounts.
"""

from qinghe.settlement.services.imports import ImportResult, import_payments
from qinghe.settlement.services.introductions import introduce, receive_fee
from qinghe.settlement.services.orders import create_cashier_order, expire_orders, receive_notice
from qinghe.settlement.services.payouts import (
    approve_payout,
    pay_payout,
    prepare_payouts,
    return_payout,
)
from qinghe.settlement.services.posting import post_payment
from qinghe.settlement.services.receiving import confirm_receipt, drop_receipt, receive_money
from qinghe.settlement.services.reserves import forfeit_reserves, release_reserves
from qinghe.settlement.services.reversal import reverse_payment
from qinghe.settlement.services.staying import hold_reserves, let_reserves_go, restore_reserves

__all__ = [
    "ImportResult",
    "approve_payout",
    "confirm_receipt",
    "create_cashier_order",
    "drop_receipt",
    "expire_orders",
    "forfeit_reserves",
    "hold_reserves",
    "import_payments",
    "introduce",
    "let_reserves_go",
    "pay_payout",
    "post_payment",
    "prepare_payouts",
    "receive_fee",
    "receive_money",
    "receive_notice",
    "release_reserves",
    "restore_reserves",
    "return_payout",
    "reverse_payment",
]

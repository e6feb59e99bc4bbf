"""
Writes of this room: take payments in, reverse them, pay out.

Locks are taken in one order: claim, cashier order, payment, ledger accounts.
"""

from qinghe.settlement.services.asking import ask_provider, ask_providers
from qinghe.settlement.services.bank_answers import Heard, Report, read_bank_answers
from qinghe.settlement.services.bank_files import (
    BankFile,
    hand_in,
    make_bank_file,
    open_bank_file,
)
from qinghe.settlement.services.closing import ask_close, close_month, drop_close
from qinghe.settlement.services.costs import agree_advance, refuse_advance, tell_advance
from qinghe.settlement.services.debit_answers import read_debit_answers
from qinghe.settlement.services.debit_planning import plan_debits
from qinghe.settlement.services.debit_runs import (
    approve_debit_run,
    drop_debit_run,
    hand_in_debits,
    make_debit_file,
    open_debit_file,
    open_debit_run,
)
from qinghe.settlement.services.debit_sandbox import practice_answers
from qinghe.settlement.services.debiting import allow_debits, cancel_debits
from qinghe.settlement.services.disputes import end_complaint, settle_disputes
from qinghe.settlement.services.excess import queue_refunds
from qinghe.settlement.services.explaining import explain_entry
from qinghe.settlement.services.hearing import receive_provider_notice
from qinghe.settlement.services.importing import ImportedStatement, import_statement
from qinghe.settlement.services.imports import ImportResult, import_payments
from qinghe.settlement.services.introductions import introduce, receive_fee
from qinghe.settlement.services.invoicing import cancel_invoice, issue_invoices
from qinghe.settlement.services.lowering import find_lowerings
from qinghe.settlement.services.matching import match_suspense
from qinghe.settlement.services.objecting import (
    answer_objection,
    decide_lowering,
    judge_lowering,
    object_to_lowering,
)
from qinghe.settlement.services.objections import answer_line, object_to_line
from qinghe.settlement.services.orders import create_cashier_order, expire_orders, receive_notice
from qinghe.settlement.services.payout_limits import agree_limits, ask_limits, drop_limits
from qinghe.settlement.services.payouts import (
    approve_payout,
    pay_payout,
    prepare_payouts,
    return_payout,
)
from qinghe.settlement.services.placing import check_ways, go_to_provider
from qinghe.settlement.services.posting import post_payment
from qinghe.settlement.services.receiving import confirm_receipt, drop_receipt, receive_money
from qinghe.settlement.services.refunds import approve_refund, retry_refund, send_refunds
from qinghe.settlement.services.reporting_in import import_provider_report
from qinghe.settlement.services.reserves import forfeit_reserves, release_reserves
from qinghe.settlement.services.reversal import reverse_payment
from qinghe.settlement.services.runs import (
    approve_run,
    drop_run,
    keep_out,
    let_in,
    open_run,
)
from qinghe.settlement.services.sending_back import (
    approve_send_back,
    drop_send_back,
    send_back,
    sent_at_bank,
)
from qinghe.settlement.services.spreading import Wish, spread_payment
from qinghe.settlement.services.stating import list_statements, make_statements
from qinghe.settlement.services.staying import hold_reserves, let_reserves_go, restore_reserves
from qinghe.settlement.services.suspense import (
    agree,
    open_words,
    propose_claim,
    propose_known,
    withdraw,
)
from qinghe.settlement.services.undoing import give_back

__all__ = [
    "BankFile",
    "Heard",
    "ImportResult",
    "ImportedStatement",
    "Report",
    "Wish",
    "agree",
    "agree_advance",
    "agree_limits",
    "allow_debits",
    "answer_line",
    "answer_objection",
    "approve_debit_run",
    "approve_payout",
    "approve_refund",
    "approve_run",
    "approve_send_back",
    "ask_close",
    "ask_limits",
    "ask_provider",
    "ask_providers",
    "cancel_debits",
    "cancel_invoice",
    "check_ways",
    "close_month",
    "confirm_receipt",
    "create_cashier_order",
    "decide_lowering",
    "drop_close",
    "drop_debit_run",
    "drop_limits",
    "drop_receipt",
    "drop_run",
    "drop_send_back",
    "end_complaint",
    "expire_orders",
    "explain_entry",
    "find_lowerings",
    "forfeit_reserves",
    "give_back",
    "go_to_provider",
    "hand_in",
    "hand_in_debits",
    "hold_reserves",
    "import_payments",
    "import_provider_report",
    "import_statement",
    "introduce",
    "issue_invoices",
    "judge_lowering",
    "keep_out",
    "let_in",
    "let_reserves_go",
    "list_statements",
    "make_bank_file",
    "make_debit_file",
    "make_statements",
    "match_suspense",
    "object_to_line",
    "object_to_lowering",
    "open_bank_file",
    "open_debit_file",
    "open_debit_run",
    "open_run",
    "open_words",
    "pay_payout",
    "plan_debits",
    "post_payment",
    "practice_answers",
    "prepare_payouts",
    "propose_claim",
    "propose_known",
    "queue_refunds",
    "read_bank_answers",
    "read_debit_answers",
    "receive_fee",
    "receive_money",
    "receive_notice",
    "receive_provider_notice",
    "refuse_advance",
    "release_reserves",
    "restore_reserves",
    "retry_refund",
    "return_payout",
    "reverse_payment",
    "send_back",
    "send_refunds",
    "sent_at_bank",
    "settle_disputes",
    "spread_payment",
    "tell_advance",
    "withdraw",
]

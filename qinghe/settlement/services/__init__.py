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
from qinghe.settlement.services.came_back import named_number, propose_return
from qinghe.settlement.services.closing import ask_close, close_month, drop_close
from qinghe.settlement.services.comparing import compare_statement
from qinghe.settlement.services.correcting import (
    ask_commission_correction,
    book_commission_correction,
    drop_commission_correction,
)
from qinghe.settlement.services.costs import agree_advance, refuse_advance, tell_advance
from qinghe.settlement.services.debit_answers import read_debit_answers
from qinghe.settlement.services.debit_backs import give_debit_back, open_back_file
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
from qinghe.settlement.services.explaining import (
    explain_entry,
    open_entry,
    twice_number,
    unfit_number,
    withdraw_note,
)
from qinghe.settlement.services.fees import ask_bank_fee, ask_provider_fee, book_fee, drop_fee
from qinghe.settlement.services.gaps import note_gap, withdraw_gap_note
from qinghe.settlement.services.hearing import receive_provider_notice
from qinghe.settlement.services.importing import ImportedStatement, import_statement
from qinghe.settlement.services.imports import ImportResult, import_payments
from qinghe.settlement.services.introductions import introduce, receive_fee
from qinghe.settlement.services.invoicing import cancel_invoice, issue_invoices
from qinghe.settlement.services.knowing import Booking, known_bookings
from qinghe.settlement.services.lowering import find_lowerings
from qinghe.settlement.services.matching import match_suspense
from qinghe.settlement.services.objecting import (
    answer_objection,
    decide_lowering,
    judge_lowering,
    object_to_lowering,
)
from qinghe.settlement.services.objections import (
    agree_correction,
    agree_objection,
    answer_line,
    correct_objection,
    object_to_line,
)
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
from qinghe.settlement.services.returning import agree_return, ask_return, drop_return
from qinghe.settlement.services.reversal import (
    reverse_alone,
    reverse_payment,
    withdraw_reversal,
)
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
    open_back_account,
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
from qinghe.settlement.services.twins import agree_twin, tell_twin, withdraw_twin
from qinghe.settlement.services.undoing import agree_reversal, give_back
from qinghe.settlement.services.voiding import agree_void, ask_void, keep_file

__all__ = [
    "BankFile",
    "Booking",
    "Heard",
    "ImportResult",
    "ImportedStatement",
    "Report",
    "Wish",
    "agree",
    "agree_advance",
    "agree_correction",
    "agree_limits",
    "agree_objection",
    "agree_return",
    "agree_reversal",
    "agree_twin",
    "agree_void",
    "allow_debits",
    "answer_line",
    "answer_objection",
    "approve_debit_run",
    "approve_payout",
    "approve_refund",
    "approve_run",
    "approve_send_back",
    "ask_bank_fee",
    "ask_close",
    "ask_commission_correction",
    "ask_limits",
    "ask_provider",
    "ask_provider_fee",
    "ask_providers",
    "ask_return",
    "ask_void",
    "book_commission_correction",
    "book_fee",
    "cancel_debits",
    "cancel_invoice",
    "check_ways",
    "close_month",
    "compare_statement",
    "confirm_receipt",
    "correct_objection",
    "create_cashier_order",
    "decide_lowering",
    "drop_close",
    "drop_commission_correction",
    "drop_debit_run",
    "drop_fee",
    "drop_limits",
    "drop_receipt",
    "drop_return",
    "drop_run",
    "drop_send_back",
    "end_complaint",
    "expire_orders",
    "explain_entry",
    "find_lowerings",
    "forfeit_reserves",
    "give_back",
    "give_debit_back",
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
    "keep_file",
    "keep_out",
    "known_bookings",
    "let_in",
    "let_reserves_go",
    "list_statements",
    "make_bank_file",
    "make_debit_file",
    "make_statements",
    "match_suspense",
    "named_number",
    "note_gap",
    "object_to_line",
    "object_to_lowering",
    "open_back_account",
    "open_back_file",
    "open_bank_file",
    "open_debit_file",
    "open_debit_run",
    "open_entry",
    "open_run",
    "open_words",
    "pay_payout",
    "plan_debits",
    "post_payment",
    "practice_answers",
    "prepare_payouts",
    "propose_claim",
    "propose_known",
    "propose_return",
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
    "reverse_alone",
    "reverse_payment",
    "send_back",
    "send_refunds",
    "sent_at_bank",
    "settle_disputes",
    "spread_payment",
    "tell_advance",
    "tell_twin",
    "twice_number",
    "unfit_number",
    "withdraw",
    "withdraw_gap_note",
    "withdraw_note",
    "withdraw_reversal",
    "withdraw_twin",
]

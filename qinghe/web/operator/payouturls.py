"""Addresses of the operator's money: payouts and runs, refunds, suspense, receipts."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from qinghe.web.money import pages as money_pages
from qinghe.web.operator import (
    comparing,
    debits,
    entries,
    gaps,
    money,
    payout_backs,
    returns,
    runs,
    suspense,
    twins,
)

RUN = "payouts/runs/<uuid:run_id>/"
DEBITS = "debits/runs/<uuid:run_id>/"
SUSPENSE = "suspense/<uuid:suspense_id>/"
BACK = "money-back/<uuid:back_id>/"

payout_urls: Final[list[URLPattern]] = [
    path("payouts/", money.payout_list, name="payouts"),
    path("payouts/mine/", money_pages.own_payout_page, name="own-payouts"),
    path("payouts/answers/", runs.bank_answers, name="bank-answers"),
    path("payouts/limits/", runs.limit_page, name="payout-limits"),
    path("payouts/limits/<uuid:limit_id>/", runs.limit_decide, name="payout-limit-decide"),
    path("payouts/runs/open/<str:currency>/", runs.run_open, name="payout-run-open"),
    path(RUN, runs.run_page, name="payout-run"),
    path(RUN + "approve/", runs.run_approve, name="payout-run-approve"),
    path(RUN + "drop/", runs.run_drop, name="payout-run-drop"),
    path(RUN + "file/make/", runs.run_file_make, name="payout-run-file-make"),
    path(RUN + "file/", runs.run_file, name="payout-run-file"),
    path(RUN + "file/void/", runs.run_file_void, name="payout-run-void"),
    path(RUN + "file/void/agree/", runs.run_file_void_agree, name="payout-run-void-agree"),
    path(RUN + "sent/", runs.run_sent, name="payout-run-sent"),
    path("payouts/<uuid:payout_id>/keep-out/", runs.payout_keep_out, name="payout-keep-out"),
    path("payouts/<uuid:payout_id>/let-in/", runs.payout_let_in, name="payout-let-in"),
    path("payouts/prepare/", money.payouts_prepare, name="payouts-prepare"),
    path("payouts/<uuid:payout_id>/approve/", money.payout_approve, name="payout-approve"),
    path("payouts/<uuid:payout_id>/pay/", money.payout_pay, name="payout-pay"),
    path("payouts/<uuid:payout_id>/return/", money.payout_return, name="payout-return"),
    path(
        "payouts/<uuid:payout_id>/back/ask/",
        payout_backs.payout_return_ask,
        name="payout-return-ask",
    ),
    path(
        "payouts/<uuid:payout_id>/back/decide/",
        payout_backs.payout_return_decide,
        name="payout-return-decide",
    ),
    path("debits/", debits.debit_list, name="debits"),
    path("debits/answers/", debits.debit_answers, name="debit-answers"),
    path("debits/runs/open/<str:currency>/", debits.debit_open, name="debit-run-open"),
    path("debits/<uuid:debit_id>/back/", debits.debit_back, name="debit-back"),
    path(DEBITS, debits.debit_run_page, name="debit-run"),
    path(DEBITS + "approve/", debits.debit_approve, name="debit-run-approve"),
    path(DEBITS + "file/", debits.debit_file, name="debit-run-file"),
    path(DEBITS + "practice/", debits.debit_practice, name="debit-run-practice"),
    path(DEBITS + "<slug:step>/", debits.debit_step, name="debit-run-step"),
    path("refunds/", returns.refund_list, name="refunds"),
    path("refunds/<uuid:refund_id>/approve/", returns.refund_approve, name="refund-approve"),
    path("refunds/<uuid:refund_id>/retry/", returns.refund_retry, name="refund-retry"),
    path("refunds/<uuid:dispute_id>/answered/", returns.complaint_end, name="refund-answered"),
    path("suspense/", suspense.suspense_list, name="suspense"),
    path(
        "bank-statements/<uuid:statement_id>/",
        comparing.statement_compare,
        name="statement-compare",
    ),
    path("suspense/import/", suspense.statement_import, name="statement-import"),
    path("suspense/template/", suspense.statement_template, name="statement-template"),
    path(SUSPENSE, suspense.suspense_page, name="suspense-one"),
    path(f"{SUSPENSE}claim/", suspense.suspense_claim, name="suspense-claim"),
    path(f"{SUSPENSE}known/", suspense.suspense_known, name="suspense-known"),
    path(f"{SUSPENSE}back/", suspense.suspense_back, name="suspense-back"),
    path(f"{SUSPENSE}agree/", suspense.suspense_agree, name="suspense-agree"),
    path(f"{SUSPENSE}withdraw/", suspense.suspense_withdraw, name="suspense-withdraw"),
    path(f"{SUSPENSE}return/", suspense.suspense_return, name="suspense-return"),
    path("gaps/<uuid:statement_id>/", gaps.gap_note, name="gap-note"),
    path("gaps/notes/<uuid:note_id>/back/", gaps.gap_note_back, name="gap-note-back"),
    path("twins/<uuid:twin_id>/", twins.twin_told, name="twin-told"),
    path("twins/<uuid:twin_id>/agree/", twins.twin_agreed, name="twin-agreed"),
    path("entries/<uuid:entry_id>/", entries.entry_page, name="entry"),
    path("entries/<uuid:entry_id>/explain/", entries.entry_explain, name="entry-explain"),
    path("entries/<uuid:entry_id>/note-back/", entries.entry_note_back, name="entry-note-back"),
    path(f"{BACK}approve/", suspense.back_approve, name="send-back-approve"),
    path(f"{BACK}file/", debits.back_file, name="send-back-file"),
    path(f"{BACK}sent/", suspense.back_sent, name="send-back-sent"),
    path(f"{BACK}drop/", suspense.back_drop, name="send-back-drop"),
    path("money/", money.money_page, name="money"),
    path("money/received/", money.receipt_add, name="receipt-add"),
    path(
        "money/received/<uuid:receipt_id>/confirm/", money.receipt_confirm, name="receipt-confirm"
    ),
    path("money/received/<uuid:receipt_id>/drop/", money.receipt_drop, name="receipt-drop"),
]

"""Addresses of costs that were advanced, objections to statements, and the reconciliation."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from qinghe.web.money import corrections, costs, objections
from qinghe.web.operator import fees, reconciliation

COSTS: Final = "claims/<uuid:claim_id>/costs/"
OBJECTION: Final = "statements/objections/<uuid:objection_id>/"
CORRECTION: Final = "statements/corrections/<uuid:correction_id>/"

cost_urls: Final[list[URLPattern]] = [
    path(COSTS, costs.cost_page, name="claim-costs"),
    path(COSTS + "tell/", costs.cost_tell, name="claim-costs-tell"),
    path(COSTS + "<uuid:advance_id>/decide/", costs.cost_decide, name="claim-costs-decide"),
    path("statements/lines/<uuid:transfer_id>/", objections.line_object, name="line-object"),
    path("statements/objections/", objections.line_objections, name="line-objections"),
    path(
        "statements/objections/<uuid:objection_id>/",
        objections.line_answer,
        name="line-answer",
    ),
    path(OBJECTION + "agree/", objections.line_agree, name="line-agree"),
    path(OBJECTION + "correct/", objections.line_correct, name="line-correct"),
    path(OBJECTION + "corrected/", objections.line_corrected, name="line-corrected"),
    path(OBJECTION + "commission/", corrections.commission_ask, name="commission-ask"),
    path(CORRECTION + "book/", corrections.commission_book, name="commission-book"),
    path(CORRECTION + "drop/", corrections.commission_drop, name="commission-drop"),
    path("reconciliation/", reconciliation.reconciliation, name="reconciliation"),
    path("reconciliation/fees/", fees.provider_fee, name="fee-provider"),
    path("reconciliation/entries/<uuid:entry_id>/fee/", fees.bank_fee, name="fee-bank"),
    path("reconciliation/fees/<uuid:fee_id>/book/", fees.fee_book, name="fee-book"),
    path("reconciliation/fees/<uuid:fee_id>/drop/", fees.fee_drop, name="fee-drop"),
]

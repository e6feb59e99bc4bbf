"""Addresses of costs that were advanced, objections to statements, and the reconciliation."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from qinghe.web.money import costs, objections
from qinghe.web.operator import reconciliation

COSTS: Final = "claims/<uuid:claim_id>/costs/"

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
    path("reconciliation/", reconciliation.reconciliation, name="reconciliation"),
]

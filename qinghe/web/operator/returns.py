"""Money that goes back: what waits and for how long, who agrees, what providers took back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.reconciliation import taken_unknown
from qinghe.settlement.queries.returns import disputes, refunds
from qinghe.settlement.services import approve_refund, end_complaint, retry_refund
from qinghe.web.doors import StaffRequest, acted, page

HERE = "web:refunds"


@page(Permission.MANAGE_PAYMENTS)
def refund_list(request: StaffRequest) -> HttpResponse:
    """Show refunds and disputes, those that wait first, with their ages."""
    rows = refunds(actor=request.actor)
    context = {
        "refunds": rows,
        "disputes": disputes(actor=request.actor),
        "unknown": taken_unknown(actor=request.actor),
        "tied": tied_to((row.asked_by for row in rows), request.actor),
        "at": request.at,
    }
    return render(request, "web/operator/refunds.html", context)


@page(Permission.APPROVE_PAYOUTS, methods=("POST",))
def refund_approve(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """Agree to a refund over the threshold."""

    def act() -> object:
        return approve_refund(refund_id=refund_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Agreed. It is sent within a minute."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def refund_retry(request: StaffRequest, refund_id: UUID) -> HttpResponse:
    """Ask the provider anew."""

    def act() -> object:
        return retry_refund(refund_id=refund_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Queued anew."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def complaint_end(request: StaffRequest, dispute_id: UUID) -> HttpResponse:
    """Note that a complaint was answered at the provider."""

    def act() -> object:
        return end_complaint(dispute_id=dispute_id, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Noted as answered."))

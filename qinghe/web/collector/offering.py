"""A collector offers less for an early settlement, within what the creditor allows."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from qinghe.casework.queries.early import authority_of, early_offers
from qinghe.casework.services import make_early_offer
from qinghe.casework.terms import OfferRole
from qinghe.market.queries import mandate_for
from qinghe.parties.roles import Permission
from qinghe.web.creditor.early import EarlyForm
from qinghe.web.doors import StaffRequest, formed, page


@page(Permission.WORK_CASES, methods=("GET", "POST"))
def case_early(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show the offers on a case and what may be offered, and make one."""
    claim = mandate_for(claim_id=claim_id, actor=request.actor, at=request.at).claim
    form = EarlyForm(request.POST or None, currency=claim.currency)
    if form.is_bound and form.is_valid():
        with form.asking():
            made = make_early_offer(
                claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
            )
            asked = _("Beyond your authority: it waits for the creditor.")
            messages.success(request, str(_("The offer is made.") if made.authority_id else asked))
            return redirect("web:case-early", claim_id)
    rows = authority_of(creditor_id=claim.creditor_id)
    context = {
        "claim": claim,
        "offers": early_offers(actor=request.actor, claim_id=claim_id),
        "authority": [row for row in rows if row.role == OfferRole.COLLECTOR],
        "back": "web:case",
    }
    return formed(request, "web/early.html", context, form)

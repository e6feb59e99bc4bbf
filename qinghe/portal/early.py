"""An offer to settle for less: read it, accept it, or leave it. Leaving it costs nothing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from qinghe.casework.queries.early import early_offer_to
from qinghe.casework.services import answer_early_offer
from qinghe.kernel import clock
from qinghe.portal.claims import claim_of
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.fields import OnceForm


@page("GET", "POST")
def early(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show what is offered, until when and what follows; take the answer."""
    claim = claim_of(claim_id, request.actor)
    offer = early_offer_to(claim_id=claim_id, actor=request.actor)
    if offer is None:
        return redirect("portal:claim", claim_id=claim_id)
    form = OnceForm(request.POST or None)
    if request.method == "POST":
        yes = request.POST.get("accepted") == "1"
        done, _offer = sent(
            form,
            lambda actor: answer_early_offer(
                offer_id=offer.id, accepted=yes, actor=actor, at=clock.now()
            ),
            request.actor,
        )
        if done:
            return redirect("portal:early" if yes else "portal:claim", claim_id=claim_id)
    context = {"claim": claim, "offer": offer, "form": form}
    return render(request, "portal/early.html", context)

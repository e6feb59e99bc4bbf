"""An offer to settle for less: read it, accept it, or leave it. Leaving it costs nothing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from qinghe.casework.queries.early import early_offer_to
from qinghe.casework.services import answer_early_offer
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import check_shown
from qinghe.portal.claims import claim_of
from qinghe.portal.doors import DebtorRequest, page, seen_in, sent
from qinghe.portal.fields import OnceForm
from qinghe.portal.restart import PART, restarts


@page("GET", "POST")
def early(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show what is offered, until when and what follows; take the answer."""
    claim = claim_of(claim_id, request.actor)
    offer = early_offer_to(claim_id=claim_id, actor=request.actor, day=claim.today)
    if offer is None:
        return redirect("portal:claim", claim_id=claim_id)
    form = OnceForm(request.POST or None)
    if request.method == "POST":
        yes = request.POST.get("accepted") == "1"

        def answer(actor: Actor) -> object:
            check_shown(seen_in(request), str(offer.id))
            return answer_early_offer(offer_id=offer.id, accepted=yes, actor=actor, at=clock.now())

        done, _answered = sent(form, answer, request.actor)
        if done:
            return redirect("portal:early" if yes else "portal:claim", claim_id=claim_id)
    late, day = claim.today > offer.last_day, offer.pay_by(claim.today)
    context = {"claim": claim, "offer": offer, "form": form, "late": late, "day": day}
    context["restarts"] = restarts(PART)
    return render(request, "portal/early.html", context)

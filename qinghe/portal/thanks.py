"""After sending: what was received and when, who answers until when, what happens now."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.casework.queries import hardship_of, plan_of
from qinghe.casework.terms import HardshipState, PlanState
from qinghe.claims.terms import DisputeState
from qinghe.portal.claims import claim_of
from qinghe.portal.doors import DebtorRequest, page
from qinghe.portal.plans import about_plan
from qinghe.settlement.queries.debits import my_debit

# Each has its sentences in `parts/sent_….html`.
SENT: dict[str, StrPromise] = {
    "hardship": _("Thank you for telling us"),
    "contest": _("Contact has stopped"),
    "more": _("We have added what you wrote"),
    "plan": _("Your plan is on its way"),
}

# What waits for its answer.
WAITING: Final = (DisputeState.OPEN, HardshipState.OPEN, PlanState.PROPOSED)


@page()
def thanks(request: DebtorRequest, claim_id: UUID, what: str) -> HttpResponse:
    """Say what was received and when, until when it is answered, and what happens now."""
    if what not in SENT:
        raise Http404
    claim = claim_of(claim_id, request.actor)
    context: dict[str, Any] = {
        "claim": claim,
        "what": what,
        "heading": SENT[what],
        "words": f"portal/parts/sent_{what}.html",
        "zone": request.zone,
    } | about_plan(claim, request.actor)
    received: Any
    if what == "hardship":
        received = context["asked"] = hardship_of(claim_id=claim_id, actor=request.actor)
    elif what == "plan":
        received = context["sent"] = plan_of(claim_id=claim_id, actor=request.actor)
        context["debit"] = my_debit(claim_id=claim_id, actor=request.actor)
    else:
        received = claim.contest and claim.contest.row
    # An address that is opened before or long after says nothing that is not so.
    if received is None or received.state not in WAITING:
        return redirect("portal:claim", claim_id=claim_id)
    return render(request, "portal/done.html", context)

"""When paying is not the answer: "I cannot now", "this is not right". Contact stops first."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.casework.queries import hardship_of
from qinghe.casework.services import ask_hardship
from qinghe.claims.services import open_dispute
from qinghe.kernel import clock
from qinghe.portal.claims import claim_of
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.forms import ContestForm, HardshipForm

# After sending: what it is called, and what happens now.
SENT: dict[str, tuple[StrPromise, tuple[StrPromise, ...]]] = {
    "hardship": (
        _("Thank you for telling us"),
        (
            _("Contact about this claim has stopped."),
            _("The creditor reads what you wrote. You see the answer here."),
            _("You need not do anything until then."),
        ),
    ),
    "contest": (
        _("Contact has stopped"),
        (
            _("Nobody may contact you about this claim until it is decided."),
            _("Now the creditor must prove it. Somebody independent looks."),
            _("You get the answer here, in writing, with the reason."),
        ),
    ),
    "plan": (
        _("Your plan is on its way"),
        (
            _("The creditor reads it and answers. You see the answer here."),
            _("Calls may still come until then. If you need rest, ask for a pause."),
            _("You may pay something at any time meanwhile."),
        ),
    ),
}


@page("GET", "POST")
def hardship(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Take "I cannot pay now" in the person's own words."""
    claim = claim_of(claim_id, request.actor)
    form = HardshipForm(request.POST or None)
    done, _asked = sent(
        form,
        lambda actor: ask_hardship(
            claim_id=claim_id,
            statement=form.cleaned_data["statement"],
            actor=actor,
            at=clock.now(),
        ),
        request.actor,
    )
    if done:
        return redirect("portal:sent", claim_id=claim_id, what="hardship")
    asked = hardship_of(claim_id=claim_id, actor=request.actor)
    context = {"claim": claim, "form": form, "asked": asked}
    return render(request, "portal/hardship.html", context)


@page("GET", "POST")
def contest(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Take "this is not right" with its reason."""
    claim = claim_of(claim_id, request.actor)
    form = ContestForm(request.POST or None)
    done, _dispute = sent(
        form,
        lambda actor: open_dispute(
            claim_id=claim_id,
            reason=form.cleaned_data["reason"],
            statement=form.cleaned_data["statement"],
            actor=actor,
            at=clock.now(),
        ),
        request.actor,
    )
    if done:
        return redirect("portal:sent", claim_id=claim_id, what="contest")
    context = {"claim": claim, "form": form, "zone": request.zone}
    return render(request, "portal/contest.html", context)


@page()
def thanks(request: DebtorRequest, claim_id: UUID, what: str) -> HttpResponse:
    """Say what was received and what happens now."""
    if what not in SENT:
        raise Http404
    heading, lines = SENT[what]
    claim = claim_of(claim_id, request.actor)
    context = {"claim": claim, "what": what, "heading": heading, "lines": lines}
    return render(request, "portal/done.html", context)

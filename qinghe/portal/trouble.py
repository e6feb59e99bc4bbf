"""When paying is not the answer: "I cannot now", "this is not right". Contact stops first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qinghe.casework.queries import hardship_of
from qinghe.casework.refusals import SameWords
from qinghe.casework.services import ask_hardship, contest_claim
from qinghe.claims.media.kinds import LARGEST
from qinghe.claims.payments import earliest_payment
from qinghe.claims.queries.sent import papers_sent
from qinghe.claims.services import add_paper, amend_dispute, open_paper, withdraw_dispute
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.terms import Purpose
from qinghe.portal.claims import MyClaim, claim_of
from qinghe.portal.doors import DebtorRequest, kept, page, sent
from qinghe.portal.forms import ContestForm, HardshipForm
from qinghe.portal.plans import about_plan, my_plan
from qinghe.portal.restart import DELAY, restarts
from qinghe.portal.words import own_words

# Characters of a file's name in a sentence.
LONGEST_NAME = 40


@page("GET", "POST")
def hardship(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Take "I cannot pay now" in the person's own words."""
    claim = claim_of(claim_id, request.actor)
    if not claim.open:
        return redirect("portal:claim", claim_id=claim_id)
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
        fields={SameWords.code: "statement"},
    )
    if done:
        return redirect("portal:sent", claim_id=claim_id, what="hardship")
    asked = hardship_of(claim_id=claim_id, actor=request.actor)
    context = {"claim": claim, "form": form, "asked": asked, "restarts": restarts(DELAY)}
    context["plan"] = my_plan(claim_id, request.actor)
    return render(request, "portal/hardship.html", context)


@page("GET", "POST")
def contest(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Take "this is not right" with reason and papers; while that is open, take more on it."""
    claim = claim_of(claim_id, request.actor)
    if not claim.open and not claim.view.disputes:
        return redirect("portal:claim", claim_id=claim_id)
    said = claim.contest
    first = {"reason": said.row.reason, "hide": not said.row.shared} if said else {}
    form = ContestForm(
        request.POST or None,
        request.FILES or None,
        currency=claim.currency,
        days=(earliest_payment(claim.view.contract_on), claim.today),
        claimed=claim.ever_claimed,
        initial=first,
    )
    # The form says which of the two it was: a first one that is sent twice opens once.
    more = said is not None and "more" in request.POST
    done, _dispute = sent(form, lambda actor: _told(claim, form, actor, more=more), request.actor)
    if done:
        what = "more" if more else "contest"
        # Contact has stopped already: a file that is not taken loses nothing that was said.
        taken = [_added(request, claim_id, form, n) for n in range(len(_papers(form)))]
        if all(taken):
            return redirect("portal:sent", claim_id=claim_id, what=what)
        if not more or form.said:
            messages.success(request, _("What you wrote was received."))
        return redirect("portal:contest", claim_id=claim_id)
    written = own_words(said.row.statement_id, request.actor) if said else ""
    papers = papers_sent(dispute_id=said.row.id, actor=request.actor) if said else []
    context = {
        "claim": claim,
        "form": form,
        "written": written,
        "papers": papers,
        "zone": request.zone,
    } | about_plan(claim, request.actor)
    return render(request, "portal/contest.html", context)


@page("POST")
def contest_back(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Take back what nobody has decided; it can be said again."""
    withdraw_dispute(claim_id=claim_id, actor=request.actor, at=clock.now())
    return redirect("portal:contest", claim_id=claim_id)


def _told(claim: MyClaim, form: ContestForm, actor: Actor, *, more: bool) -> None:
    """Open the dispute, or amend it; papers alone need no new words."""
    told = form.cleaned_data
    before = claim.contest.row if claim.contest else None
    same = before and (told["reason"], not told["hide"]) == (before.reason, before.shared)
    if more and same and not form.said and _papers(form):
        return
    act = amend_dispute if more else contest_claim
    act(
        claim_id=claim.id,
        reason=told["reason"],
        statement=form.said,
        shared=not told["hide"],
        actor=actor,
        at=clock.now(),
    )


def _papers(form: ContestForm) -> list[UploadedFile[Any]]:
    found: list[UploadedFile[Any]] = form.cleaned_data["papers"]
    return found


def _added(request: DebtorRequest, claim_id: UUID, form: ContestForm, place: int) -> bool:
    """Keep one paper of the form; what is refused is said, and the others are kept."""
    file, key = _papers(form)[place], form.cleaned_data["request_key"]
    try:
        add_paper(
            claim_id=claim_id,
            filename=file.name or "",
            content=file.read(LARGEST + 1),
            actor=request.actor.with_key(f"{key}.{place}"),
            at=clock.now(),
        )
    except DomainError as refusal:
        told = {"name": _short(file.name or ""), "why": refusal.user_message}
        messages.error(request, _("“%(name)s” was not taken: %(why)s") % told)
        return False
    return True


def _short(name: str) -> str:
    """Return the name of a person's own file, cut where it would fill the page."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 9]}…{name[-8:]}"


@page()
def paper(request: DebtorRequest, claim_id: UUID, paper_id: UUID) -> HttpResponse:
    """Give a person back a paper of their own."""
    row, content = open_paper(
        paper_id=paper_id,
        claim_id=claim_id,
        purpose=Purpose.DATA_COPY,
        actor=request.actor,
        at=clock.now(),
    )
    return kept(row.media_type, content, f"paper-{row.id.hex[-8:]}")

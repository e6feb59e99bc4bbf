"""The contract behind a claim: its terms, the check of the amount, corrections and waivers."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qinghe.claims.intake.terms import COLUMNS
from qinghe.claims.queries import ClaimView, claim_for
from qinghe.claims.queries.amounts import agreed_for, verification_for
from qinghe.claims.queries.limits import acts_of
from qinghe.claims.queries.titles import chain_for
from qinghe.claims.services import (
    accept_lawful,
    deliver_terms,
    import_history,
    import_terms,
    restate,
    stop_interest,
    write_off_part,
)
from qinghe.claims.terms import OPEN_STATES, ClaimState
from qinghe.parties.roles import Permission
from qinghe.web.creditor.contractforms import (
    ActForm,
    AssignForm,
    ChainForm,
    HistoryForm,
    NoticeForm,
    PartsForm,
    StopForm,
    TermsForm,
    WaiveForm,
)
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear
from qinghe.web.formats import as_day
from qinghe.web.legalparts import law_of

ONE: Final = "web:claim-contract"
LARGEST_FILE: Final = 100 * 1024 * 1024
TERMS: Final = (
    "disbursed_on", "matures_on", "schedule", "periods", "period_months", "rate_pct", "day_count",
    "overdue_rate_pct", "penalty_daily_pct", "grace_days", "accelerated_on", "sued_on",
)  # fmt: skip


@page(Permission.MANAGE_CLAIMS, methods=("GET", "POST"))
def contract_page(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show and take the terms of a contract; everything about amount and title starts here."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    form = _terms_form(request, view)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            deliver_terms(claim_id=claim_id, terms=form.given(), actor=request.actor, at=request.at)
            messages.success(request, str(_("The terms are kept, and the amount was checked.")))
            return redirect(ONE, claim_id=claim_id)
    return formed(request, "web/creditor/contract.html", _context(request, view), form)


def _terms_form(request: StaffRequest, view: ClaimView) -> TermsForm:
    agreed = agreed_for(claim_id=view.id, actor=request.actor)
    terms = agreed.terms
    first: dict[str, Any] = {"matures_on": view.due_on, "disbursed_on": view.contract_on}
    if terms is not None:
        first = {name: getattr(terms, name) for name in TERMS}
    first |= {"pays_first": agreed.pays_first, "security": agreed.security}
    form = TermsForm(request.POST or None, initial=first, currency=view.currency)
    if terms is not None:
        form.show_amounts(terms.principal, terms.handed_over)
        form.show_fees([(x.kind, x.amount, x.on) for x in agreed.fees], view.currency)
    return form


def _context(request: StaffRequest, view: ClaimView) -> dict[str, Any]:
    agreed = agreed_for(claim_id=view.id, actor=request.actor)
    chain = chain_for(claim_id=view.id, actor=request.actor)
    files = view.evidence
    return {
        "claim": view,
        "agreed": agreed,
        "check": verification_for(claim_id=view.id, actor=request.actor),
        "chain": chain,
        "acts": acts_of(view.id),
        "law": law_of(view, as_day(request.at)),
        "open": view.state in OPEN_STATES,
        "fresh": view.state == ClaimState.SUBMITTED,
        "restate_form": PartsForm(view=view, filled=True, prefix="r"),
        "waive_form": WaiveForm(view=view, filled=False, prefix="w"),
        "stop_form": StopForm(prefix="s"),
        "assign_form": AssignForm(files=files, prefix="a"),
        "notice_form": NoticeForm(files=files, prefix="n"),
        "act_form": ActForm(files=files, prefix="t"),
        "chain_form": ChainForm(files=files, prefix="c"),
    }


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_restate(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Give parts of a claim new open amounts."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    form = PartsForm(request.POST, view=view, filled=True, prefix="r")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return restate(
            claim_id=claim_id,
            amounts=form.amounts(),
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("The amount is corrected."), claim_id=claim_id)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_accept_lawful(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Lower a claim to what contract and law give."""

    def act() -> object:
        return accept_lawful(claim_id=claim_id, actor=request.actor, at=request.at)

    done = _("The lawful amount is accepted.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_waive(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Waive a part of what is open."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    form = WaiveForm(request.POST, view=view, filled=False, prefix="w")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return write_off_part(
            claim_id=claim_id,
            amounts=form.amounts(),
            ground=form.cleaned_data["ground"],
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("This part is waived."), claim_id=claim_id)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_stop(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Let a claim bear no interest until a day."""
    form = StopForm(request.POST, prefix="s")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return stop_interest(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("No interest until then; the debtor sees it.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


@page(Permission.MANAGE_CLAIMS, methods=("GET", "POST"))
def claims_history(request: StaffRequest) -> HttpResponse:
    """Take a file of terms or earlier payments: all of it, or nothing with every fault named."""
    form = HistoryForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_in(form):
            verb = import_terms if form.cleaned_data["what"] == "terms" else import_history
            content = form.cleaned_data["file"].read(LARGEST_FILE)
            done = verb(content=content, actor=request.actor, at=request.at)
            words = ngettext("%(n)d row is kept.", "%(n)d rows are kept.", done.kept)
            messages.success(request, words % {"n": done.kept})
            if done.unmatched:
                words = ngettext(
                    "%(n)d row names no open claim here.",
                    "%(n)d rows name no open claim here.",
                    done.unmatched,
                )
                messages.warning(request, words % {"n": done.unmatched})
            return redirect("web:claims")
    return formed(request, "web/creditor/history.html", {"columns": COLUMNS}, form)

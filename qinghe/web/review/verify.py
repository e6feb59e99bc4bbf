"""Verify claims: the queue by age, one claim beside its evidence, release or rejection."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from qinghe.claims.findings import signatures_of
from qinghe.claims.queries import ClaimView, claim_for, review_queue
from qinghe.claims.services import reject_claim, verify_claim
from qinghe.claims.terms import ClaimState, Rejection
from qinghe.parties.queries import contact_points
from qinghe.parties.roles import Permission
from qinghe.risk.queries import flags, score
from qinghe.risk.services import decide_flag
from qinghe.web.claimparts import equation, hold_marks
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.evidence import items_of
from qinghe.web.formats import as_day
from qinghe.web.legalparts import law_of

ONE = "web:verify-claim"


@dataclass(frozen=True)
class Check:
    """One line of the checklist: what is looked at, whether the data agree, and a hint."""

    words: str
    ok: bool | None
    hint: str = ""


class RejectForm(forms.Form):
    """Why a claim is rejected: a code and words the creditor reads."""

    reason = forms.ChoiceField(
        label=_("Reason code"), choices=Rejection.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What the creditor reads"),
        max_length=1000,
        widget=forms.Textarea,
        required=False,
        help_text=_("It stays with the claim: no names, no numbers of accounts."),
    )

    def sentence(self) -> str:
        """Return the reason as it is kept: the code, then the words."""
        words = self.cleaned_data["words"].strip()
        return ": ".join(filter(None, [self.cleaned_data["reason"], words]))


class VerifyForm(forms.Form):
    """What the reviewer noticed; optional."""

    note = forms.CharField(label=_("Note"), max_length=500, required=False)


@page(Permission.VERIFY_CLAIMS)
def verify_queue(request: StaffRequest) -> HttpResponse:
    """Show the claims that wait for their check, the oldest first."""
    rows = review_queue(actor=request.actor)
    aged = [(row, (request.at - row.created_at).days) for row in rows]
    return render(request, "web/review/queue.html", {"rows": aged})


def _checks(view: ClaimView, open_flags: int) -> list[Check]:
    """Return what the data themselves say; the reviewer looks at the papers."""
    dated = view.contract_on is not None and view.contract_on <= view.due_on
    signed = [each for row in view.evidence if row.usable for each in signatures_of(row.findings)]
    return [
        Check(now_("Every paper that is needed is there"), view.papers.complete),
        Check(
            now_("No signature in a file is broken"),
            not any(each.tone == "bad" for each in signed),
            now_("look at the file that was changed"),
        ),
        Check(now_("The contract came before the due day"), dated or None),
        Check(
            now_("The debtor can be reached"),
            bool(view.reachable) or None,
            now_("else it cannot be placed"),
        ),
        Check(now_("No warning is open"), open_flags == 0),
    ]


@page(Permission.VERIFY_CLAIMS)
def verify_page(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show one claim beside its evidence, its warnings with their reasons, and the decision."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    warnings = flags(claim_id)
    still_open = [each for each in warnings if each.state == "open"]
    context = {
        "claim": view,
        "terms": equation(view, as_day(request.at)),
        "holds": hold_marks(view.holds),
        "flags": warnings,
        "score": score(claim_id=claim_id, on=request.at.date()),
        "checks": _checks(view, len(still_open)),
        "points": contact_points(view.debtor_id),
        "evidence": items_of(view),
        "law": law_of(view, as_day(request.at)),
        "decidable": view.state == ClaimState.SUBMITTED,
        "verify_form": VerifyForm(),
        "reject_form": RejectForm(),
    }
    return render(request, "web/review/claim.html", context)


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def verify_decide(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Release a claim into its challenge window, or reject it with a reason code."""
    if request.POST.get("decision") == "reject":
        return _reject(request, claim_id)
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return verify_claim(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Verified. The debtor may object before anyone collects.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


def _reject(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    form = RejectForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return reject_claim(
            claim_id=claim_id, reason=form.sentence(), actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("The claim was rejected."), claim_id=claim_id)


@page(Permission.DECIDE_FLAGS, methods=("POST",))
def flag_decide(request: StaffRequest, claim_id: UUID, flag_id: UUID) -> HttpResponse:
    """Clear a warning, or confirm it."""
    confirmed = request.POST.get("confirmed") == "1"

    def act() -> object:
        return decide_flag(flag_id=flag_id, confirmed=confirmed, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Decided."), claim_id=claim_id)

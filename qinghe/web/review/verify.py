"""Verify claims: the queue by age, one claim beside its evidence, release or rejection."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from qinghe.claims.contract_terms import Outcome
from qinghe.claims.queries import ClaimView, claim_for, review_queue
from qinghe.claims.queries.amounts import VerificationView, verification_for
from qinghe.claims.queries.titles import Chain, chain_for, duplicates_of, open_duplicates
from qinghe.claims.services import check_amount, decide_duplicate, reject_claim, verify_claim
from qinghe.claims.terms import ClaimState, Rejection
from qinghe.parties.queries import contact_points
from qinghe.parties.roles import Permission
from qinghe.risk.queries import flags, score
from qinghe.risk.services import decide_flag
from qinghe.web.claimparts import equation, hold_marks
from qinghe.web.doors import StaffRequest, acted, page, unclear
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


class PairForm(forms.Form):
    """Which of two claims about what may be one debt stands."""

    kept = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("first", _("One debt: the earlier claim stands, the later is rejected")),
            ("second", _("One debt: the later claim stands, the earlier is rejected")),
            ("both", _("Two debts: both go on")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)


class VerifyForm(forms.Form):
    """What the reviewer noticed; optional."""

    note = forms.CharField(label=_("Note"), max_length=500, required=False)


@page(Permission.VERIFY_CLAIMS)
def verify_queue(request: StaffRequest) -> HttpResponse:
    """Show the claims that wait for their check, the oldest first."""
    rows = review_queue(actor=request.actor)
    aged = [(row, (request.at - row.created_at).days) for row in rows]
    context = {"rows": aged, "pairs": open_duplicates(actor=request.actor)}
    return render(request, "web/review/queue.html", context)


def _checks(
    view: ClaimView, open_flags: int, amount: VerificationView | None, chain: Chain
) -> list[Check]:
    """Return what the data themselves say; the reviewer looks at the papers."""
    kinds = {each.kind for each in view.evidence}
    dated = view.contract_on is not None and view.contract_on <= view.due_on
    return [
        *_amount_and_title(amount, chain),
        Check(now_("A document proves the debt"), bool(kinds & {"contract", "transfer"}) or None),
        Check(now_("There is at least one document"), bool(view.evidence)),
        Check(now_("The contract came before the due day"), dated or None),
        Check(
            now_("The debtor can be reached"),
            bool(view.reachable) or None,
            now_("else it cannot be placed"),
        ),
        Check(now_("No warning is open"), open_flags == 0),
    ]


def _amount_and_title(amount: VerificationView | None, chain: Chain) -> list[Check]:
    """Return what the contract, calculated again, and the chain of creditors say."""
    known = amount is not None and amount.outcome != Outcome.CANNOT
    right = not amount.too_much if amount is not None and known else None
    told = chain.unbroken and chain.told
    return [
        Check(
            now_("The amount follows from contract and law"),
            right,
            now_("see the calculation") if known else now_("the contract's terms are missing"),
        ),
        Check(
            now_("The claim is the creditor's"),
            told or (None if chain.unbroken else False),
            now_("the debtor was not told yet") if chain.unbroken else now_("the chain breaks"),
        ),
    ]


@page(Permission.VERIFY_CLAIMS)
def verify_page(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show one claim beside its evidence, its warnings with their reasons, and the decision."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    warnings = flags(claim_id)
    check = verification_for(claim_id=claim_id, actor=request.actor)
    chain = chain_for(claim_id=claim_id, actor=request.actor)
    still_open = [each for each in warnings if each.state == "open"]
    context = {
        "claim": view,
        "terms": equation(view, as_day(request.at)),
        "holds": hold_marks(view.holds),
        "flags": warnings,
        "score": score(claim_id=claim_id, on=request.at.date()),
        "checks": _checks(view, len(still_open), check, chain),
        "points": contact_points(view.debtor_id),
        "law": law_of(view, as_day(request.at)),
        "check": check,
        "chain": chain,
        "pairs": duplicates_of(claim_id=claim_id, actor=request.actor),
        "pair_form": PairForm(),
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


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def verify_check(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Calculate the amount again from contract and payments, and keep the result."""

    def act() -> object:
        return check_amount(claim_id=claim_id, actor=request.actor, at=request.at)

    return acted(request, act, to=ONE, done=_("Calculated again."), claim_id=claim_id)


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def duplicate_decide(request: StaffRequest, claim_id: UUID, duplicate_id: UUID) -> HttpResponse:
    """Decide whether two claims are one debt, and which of them stands."""
    form = PairForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)
    pair = next(
        (x for x in duplicates_of(claim_id=claim_id, actor=request.actor) if x.id == duplicate_id),
        None,
    )
    kept = {"first": pair.first_id, "second": pair.second_id} if pair else {}

    def act() -> object:
        return decide_duplicate(
            duplicate_id=duplicate_id,
            kept_id=kept.get(form.cleaned_data["kept"]),
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("Decided."), claim_id=claim_id)


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

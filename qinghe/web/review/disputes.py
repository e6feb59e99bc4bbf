"""Disputes: the debtor says a claim is wrong; a compliance officer decides with a text for both."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import ClaimView, claim_for, dispute_for, disputes
from qinghe.claims.queries.sent import dispute_mark, papers_sent
from qinghe.claims.services import decide_dispute
from qinghe.claims.terms import Component, DisputeState
from qinghe.kernel.money import exponent, to_major, to_minor
from qinghe.parties.roles import Permission
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.web.claimparts import equation
from qinghe.web.doors import StaffRequest, formed, page, refusals_in, seen_in
from qinghe.web.formats import as_day

NO_DECISIONS = (DisputeState.OPEN, DisputeState.WITHDRAWN)
OUTCOMES = [(s.value, s.label) for s in DisputeState if s not in NO_DECISIONS]


class DecisionForm(forms.Form):
    """The outcome, corrected amounts where accepted in part, and the text the debtor reads."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=OUTCOMES, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What the debtor and the creditor read"), max_length=2000, widget=forms.Textarea
    )

    def __init__(self, *args: Any, claim: ClaimView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.claim = claim
        for part in Component:
            now = to_major(getattr(claim, part.value), claim.currency)
            self.fields[part.value] = forms.DecimalField(
                label=_("New amount: %(part)s") % {"part": part.label},
                required=False,
                min_value=0,
                max_value=now,
                decimal_places=exponent(claim.currency),
                help_text=_("Now %(now)s. Leave empty to keep it.") % {"now": f"{now:,}"},
            )

        if claim.paid > 0:
            words = _("My text says what becomes of the money that was paid.")
            self.fields["money"] = forms.BooleanField(label=words, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("outcome") == DisputeState.UPHELD and data.get("money") is False:
            words = _("Write whether what was paid goes back, or why it stays; then tick this.")
            self.add_error("money", words)
        return data

    def correction(self) -> dict[str, int] | None:
        """Return the corrected components in minor units; nothing unless accepted in part."""
        if self.cleaned_data["outcome"] != DisputeState.PARTLY:
            return None
        typed = {p.value: self.cleaned_data[p.value] for p in Component}
        currency = self.claim.currency
        return {k: to_minor(v, currency) for k, v in typed.items() if v is not None}


@page(Permission.DECIDE_DISPUTES)
def dispute_list(request: StaffRequest) -> HttpResponse:
    """Show the disputes that wait, the most urgent first; or those that were decided."""
    decided = request.GET.get("decided") == "1"
    rows = disputes(actor=request.actor, state=None if decided else DisputeState.OPEN)
    shown = [r for r in rows if r.decided_at] if decided else rows
    context = {"rows": shown, "decided": decided, "now": request.at}
    return render(request, "web/review/disputes.html", context)


def _opened(request: StaffRequest, item_id: UUID | None) -> str:
    """Return what one side wrote; opening it is put on record."""
    if item_id is None:
        return ""
    return reveal(item_id=item_id, purpose=Purpose.DISPUTE, actor=request.actor, at=request.at)


@page(Permission.DECIDE_DISPUTES, methods=("GET", "POST"))
def dispute_page(request: StaffRequest, dispute_id: UUID) -> HttpResponse:
    """Show what the debtor says beside the claim, and decide."""
    row = dispute_for(dispute_id=dispute_id, actor=request.actor)
    claim = claim_for(claim_id=row.claim_id, actor=request.actor)
    form = DecisionForm(request.POST or None, claim=claim)
    if form.is_valid():
        with refusals_in(form):
            decide_dispute(
                dispute_id=dispute_id,
                outcome=form.cleaned_data["outcome"],
                text=form.cleaned_data["text"],
                correction=form.correction(),
                seen=seen_in(request),
                actor=request.actor,
                at=request.at,
            )
            messages.success(request, _("Decided. The debtor reads your text from now on."))
            return redirect("web:disputes")
    context = {
        "dispute": row,
        "mark": dispute_mark(dispute_id=dispute_id, actor=request.actor),
        "claim": claim,
        "terms": equation(claim, as_day(request.at)),
        "statement": _opened(request, row.statement_id),
        "proof": _opened(request, row.proof_id),
        "papers": papers_sent(dispute_id=row.id, actor=request.actor),
    }
    return formed(request, "web/review/dispute.html", context, form)

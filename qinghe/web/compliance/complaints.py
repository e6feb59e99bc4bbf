"""Complaints: what each role may see of them, and the decision of a compliance officer."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import claim_for
from qinghe.claims.queries.named import claims_named
from qinghe.contact.queries import AttemptRow, attempts_of_claim
from qinghe.parties.roles import Permission, may
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.quality.queries import LATEST, ComplaintRow, complaint_for, complaints
from qinghe.quality.queries.hands import HandRow, hands_of
from qinghe.quality.services import decide_complaint, end_kept_hold
from qinghe.quality.terms import ComplaintState
from qinghe.web.compliance.measures import ResumeForm
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear
from qinghe.web.formats import as_day

RECENT = 20
NOBODYS: Final = "nobodys"


class DecisionForm(forms.Form):
    """The outcome, the text the person reads, and whether contact stays stopped."""

    upheld = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("1", _("Justified")), ("0", _("Not justified"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What the person who complained reads"), max_length=2000, widget=forms.Textarea
    )
    keep_hold = forms.BooleanField(label=_("Keep contact stopped"), required=False)

    def __init__(self, *args: Any, row: ComplaintRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hands = hands_of(row.claim_id) if row.claim_id and row.open else []
        if not hands:
            return
        named = [(str(each.mandate_id), _named(each)) for each in hands]
        self.fields["hand"] = forms.ChoiceField(
            label=_("Whose act it was"),
            required=False,
            choices=[("", _("As the day it happened says")), *named, (NOBODYS, _("None of these"))],
            help_text=_("Needed when it is justified and several worked the claim."),
        )
        self.order_fields(["upheld", "hand", "text", "keep_hold"])

    @property
    def hand(self) -> dict[str, Any]:
        """Return whose act the officer says it was, as the service takes it."""
        said = self.cleaned_data.get("hand", "")
        if said == NOBODYS:
            return {"nobodys": True}
        return {"mandate_id": UUID(said)} if said else {}


def _named(hand: HandRow) -> str:
    return f"{hand.collector_name} ({as_day(hand.starts_at)} – {as_day(hand.ends_at)})"


@page(Permission.DECIDE_COMPLAINTS, Permission.COMPLAIN)
def complaint_list(request: StaffRequest) -> HttpResponse:
    """Show the complaints this actor may see: open ones by their day of answer, then decided."""
    rows = complaints(actor=request.actor)
    context = {
        "open": [r for r in rows if r.open],
        "decided": [r for r in rows if not r.open],
        "most": LATEST,
        "today": as_day(request.at),
        "hears": may(request.actor, Permission.DECIDE_COMPLAINTS),
    }
    return render(request, "web/compliance/complaints.html", context)


def _statement(request: StaffRequest, row: ComplaintRow) -> str:
    """Return the words of the complaint; opening them is put on record."""
    if row.statement_id is None:
        return ""
    return reveal(
        item_id=row.statement_id, purpose=Purpose.COMPLAINT, actor=request.actor, at=request.at
    )


def _contacts(request: StaffRequest, row: ComplaintRow) -> list[AttemptRow]:
    """Return the contacts on the claim complained about, refused ones too."""
    if row.claim_id is None:
        return []
    return attempts_of_claim(claim_id=row.claim_id, actor=request.actor, limit=RECENT)


@page(Permission.DECIDE_COMPLAINTS, methods=("GET", "POST"))
def complaint_page(request: StaffRequest, complaint_id: UUID) -> HttpResponse:
    """Show a complaint beside what the system recorded, and decide it."""
    row = complaint_for(complaint_id=complaint_id, actor=request.actor)
    form = DecisionForm(request.POST or None, row=row)
    if form.is_valid():
        with refusals_in(form):
            decide_complaint(
                complaint_id=complaint_id,
                upheld=form.cleaned_data["upheld"] == "1",
                text=form.cleaned_data["text"],
                keep_hold=form.cleaned_data["keep_hold"],
                **form.hand,
                actor=request.actor,
                at=request.at,
            )
            messages.success(request, _("Decided. The answer can be read under its number."))
            return redirect("web:complaints")
    words = _statement(request, row)
    context = {
        "complaint": row,
        "statement": words,
        "named": [] if row.claim_id else claims_named(words=words, actor=request.actor),
        "claim": claim_for(claim_id=row.claim_id, actor=request.actor) if row.claim_id else None,
        "contacts": _contacts(request, row),
        "queue": complaints(actor=request.actor, state=ComplaintState.OPEN),
        "today": as_day(request.at),
        "release_form": ResumeForm(),
    }
    return formed(request, "web/compliance/complaint.html", context, form)


@page(Permission.DECIDE_COMPLAINTS, methods=("POST",))
def complaint_release(request: StaffRequest, complaint_id: UUID) -> HttpResponse:
    """Let contact go on after a decision that had kept it stopped."""
    to, form = "web:complaint", ResumeForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, to, complaint_id=complaint_id)

    def act() -> object:
        return end_kept_hold(
            complaint_id=complaint_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("The hold is lifted. Contact is open again unless another hold stands.")
    return acted(request, act, to=to, done=done, complaint_id=complaint_id)

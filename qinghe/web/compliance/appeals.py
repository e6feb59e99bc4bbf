"""Appeals of collectors, contacts to listen to, and experience that is recognised."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.market.queries import standing_of, standings
from qinghe.market.terms import Grade
from qinghe.parties.pairs import tied
from qinghe.parties.queries import organisation
from qinghe.parties.roles import Permission
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.quality.ladder import ladder
from qinghe.quality.queries import AppealRow, appeal_for, appeals, complaint_for
from qinghe.quality.queries.sampling import samples
from qinghe.quality.services import decide_appeal, recognise_experience
from qinghe.quality.terms import GRANTING, MANY, REFUSING, AppealAbout, AppealState
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear
from qinghe.web.formats import as_day


class AppealDecisionForm(forms.Form):
    """The outcome with its reason: one list for both, so that they cannot disagree."""

    decision = forms.ChoiceField(label=_("Decision and reason"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, about: AppealAbout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["decision"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *(
                (f"1:{each}", f"{AppealState.GRANTED.label} · {each.label}")
                for each in GRANTING[about]
            ),
            *((f"0:{each}", f"{AppealState.REFUSED.label} · {each.label}") for each in REFUSING),
        ]

    def decided(self) -> dict[str, Any]:
        """Return the outcome as the service wants it."""
        granted, _colon, reason = self.cleaned_data["decision"].partition(":")
        return {"granted": granted == "1", "reason": reason}


class ExperienceForm(forms.Form):
    """Which step experience elsewhere opens, and why."""

    step = forms.ChoiceField(label=_("Up to grade"))
    reason = forms.CharField(label=_("What was examined"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        law = ladder()
        upto = law.steps[1 : law.place(law.recognised_up_to) + 1]
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(step.key, Grade(step.key).label) for step in reversed(upto)]


@page(Permission.DECIDE_COMPLAINTS)
def appeal_list(request: StaffRequest) -> HttpResponse:
    """Show the appeals, those that wait first."""
    rows = appeals(actor=request.actor)
    context = {
        "open": [row for row in rows if row.open],
        "decided": [row for row in rows if not row.open],
        "today": as_day(request.at),
    }
    return render(request, "web/compliance/appeals.html", context)


@page(Permission.DECIDE_COMPLAINTS, methods=("GET", "POST"))
def appeal_page(request: StaffRequest, appeal_id: UUID) -> HttpResponse:
    """Show an appeal beside the first decision, and decide it."""
    row = appeal_for(appeal_id=appeal_id, actor=request.actor)
    form = AppealDecisionForm(request.POST or None, about=AppealAbout(row.about))
    if form.is_valid():
        with refusals_in(form):
            decide_appeal(appeal_id=appeal_id, **form.decided(), actor=request.actor, at=request.at)
            messages.success(request, _("Decided. Grade and figures were made anew."))
            return redirect("web:appeals")
    context = {
        "appeal": row,
        "statement": _statement(request, row),
        "complaint": _complaint(request, row),
        "standing": standing_of([row.collector_id], request.at).get(row.collector_id),
        "steps": standings(row.collector_id, 8),
        "mine": bool(tied({row.first_officer}, request.actor.label)),
    }
    return formed(request, "web/compliance/appeal.html", context, form)


def _statement(request: StaffRequest, row: AppealRow) -> str:
    if row.statement_id is None:
        return ""
    return reveal(
        item_id=row.statement_id, purpose=Purpose.COMPLAINT, actor=request.actor, at=request.at
    )


def _complaint(request: StaffRequest, row: AppealRow) -> Any:
    if row.complaint_id is None:
        return None
    return complaint_for(complaint_id=row.complaint_id, actor=request.actor)


@page(Permission.DECIDE_COMPLAINTS)
def listening(request: StaffRequest) -> HttpResponse:
    """Show which contacts to look at first, from what debtors said of their treatment."""
    rows = samples(actor=request.actor, at=request.at)
    return render(request, "web/compliance/listening.html", {"rows": rows, "many": MANY})


@page(Permission.VERIFY_PARTIES, methods=("POST",))
def experience(request: StaffRequest, slug: str) -> HttpResponse:
    """Recognise the experience of a collector elsewhere."""
    form = ExperienceForm(request.POST)
    to = "web:organisation"
    if not form.is_valid():
        return unclear(request, form, to, slug=slug)
    found = organisation(slug)

    def act() -> object:
        return recognise_experience(
            collector_id=found.pk, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=to, done=_("Recognised. The grade was found anew."), slug=slug)

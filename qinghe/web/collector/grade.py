"""My grade: where it comes from, what would open the next step, and how to appeal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinghe.market.queries import StandingRow, standing_of, standings
from qinghe.parties.roles import Permission
from qinghe.quality.queries import appealed, appeals, complaints, explained, places_of
from qinghe.quality.refusals import NothingToAppeal
from qinghe.quality.services import appeal
from qinghe.quality.terms import APPEAL_DAYS, AppealAbout, AppealGround, Cause
from qinghe.web.doors import StaffRequest, formed, page, refusals_in

# What a collector can say of each thing it appeals.
GROUNDS = {
    AppealAbout.COMPLAINT: (AppealGround.RECORDS, AppealGround.NOT_US, AppealGround.FABRICATED),
    AppealAbout.DEMOTION: (AppealGround.NOT_ONE_FIRM, AppealGround.FIGURES),
    AppealAbout.RATING: (AppealGround.DISHONEST, AppealGround.FABRICATED),
    AppealAbout.PAUSE: (
        AppealGround.RECORDS,
        AppealGround.NOT_US,
        AppealGround.FABRICATED,
        AppealGround.NOT_ONE_FIRM,
    ),
}


class AppealForm(forms.Form):
    """What is wrong with a decision, and words for the officer."""

    ground = forms.ChoiceField(label=_("What is wrong"), widget=forms.RadioSelect)
    statement = forms.CharField(
        label=_("What the second officer should know"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Only officers read it. Name recordings and days, not persons."),
    )

    def __init__(self, *args: Any, about: AppealAbout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ground"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.value, each.label) for each in GROUNDS[about]]


@page(Permission.TAKE_ORDERS)
def grade_page(request: StaffRequest) -> HttpResponse:
    """Show a collector its standing, the ladder it stands on, its history and its appeals."""
    org_id = request.actor.org_id
    assert org_id is not None
    now = standing_of([org_id], request.at).get(org_id)
    context: dict[str, Any] = {"standing": now}
    if now is not None:
        tongue = get_language() or ""
        context["ladder"] = explained(
            org_id, grade=now.grade, review_on=now.review_on, language=tongue
        )
        told = places_of(org_id, grade=now.grade, language=tongue, at=request.at)
        context["places"] = told
        context |= _history(request, org_id)
    return render(request, "web/collector/grade.html", context)


def _history(request: StaffRequest, org_id: UUID) -> dict[str, Any]:
    """Return steps up and down, and which of the decisions can still be appealed."""
    since, done = request.at - timedelta(days=APPEAL_DAYS), appealed(org_id)
    steps = [row for row in standings(org_id) if row.cause != Cause.FIGURES]
    counted = [
        row
        for row in complaints(actor=request.actor, state="upheld")
        if row.decided_at and row.decided_at > since and row.id not in done
    ]
    return {
        "steps": [(row, _appealable(row, since, done)) for row in steps],
        "counted": counted,
        "appeals": appeals(actor=request.actor),
        "appealed": done,
    }


def _appealable(row: StandingRow, since: Any, done: dict[UUID, str]) -> bool:
    return row.cause == Cause.DEMOTED and row.since > since and row.id not in done


@page(Permission.TAKE_ORDERS, methods=("GET", "POST"))
def appeal_new(request: StaffRequest, about: str, target_id: UUID) -> HttpResponse:
    """Ask for a second look at one decision."""
    if about not in AppealAbout.values:
        raise NothingToAppeal
    form = AppealForm(request.POST or None, about=AppealAbout(about))
    if form.is_valid():
        with refusals_in(form):
            appeal(
                about=about,
                target_id=target_id,
                **form.cleaned_data,
                actor=request.actor,
                at=request.at,
            )
            messages.success(request, _("Sent. Another officer than the first decides."))
            return redirect("web:grade")
    context = {"about": AppealAbout(about).label}
    return formed(request, "web/collector/appeal.html", context, form)

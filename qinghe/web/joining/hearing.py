"""An organisation reads what is asked about it, answers, and objects to a decision."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.quality.queries.integrity.desk import own_cases
from qinghe.quality.services.integrity.appealing import object_to
from qinghe.quality.services.integrity.hearing import state_view
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.joining.lowered import lowered_for
from qinghe.web.joining.words import WordsForm

LIST = "web:hearings"


@page(Permission.DECLARE_PARTY)
def hearing_list(request: StaffRequest) -> HttpResponse:
    """Show what an organisation was asked, and what was decided."""
    rows = [(each, _step(request, each)) for each in own_cases(actor=request.actor)]
    context = {
        "rows": rows,
        "lowered": lowered_for(request.actor, request.at),
        "mine": request.actor.role,
    }
    return render(request, "web/integrity/own.html", context)


@page(Permission.DECLARE_PARTY, methods=("POST",))
def hearing_answer(request: StaffRequest, flag_id: UUID) -> HttpResponse:
    """Answer for one's own organisation."""
    form = WordsForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        return state_view(flag_id=flag_id, **form.cleaned_data, actor=request.actor, at=request.at)

    return acted(request, act, to=LIST, done=_("Sent. Officers read it before they decide."))


@page(Permission.DECLARE_PARTY, methods=("POST",))
def hearing_object(request: StaffRequest, ruling_id: UUID) -> HttpResponse:
    """Object to a decision."""
    form = WordsForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        return object_to(
            ruling_id=ruling_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=LIST, done=_("Sent. Another officer decides."))


def _step(request: StaffRequest, case: object) -> str:
    """Return what an organisation can do now about a case: answer, object, or nothing."""
    ruling, asked = case.ruling, case.respondent  # type: ignore[attr-defined]
    if ruling is None:
        return "answer" if asked.stated_at is None else ""
    until = ruling.objection_until
    free = ruling.state == "standing" and ruling.appealed_at is None
    return "object" if free and until is not None and request.at < until else ""

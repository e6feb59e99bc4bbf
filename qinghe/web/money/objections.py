"""Objections to lines of statements: made by an organisation, answered by the operator."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.objection_terms import LONGEST, Ground
from qinghe.settlement.queries.objections import objections
from qinghe.settlement.queries.statements import words_of
from qinghe.settlement.services import answer_line, object_to_line
from qinghe.web.doors import StaffRequest, acted, page, unclear

LIST: Final = "web:line-objections"
STATEMENT: Final = "web:statements"


class LineObjectionForm(forms.Form):
    """What is wrong with a booking."""

    ground = forms.ChoiceField(label=_("What is wrong?"), choices=Ground.choices)
    words = forms.CharField(label=_("In a few words"), max_length=LONGEST)


class AnswerForm(forms.Form):
    """Whether the objection is right, and why."""

    right = forms.ChoiceField(
        label=_("The objection is"),
        choices=[("yes", _("right: we correct it by a booking")), ("no", _("not right"))],
    )
    answer = forms.CharField(label=_("Reason"), max_length=LONGEST)


@page(Permission.SEE_STATEMENTS, methods=("POST",))
def line_object(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Object to a booking on the own statement."""
    form = LineObjectionForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, STATEMENT)

    def act() -> object:
        by: dict[str, Any] = {"actor": request.actor, "at": request.at}
        return object_to_line(transfer_id=transfer_id, **form.cleaned_data, **by)

    done = _("Noted. The operator answers with a reason; it stands on your statement.")
    return acted(request, act, to=STATEMENT, done=done)


@page(Permission.MANAGE_PAYMENTS)
def line_objections(request: StaffRequest) -> HttpResponse:
    """Show objections, those that wait first."""
    rows = [(row, words_of(row.kind)) for row in objections(actor=request.actor)]
    return render(request, "web/operator/objections.html", {"rows": rows, "form": AnswerForm()})


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def line_answer(request: StaffRequest, objection_id: UUID) -> HttpResponse:
    """Answer an objection."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        return answer_line(
            objection_id=objection_id,
            right=form.cleaned_data["right"] == "yes",
            answer=form.cleaned_data["answer"],
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=LIST, done=_("Answered. It stands on the statement now."))

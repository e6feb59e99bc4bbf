"""Objections to lines of statements: made by an organisation, answered by the operator."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.correction_terms import Way
from qinghe.settlement.objection_terms import LONGEST, Ground, ObjectionState
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.corrections import corrections_asked
from qinghe.settlement.queries.objections import corrections, objections
from qinghe.settlement.queries.statements import words_of
from qinghe.settlement.services import (
    agree_correction,
    agree_objection,
    answer_line,
    correct_objection,
    object_to_line,
)
from qinghe.web.doors import StaffRequest, acted, page, seen_in, unclear

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
        choices=[("yes", _("right: a second person must agree")), ("no", _("not right"))],
    )
    answer = forms.CharField(label=_("Reason"), max_length=LONGEST)


class CorrectForm(forms.Form):
    """The booking that corrects it."""

    transfer_id = forms.UUIDField(label=_("Booking"))


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
    """Show objections, those that wait first, with the bookings that may correct them."""
    offered, asked = corrections(actor=request.actor), corrections_asked(actor=request.actor)
    rows = [
        (
            row,
            words_of(row.kind),
            [(each, words_of(each.kind)) for each in offered.get(row.id, ())],
            words_of(row.named.kind) if row.named else "",
            asked.get(row.id),
        )
        for row in objections(actor=request.actor)
    ]
    labels = (by for row, *_rest in rows for by in (row.asked_by, row.answered_by, row.named_by))
    near = tied_to([*labels, *(each.asked_by for each in asked.values())], request.actor)
    context = {"rows": rows, "form": AnswerForm(), "tied": near, "ways": Way.choices}
    return render(request, "web/operator/objections.html", context)


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

    def said(made: object) -> str:
        upholding = getattr(made, "state", "") == ObjectionState.UPHOLDING
        words = _("Noted. A second person must agree; until then the organisation is told nothing.")
        return str(words if upholding else _("Answered. It stands on the statement now."))

    return acted(request, act, to=LIST, done=said)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def line_agree(request: StaffRequest, objection_id: UUID) -> HttpResponse:
    """Agree that an objection is right, or send it back to be answered anew."""
    agreed = request.POST.get("agreed") == "yes"

    def act() -> object:
        by: dict[str, Any] = {"actor": request.actor, "at": request.at, "seen": seen_in(request)}
        return agree_objection(objection_id=objection_id, agreed=agreed, **by)

    done = _("Agreed. Book the correction, then name it here.")
    return acted(request, act, to=LIST, done=done if agreed else _("Sent back to be answered."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def line_correct(request: StaffRequest, objection_id: UUID) -> HttpResponse:
    """Name the booking that corrects what was objected to; a second person must agree."""
    form = CorrectForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        by: dict[str, Any] = {"actor": request.actor, "at": request.at}
        return correct_objection(objection_id=objection_id, **form.cleaned_data, **by)

    done = _(
        "Named. A second person must agree; until then the organisation is told nothing of it."
    )
    return acted(request, act, to=LIST, done=done)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def line_corrected(request: StaffRequest, objection_id: UUID) -> HttpResponse:
    """Agree to the correction that somebody else named, or send it back."""
    agreed = request.POST.get("agreed") == "yes"

    def act() -> object:
        by: dict[str, Any] = {"actor": request.actor, "at": request.at}
        return agree_correction(objection_id=objection_id, agreed=agreed, **by)

    done = _("Noted. The statement says that it is corrected.")
    return acted(request, act, to=LIST, done=done if agreed else _("Sent back: name another."))

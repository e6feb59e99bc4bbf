"""A lowered claim on the page of its two sides: the collector objects, the creditor answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.actor import Actor, Role
from qinghe.parties.roles import Permission
from qinghe.settlement.queries.lowerings import LoweringRow, own_lowerings
from qinghe.settlement.services import answer_objection, object_to_lowering
from qinghe.settlement.terms import LoweringState
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.joining.words import WordsForm

LIST = "web:hearings"


def lowered_for(actor: Actor, at: datetime) -> list[tuple[LoweringRow, str]]:
    """Return what concerns an actor, each with what can be done now: object, answer, or nothing."""
    return [(row, _step(row, actor, at)) for row in own_lowerings(actor=actor)]


@page(Permission.DECLARE_PARTY, methods=("POST",))
def lowered_object(request: StaffRequest, lowering_id: UUID) -> HttpResponse:
    """Object: money went past the platform."""
    return _send(request, lowering_id, object_to_lowering, _("Sent. The creditor is heard now."))


@page(Permission.DECLARE_PARTY, methods=("POST",))
def lowered_answer(request: StaffRequest, lowering_id: UUID) -> HttpResponse:
    """Answer an objection."""
    done = _("Sent. Officers read it before they decide.")
    return _send(request, lowering_id, answer_objection, done)


def _send(
    request: StaffRequest, lowering_id: UUID, verb: Callable[..., object], done: object
) -> HttpResponse:
    form = WordsForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        return verb(
            lowering_id=lowering_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=LIST, done=done)


def _step(row: LoweringRow, actor: Actor, at: datetime) -> str:
    if actor.role == Role.COLLECTOR:
        return "object" if row.state == LoweringState.TOLD and at < row.object_until else ""
    open_ = row.state in (LoweringState.OBJECTED, LoweringState.ASKED)
    return "answer" if open_ and row.answered_at is None else ""

"""Objections to lowered claims: an officer reads both sides and asks, a second one agrees."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.money import to_major, to_minor
from qinghe.parties.roles import Permission
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.settlement.queries.apart import tied_to
from qinghe.settlement.queries.lowerings import LoweringRow, lowering_for
from qinghe.settlement.services import decide_lowering, judge_lowering
from qinghe.web.doors import StaffRequest, acted, page, seen_in, unclear

ONE = "web:lowered"


class JudgeForm(forms.Form):
    """What the creditor received past the platform, and why that is believed."""

    due = forms.DecimalField(
        label=_("Received past the platform"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("0 dismisses the objection. Commission is due on this amount only."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Both sides read it: facts, no names of other people, no numbers of accounts."),
    )


@page(Permission.SUSPEND)
def lowered(request: StaffRequest, lowering_id: UUID) -> HttpResponse:
    """Show one objection: what was lowered, what had been done before, and both sides."""
    row = lowering_for(lowering_id=lowering_id, actor=request.actor)
    waited = row.answer_until is not None and row.answer_until <= request.at
    context = {
        "row": row,
        "says": [(title, _text(request, item)) for title, item in _sides(row)],
        "tied": tied_to([row.asked_by], request.actor),
        "heard": row.answered_at is not None or waited,
        "form": JudgeForm(initial={"due": to_major(row.amount, row.currency)}),
    }
    return render(request, "web/integrity/lowered.html", context)


@page(Permission.SUSPEND, methods=("POST",))
def lowered_judge(request: StaffRequest, lowering_id: UUID) -> HttpResponse:
    """Dismiss an objection, or ask a second officer to agree that money was received."""
    row = lowering_for(lowering_id=lowering_id, actor=request.actor)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, lowering_id=lowering_id)
    due = to_minor(form.cleaned_data["due"] or Decimal(0), row.currency)

    def act() -> object:
        return judge_lowering(
            lowering_id=lowering_id,
            due=due,
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            at=request.at,
        )

    done = _("A second officer decides.") if due else _("Dismissed. No commission is due.")
    return acted(request, act, to=ONE, done=done, lowering_id=lowering_id)


@page(Permission.SUSPEND, methods=("POST",))
def lowered_decide(request: StaffRequest, lowering_id: UUID) -> HttpResponse:
    """Agree as the second officer that commission is due, or not."""
    yes = request.POST.get("agreed") == "1"

    def act() -> object:
        seen = seen_in(request)
        return decide_lowering(
            lowering_id=lowering_id, agreed=yes, seen=seen, actor=request.actor, at=request.at
        )

    done = (
        _("Booked. It is paid on once the creditor covers it.")
        if yes
        else _("Dropped. Another decision can be asked for.")
    )
    return acted(request, act, to=ONE, done=done, lowering_id=lowering_id)


def _sides(row: LoweringRow) -> list[tuple[object, UUID | None]]:
    return [(_("The collector"), row.objection_id), (_("The creditor"), row.answer_id)]


def _text(request: StaffRequest, item_id: UUID | None) -> str:
    if item_id is None:
        return ""
    purpose = Purpose.COMPLAINT
    return reveal(item_id=item_id, purpose=purpose, actor=request.actor, at=request.at)

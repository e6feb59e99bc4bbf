"""Objections to rejections are heard by somebody who took no part in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import ClaimView
from qinghe.claims.queries.objections import ObjectionRow, objection_to
from qinghe.claims.services import decide_objection
from qinghe.claims.terms import GRANTING, ObjectionReason, ObjectionState
from qinghe.kernel.actor import Actor
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page, unclear

ONE = "web:verify-claim"


def _choices() -> list[tuple[str, Any]]:
    opens = [(each.value, each.label) for each in GRANTING]
    stands = [(e.value, e.label) for e in ObjectionReason if e not in GRANTING]
    return [
        ("", _("Choose what you found")),
        (str(_("Granted: the claim is checked anew")), opens),
        (str(_("Not granted: the rejection stands")), stands),
    ]


class HearingForm(forms.Form):
    """The outcome with its reason, and what the creditor reads."""

    reason = forms.ChoiceField(label=_("Decision and reason"), choices=_choices)
    words = forms.CharField(
        label=_("What the creditor reads"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No names, no numbers of accounts."),
    )


def hearing_for(view: ClaimView, actor: Actor) -> dict[str, Any]:
    """Return the objection about a claim, and whether this person may hear it."""
    made = objection_to(view.id)
    return {
        "objection": made,
        "hears": made is not None and may_hear(made, actor),
        "hearing_form": HearingForm(prefix="hearing"),
    }


def may_hear(made: ObjectionRow, actor: Actor) -> bool:
    """Tell whether an objection waits, and for this person too."""
    waits = made.state == ObjectionState.OPEN
    return waits and all(independent(actor.label, each) for each in made.rejected_by)


@page(Permission.VERIFY_CLAIMS, methods=("POST",))
def objection_decide(request: StaffRequest, claim_id: UUID, objection_id: UUID) -> HttpResponse:
    """Open a rejected claim again, or let the rejection stand."""
    form = HearingForm(request.POST, prefix="hearing")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return decide_objection(
            objection_id=objection_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Decided. The creditor reads your words.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)

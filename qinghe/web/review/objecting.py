"""Objections to rejections are heard by somebody who took no part in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import ClaimView
from qinghe.claims.queries.objections import ObjectionRow, objection_to
from qinghe.claims.terms import GRANTING, ObjectionReason, ObjectionState
from qinghe.kernel.actor import Actor
from qinghe.parties.pairs import independent


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


def hearing_for(view: ClaimView, actor: Actor, sent: Mapping[str, forms.Form]) -> dict[str, Any]:
    """Return the objection about a claim, whether this person may hear it, and what was typed."""
    made = objection_to(view.id)
    return {
        "objection": made,
        "hears": made is not None and may_hear(made, actor),
        "hearing_form": sent.get("hearing_form", HearingForm(prefix="hearing")),
    }


def may_hear(made: ObjectionRow, actor: Actor) -> bool:
    """Tell whether an objection waits, and for this person too."""
    waits = made.state == ObjectionState.OPEN
    return waits and all(independent(actor.label, each) for each in made.rejected_by)

"""A creditor objects to a rejection."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.claims.media.kinds import LARGEST
from qinghe.claims.queries import ClaimView
from qinghe.claims.queries.objections import may_object_until, objection_to
from qinghe.claims.services import object_to_rejection
from qinghe.claims.services.objecting import Paper
from qinghe.claims.terms import ClaimState, ObjectionGround
from qinghe.parties.roles import Permission
from qinghe.web.creditor.evidence import TAKEN, EvidenceForm
from qinghe.web.doors import StaffRequest, acted, page, unclear

ONE = "web:claim"
# Where a rejection stands or is looked at again; later it is history.
HEARD = (ClaimState.REJECTED, ClaimState.WITHDRAWN, ClaimState.SUBMITTED)


PLACES = range(1, 4)


class ObjectionForm(forms.Form):
    """What is wrong with the rejection."""

    ground = forms.ChoiceField(
        label=_("What is wrong with the rejection?"),
        choices=ObjectionGround.choices,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Tell it in your own words"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only reviewers read it. No names, no numbers of accounts."),
    )


def objection_for(view: ClaimView, *, mine: bool) -> dict[str, Any]:
    """Return what the creditor of a rejected claim can do about it, or has done."""
    made = objection_to(view.id) if mine and view.state in HEARD else None
    rejected = mine and made is None and view.state in (ClaimState.REJECTED, ClaimState.WITHDRAWN)
    return {
        "objection": made,
        "object_until": may_object_until(view.id) if rejected else None,
        "objection_form": ObjectionForm(prefix="objection"),
        "objection_files": [EvidenceForm(prefix=f"objection-{n}") for n in PLACES],
        "objection_taken": TAKEN,
    }


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def claim_object(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Object to a rejection; somebody else than who rejected looks again."""
    form = ObjectionForm(request.POST, prefix="objection")
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return object_to_rejection(
            claim_id=claim_id,
            **form.cleaned_data,
            papers=_papers(request),
            actor=request.actor,
            at=request.at,
        )

    done = _("Sent. Somebody who took no part in the rejection looks at it.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


def _papers(request: StaffRequest) -> list[Paper]:
    """Return the files that were chosen with the objection."""
    found = []
    for place in PLACES:
        file = request.FILES.get(f"objection-{place}-file")
        if file is not None:
            kind = request.POST.get(f"objection-{place}-kind", "")
            found.append(Paper(kind, file.name or "", file.read(LARGEST + 1)))
    return found

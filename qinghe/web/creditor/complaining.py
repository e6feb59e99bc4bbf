"""A creditor complains about work on its own claim: contact stops until somebody has decided."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import claim_for
from qinghe.parties.roles import Permission
from qinghe.quality.services import open_complaint
from qinghe.quality.terms import ComplaintKind
from qinghe.web.doors import StaffRequest, acted, page, unclear

ONE = "web:claim"


class ComplaintForm(forms.Form):
    """What went wrong, for a compliance officer to read."""

    about = forms.ChoiceField(label=_("What is it about?"), choices=ComplaintKind.choices)
    statement = forms.CharField(
        label=_("What happened?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def complaint_open(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Take the complaint of a creditor about one of its claims."""
    claim = claim_for(claim_id=claim_id, actor=request.actor)
    form = ComplaintForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return open_complaint(
            kind=form.cleaned_data["about"],
            statement=form.cleaned_data["statement"],
            claim_id=claim.id,
            person_id=None,
            actor=request.actor,
            at=request.at,
        )

    done = _("A compliance officer hears it. Contact about this claim is stopped until then.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)

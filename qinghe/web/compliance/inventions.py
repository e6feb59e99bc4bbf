"""Claims that never existed: one officer asks, another decides, the creditor stops."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.pairs import tied
from qinghe.parties.queries import display_names
from qinghe.parties.roles import Permission
from qinghe.quality.queries import inventions
from qinghe.quality.services import accuse, decide_invention, release_creditor
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.operator.forms import ASKED

LIST = "web:inventions"
ONE = "web:verify-claim"
JOURNAL = _("It stays in the journal: no names, no numbers of accounts.")


class AccuseForm(forms.Form):
    """What shows that the claim never existed."""

    reason = forms.CharField(label=_("What shows it"), max_length=1000, help_text=JOURNAL)


class ReleaseForm(forms.Form):
    """Why the other claims of a creditor may go on."""

    reason = forms.CharField(label=_("What was looked at"), max_length=500, help_text=JOURNAL)


@page(Permission.SUSPEND)
def invention_list(request: StaffRequest) -> HttpResponse:
    """Show the findings, those that wait for a second officer first."""
    rows = inventions()
    context = {
        "rows": rows,
        "names": display_names(row.asker for row in rows if row.asker),
        "tied": tied({row.asked_by for row in rows}, request.actor.label),
        "form": ReleaseForm(),
    }
    return render(request, "web/compliance/inventions.html", context)


@page(Permission.SUSPEND, methods=("POST",))
def invention_ask(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Ask a second officer to find that a claim never existed."""
    form = AccuseForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return accuse(claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at)

    done = _("Asked. A second officer decides; contact is stopped meanwhile.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)


@page(Permission.SUSPEND, methods=("POST",))
def invention_decide(request: StaffRequest, invention_id: UUID) -> HttpResponse:
    """Decide as the second officer."""
    proven = request.POST.get("proven") == "1"

    def act() -> object:
        return decide_invention(
            invention_id=invention_id, proven=proven, actor=request.actor, at=request.at
        )

    return acted(request, act, to=LIST, done=_("Decided."))


@page(Permission.SUSPEND, methods=("POST",))
def invention_release(request: StaffRequest, invention_id: UUID) -> HttpResponse:
    """Let the other claims of a creditor go on."""
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        return release_creditor(
            invention_id=invention_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    def done(lifted: object) -> object:
        if not lifted:
            return ASKED
        return _("The holds are lifted. The creditor itself stays suspended until it is verified.")

    return acted(request, act, to=LIST, done=done)

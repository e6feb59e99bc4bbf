"""Notices that the law requires at once: one officer asks, another approves, sent once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import claim_for
from qinghe.contact.queries import wordings
from qinghe.contact.queries.overrides import overrides
from qinghe.contact.services import ask_override, decide_override, insist, use_override
from qinghe.contact.terms import ContactPurpose, OverrideReason
from qinghe.parties.pairs import tied
from qinghe.parties.queries import display_names
from qinghe.parties.roles import Permission
from qinghe.parties.terms import Channel
from qinghe.rules.packs import overridable, rule
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in
from qinghe.web.formats import chinese

HERE = "web:overrides"
ASIDE = Permission.SET_RULES_ASIDE


class OverrideForm(forms.Form):
    """Which notice, past which rule of the platform, and why the law requires it now."""

    template = forms.ChoiceField(label=_("Notice"))
    channel = forms.ChoiceField(
        label=_("How"),
        choices=[(each.value, each.label) for each in (Channel.LETTER, Channel.EMAIL)],
    )
    rules = forms.MultipleChoiceField(
        label=_("Rules of this platform that it may pass"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Rules of the law, holds and wishes cannot be passed, and are not in this list."
        ),
    )
    reason = forms.ChoiceField(
        label=_("Why the law requires it now"), choices=OverrideReason.choices
    )
    words = forms.CharField(
        label=_("In your own words"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the journal: no names, no numbers of accounts."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = "zh" if chinese() else "en"
        choices: dict[str, list[tuple[str, str]]] = {
            "template": [
                (each.code, each.title(lang))
                for each in wordings(purpose=ContactPurpose.LEGAL_NOTICE)
            ],
            "rules": [(key, f"{key} {rule(key).title(lang)}") for key in sorted(overridable())],
        }
        for name, values in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = values


@page(ASIDE)
def override_list(request: StaffRequest) -> HttpResponse:
    """Show what was asked for, what waits for a second officer, and what was sent."""
    rows = overrides(actor=request.actor, at=request.at)
    context = {
        "rows": rows,
        "names": display_names(row.asked_by for row in rows),
        "tied": tied({row.asked_label for row in rows}, request.actor.label),
    }
    return render(request, "web/house/overrides.html", context)


@page(ASIDE, methods=("GET", "POST"))
def override_new(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """
    Ask that one notice about a claim may pass a rule of the platform.

    :raises NoSuchClaim: unknown claim
    """
    view = claim_for(claim_id=claim_id, actor=request.actor)
    form = OverrideForm(request.POST or None)
    if form.is_valid():
        with refusals_in(form):
            ask_override(claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("Asked. Another officer must approve it."))
            return redirect(HERE)
    return formed(request, "web/house/override_new.html", {"claim": view}, form)


@page(ASIDE, methods=("POST",))
def override_decide(request: StaffRequest, override_id: UUID) -> HttpResponse:
    """Approve or refuse what another officer asked for."""
    approve = request.POST.get("approve") == "yes"

    def act() -> object:
        return decide_override(
            override_id=override_id, approve=approve, actor=request.actor, at=request.at
        )

    done = _("Approved. It may be sent once, within its day.") if approve else _("Not approved.")
    return acted(request, act, to=HERE, done=done)


@page(ASIDE, methods=("POST",))
def override_send(request: StaffRequest, override_id: UUID) -> HttpResponse:
    """Ask the gate for the notice; say which rule refused if one did."""
    attempt = use_override(override_id=override_id, actor=request.actor, at=request.at)
    return acted(request, lambda: insist(attempt), to=HERE, done=_("The notice is on its way."))

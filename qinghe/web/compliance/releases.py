"""Automatic releases: which institutions have earned them, who asked, who granted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from qinghe.parties.pairs import tied
from qinghe.parties.queries import display_names, organisations
from qinghe.parties.roles import Permission
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.risk.queries import auto_releases
from qinghe.risk.services import ask_auto_release, end_auto_release, grant_auto_release
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in, unclear

LIST = "web:auto-releases"


class AskForm(forms.Form):
    """For whom, up to which amount, and which share is checked afterwards."""

    creditor = forms.ChoiceField(label=_("Institution"))
    most_major = forms.IntegerField(
        label=_("Claims up to"), min_value=1, max_value=199_999, initial=20_000
    )
    sample_percent = forms.IntegerField(
        label=_("Checked afterwards, percent"), min_value=5, max_value=100, initial=10
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = organisations(kinds=[OrgKind.INSTITUTION], state=OrgState.ACTIVE)
        field = self.fields["creditor"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), each.name) for each in found]


class EndForm(forms.Form):
    """Why it ends."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


@page(Permission.SUSPEND, methods=("GET", "POST"))
def release_list(request: StaffRequest) -> HttpResponse:
    """Show every automatic release, and ask for one."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        with refusals_in(form):
            ask_auto_release(
                creditor_id=UUID(asked["creditor"]),
                most_major=asked["most_major"],
                sample_percent=asked["sample_percent"],
                actor=request.actor,
                at=request.at,
            )
            messages.success(request, _("Asked. Another officer must grant it."))
            return redirect(LIST)
    rows = auto_releases()
    context = {
        "rows": rows,
        "names": display_names(row.asker for row in rows if row.asker),
        "tied": tied({row.asked_by for row in rows}, request.actor.label),
        "end_form": EndForm(),
    }
    return formed(request, "web/compliance/releases.html", context, form)


@page(Permission.SUSPEND, methods=("POST",))
def release_grant(request: StaffRequest, release_id: UUID) -> HttpResponse:
    """Grant one as the second officer."""

    def act() -> object:
        return grant_auto_release(release_id=release_id, actor=request.actor, at=request.at)

    return acted(request, act, to=LIST, done=_("Granted. It ends by itself at the first mistake."))


@page(Permission.SUSPEND, methods=("POST",))
def release_end(request: StaffRequest, release_id: UUID) -> HttpResponse:
    """End one: reviewers check every claim again."""
    form = EndForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        return end_auto_release(
            release_id=release_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=LIST, done=_("Ended."))

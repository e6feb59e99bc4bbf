"""Proof to look at, a copy of the data, and what can be deleted when."""

from __future__ import annotations

import json

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.claims.terms import OPEN_STATES
from qinghe.kernel import clock
from qinghe.parties.queries import erasure_asked_at
from qinghe.parties.services.erasure import ask_erasure
from qinghe.portal.claims import claim_of
from qinghe.portal.copies import copy_of, copy_to_read
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.fields import OnceForm
from qinghe.portal.home import my_claims

# What stays and why: the retention each table declares, in the words of these pages.
KEPT: tuple[tuple[StrPromise, StrPromise], ...] = (
    (
        _("Your name, ID number and addresses"),
        _("Until three years after your last claim is closed. So claims stay provable."),
    ),
    (
        _("The claim, its bookings and proof"),
        _("Five years after it is closed. So you can prove that it is over."),
    ),
    (
        _("Every contact made to you"),
        _("Five years after the contact. So wrong contacts can be punished."),
    ),
    (
        _("Your payments"),
        _("Ten years after the year of booking. Accounting law asks for it."),
    ),
    (_("Complaints and our answers"), _("Five years after the answer.")),
    (_("The code of your letter"), _("Until it expires, then ninety days. Only a seal is kept.")),
)


@page()
def papers(request: DebtorRequest) -> HttpResponse:
    """Show what creditors sent as proof, and the ways to a copy and to deletion."""
    mine = [claim_of(row.id, request.actor) for row in my_claims(request.actor)]
    return render(request, "portal/papers.html", {"claims": mine, "zone": request.zone})


@page("POST")
def copy(request: DebtorRequest) -> HttpResponse:
    """Give a copy of what is held about the person, unmasked."""
    kind, at = request.POST.get("format"), clock.now()
    if kind == "json":
        content = copy_of(request.person_id, request.actor, at)
        text = json.dumps(content, ensure_ascii=False, indent=2, default=_plain)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
    elif kind == "html":
        text = render_to_string("portal/copy.html", copy_to_read(request, at), request)
        response = HttpResponse(text)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="my-data.{kind}"'
    return response


def _plain(value: object) -> object:
    """Return what JSON has no word for: a set as a list, the rest as text."""
    return sorted(value) if isinstance(value, frozenset | set) else str(value)


@page("GET", "POST")
def erasure(request: DebtorRequest) -> HttpResponse:
    """Say what must stay and why, and write down that the person wants the rest gone."""
    form = OnceForm(request.POST or None)
    done, _nothing = sent(
        form,
        lambda actor: ask_erasure(person_id=request.person_id, actor=actor, at=clock.now()),
        request.actor,
    )
    if done:
        return redirect("portal:erasure")
    rows = my_claims(request.actor)
    context = {
        "form": form,
        "rows": KEPT,
        "open_claims": [row for row in rows if row.state in OPEN_STATES],
        "asked_at": erasure_asked_at(request.person_id),
        "zone": request.zone,
    }
    return render(request, "portal/erasure.html", context)

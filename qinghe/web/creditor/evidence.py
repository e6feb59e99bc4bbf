"""The creditor adds proof: several files at once, a better version, the chain of assignments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qinghe.claims.findings import EMPTY, EMPTY_PAGES
from qinghe.claims.media.kinds import LARGEST
from qinghe.claims.queries import ClaimView, evidence_for
from qinghe.claims.services import add_evidence, replace_evidence, set_assignments
from qinghe.claims.terms import MOST_ASSIGNMENTS, ClaimState, EvidenceKind
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page, unclear

ONE: Final = "web:claim"
# Files in one form; the sum of the largest stays below what the door takes.
AT_ONCE: Final = 5
ACCEPT: Final = ".pdf,.jpg,.jpeg,.png,.webp,.heic,.heif,.tif,.tiff,.xlsx,.csv,.mp3,.m4a,.wav,.amr"
TAKEN: Final = _(
    "PDF up to 25 MB and 500 pages; pictures (JPEG, PNG, WebP, HEIC, TIFF) up to 25 MB; XLSX or CSV"
    " up to 10 MB; sound (MP3, M4A, WAV, AMR) up to 50 MB. Kept encrypted."
)


class EvidenceForm(forms.Form):
    """One of several files that prove something, and what it proves."""

    kind = forms.ChoiceField(label=_("What it proves"), choices=EvidenceKind.choices)
    file = forms.FileField(
        label=_("File"), required=False, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT})
    )


class ReplaceForm(forms.Form):
    """A better version of a file, and why."""

    reason = forms.CharField(
        label=_("Why is it replaced?"),
        max_length=300,
        help_text=_("The reviewer and the debtor read it: no names, no numbers."),
    )
    file = forms.FileField(
        label=_("File"),
        help_text=TAKEN,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )


class AssignmentsForm(forms.Form):
    """How often the claim was assigned before it came to its creditor."""

    count = forms.IntegerField(
        label=_("How often was it assigned?"),
        min_value=0,
        max_value=MOST_ASSIGNMENTS,
        help_text=_("From the first creditor to you. Each time needs its own paper."),
    )


def forms_for(view: ClaimView) -> dict[str, Any]:
    """Return the forms of the evidence card: rows that already ask for what is missing."""
    wanted = [part.need.paper for part in view.papers.parts if not part.met]
    kinds = [*wanted, *[EvidenceKind.OTHER] * AT_ONCE]
    rows = [
        EvidenceForm(prefix=str(n), initial={"kind": kind})
        for n, kind in zip(range(1, AT_ONCE + 1), kinds, strict=False)
    ]
    return {
        "evidence_rows": rows,
        "evidence_taken": TAKEN,
        # What has ended needs no papers any more.
        "over": (ClaimState.REJECTED, ClaimState.WITHDRAWN),
        "assignments_form": AssignmentsForm(initial={"count": view.case.links}),
    }


@page(Permission.MANAGE_CLAIMS, methods=("GET", "POST"))
def evidence_add(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Add the files of a form; reloaded, it leads back to the claim, where the form is."""
    if request.method == "POST":
        _add_each(request, claim_id)
    return HttpResponseRedirect(reverse(ONE, kwargs={"claim_id": claim_id}) + "#evh")


def _add_each(request: StaffRequest, claim_id: UUID) -> None:
    """Add each file by itself: one that is refused does not lose the others."""
    added: set[UUID] = set()
    for number, kind, file in _files(request):
        try:
            made = add_evidence(
                claim_id=claim_id,
                kind=kind,
                filename=file.name,
                content=file.read(LARGEST + 1),
                actor=_keyed(request.actor, number),
                at=request.at,
            )
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            _refused(request, number, refusal)
        else:
            if made.uploaded_at != request.at or made.pk in added:
                words = now_("File %(n)d is here already. It was not added once more.")
                messages.info(request, words % {"n": number})
                continue
            added.add(made.pk)
            _warned(request, number, made.findings)
    if added:
        words = ngettext("%(n)d file was added.", "%(n)d files were added.", len(added))
        messages.success(request, words % {"n": len(added)})
    elif not request.FILES:
        messages.error(request, now_("Choose a file first. Nothing was added."))


def _files(request: StaffRequest) -> Iterator[tuple[int, str, Any]]:
    for number in range(1, AT_ONCE + 1):
        file = request.FILES.get(f"{number}-file")
        if file is not None:
            yield number, request.POST.get(f"{number}-kind", ""), file


def _keyed(actor: Actor, number: int) -> Actor:
    """Return the actor with a key per file: the same form sent twice adds each file once."""
    return actor.with_key(f"{actor.request_key}.{number}" if actor.request_key else None)


def _warned(request: StaffRequest, number: int, findings: dict[str, Any]) -> None:
    if findings.get(EMPTY):
        words = {"n": number, "why": EMPTY_PAGES}
        messages.warning(request, now_("File %(n)d: %(why)s") % words)


def _refused(request: StaffRequest, number: int, refusal: DomainError) -> None:
    # The place in the form and not the name: names of files hold names of people.
    words = {"n": number, "why": refusal.user_message}
    messages.error(request, now_("File %(n)d was not added. %(why)s") % words)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def evidence_replace(request: StaffRequest, evidence_id: UUID) -> HttpResponse:
    """Add a better version of a file; the old one stays and says by what it was replaced."""
    row = evidence_for(evidence_id=evidence_id, actor=request.actor)
    form = ReplaceForm(request.POST, request.FILES)
    if not form.is_valid():
        return unclear(request, form, "web:evidence-look", evidence_id=evidence_id)
    file = form.cleaned_data["file"]

    def act() -> object:
        return replace_evidence(
            evidence_id=evidence_id,
            reason=form.cleaned_data["reason"],
            filename=file.name,
            content=file.read(LARGEST + 1),
            actor=request.actor,
            at=request.at,
        )

    def done(made: Any) -> str:
        if made.findings.get(EMPTY):
            return str(EMPTY_PAGES)
        return now_("The new version counts from now on. The old one stays on record.")

    return acted(request, act, to=ONE, done=done, claim_id=row.claim_id)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def assignments_set(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Keep how often the claim was assigned; the checklist asks for each paper."""
    form = AssignmentsForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, claim_id=claim_id)

    def act() -> object:
        return set_assignments(
            claim_id=claim_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    done = _("Kept. The checklist shows which papers it asks for.")
    return acted(request, act, to=ONE, done=done, claim_id=claim_id)

"""Papers for many claims at once: send, look, decide, and the report of what was left out."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import format_lazy
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from qinghe.claims.bundling.archive import MOST_FILES, MOST_PACKED
from qinghe.claims.media.kinds import MB
from qinghe.claims.queries import batch_for
from qinghe.claims.queries.bundles import ORDER, bundle_for, bundles, files_of, report
from qinghe.claims.services import Sent, accept_bundle, cancel_bundle, send_papers
from qinghe.claims.terms import BundleState, EvidenceKind, Verdict
from qinghe.parties.roles import Permission
from qinghe.web.creditor.evidence import ACCEPT
from qinghe.web.doors import StaffRequest, acted, formed, page, refusals_in
from qinghe.web.estimates import estimate

ONE: Final = "web:bundle"
SHOWN: Final = 100


class ManyFiles(forms.ClearableFileInput):
    """A field in which several files may be chosen."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files as a list."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Return every file that was chosen."""
        several = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(each, initial) for each in several or [None]]


class SendForm(forms.Form):
    """One ZIP or several files, and what those count as whose name does not tell."""

    papers = FilesField(
        label=_("One ZIP, or several files"),
        # One without content is named in the report and does not lose the others.
        allow_empty_file=True,
        help_text=format_lazy(
            _(
                "A ZIP of up to {files} files and {mb} MB, without a password; or up to 100 single "
                "files: PDF, pictures, XLSX, CSV, sound."
            ),
            files=f"{MOST_FILES:,}",
            mb=f"{MOST_PACKED // MB:,}",
        ),
        widget=ManyFiles(attrs={"accept": f".zip,{ACCEPT}"}),
    )
    otherwise = forms.ChoiceField(
        label=_("Files whose name tells no kind"),
        required=False,
        choices=[("", _("leave out and name them")), *EvidenceKind.choices],
    )


@page(Permission.MANAGE_CLAIMS, methods=("GET", "POST"))
def bundle_list(request: StaffRequest) -> HttpResponse:
    """Show what was sent, and take one ZIP or several files; nothing is added yet."""
    batch_id = _id(request.GET.get("batch", ""))
    batch = batch_for(batch_id=batch_id, actor=request.actor) if batch_id else None
    posted = request.method == "POST"
    form = SendForm(request.POST, request.FILES) if posted else SendForm()
    if posted and form.is_valid():
        with refusals_in(form):
            made = send_papers(
                creditor_id=request.membership.org_id,
                files=[Sent(each.name, each.file) for each in form.cleaned_data["papers"]],
                otherwise=form.cleaned_data["otherwise"],
                batch_id=batch_id,
                actor=request.actor,
                at=request.at,
            )
            return redirect(ONE, made.pk)
    rows = bundles(actor=request.actor, batch_id=batch_id)
    context = {"rows": rows, "batch": batch}
    return formed(request, "web/creditor/bundles.html", context, form)


@page(Permission.MANAGE_CLAIMS)
def bundle_page(request: StaffRequest, bundle_id: UUID) -> HttpResponse:
    """Show what would become of each file, or became of it, and why some are left out."""
    found = bundle_for(bundle_id=bundle_id, actor=request.actor)
    chosen = request.GET.get("show", "")
    shown = chosen if chosen in Verdict.values else next(iter(_there(found.counts)), "")
    context = {
        "bundle": found,
        "figures": found.figures,
        "progress": found.progress,
        "estimate": estimate(found.progress),
        "taking": found.state == BundleState.TAKING,
        "waiting": found.state == BundleState.CHECKED,
        "verdicts": [(each, found.counts[each]) for each in _there(found.counts)],
        "shown": shown,
        "files": files_of(found, verdict=shown, limit=SHOWN) if shown else [],
        "cut": found.counts.get(shown, 0) > SHOWN,
        "most": SHOWN,
    }
    return render(request, "web/creditor/bundle.html", context)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def bundle_take(request: StaffRequest, bundle_id: UUID) -> HttpResponse:
    """Add every file that fits a claim."""

    def act() -> object:
        return accept_bundle(bundle_id=bundle_id, actor=request.actor, at=request.at)

    done = _("The files are being added to their claims.")
    return acted(request, act, to=ONE, done=done, bundle_id=bundle_id)


@page(Permission.MANAGE_CLAIMS, methods=("POST",))
def bundle_cancel(request: StaffRequest, bundle_id: UUID) -> HttpResponse:
    """Leave the papers, or stop adding them; what was added stays."""
    cancelled = cancel_bundle(bundle_id=bundle_id, actor=request.actor, at=request.at)
    added = cancelled.counts.get(Verdict.ADDED, 0)
    words = now_("Stopped. At least %(n)d files were added before and stay.") if added else ""
    messages.success(request, words % {"n": added} if words else now_("Nothing was added."))
    return redirect(ONE, bundle_id)


@page(Permission.MANAGE_CLAIMS)
def bundle_report(request: StaffRequest, bundle_id: UUID) -> HttpResponse:
    """Download every file with its claim, its kind, or why it is not taken and what helps."""
    found = bundle_for(bundle_id=bundle_id, actor=request.actor)
    name = f"papers-{found.sha256[:8]}.csv"
    return HttpResponse(
        report(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _there(counts: dict[str, int]) -> list[Verdict]:
    """Return the verdicts that were given, those first that ask for somebody."""
    return [each for each in ORDER if counts.get(each)]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

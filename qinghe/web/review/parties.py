"""The identity desk: who applies, papers beside facts, doubts, and the decision with its reason."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.days import legal_day
from qinghe.parties.queries.looked import Looked, looked_at
from qinghe.parties.queries.onboarding import (
    Declared,
    application_mark,
    checks,
    declared,
    desk,
    one_application,
    parts,
)
from qinghe.parties.queries.standing import covers, ending, party_flags, proofs, standing_now
from qinghe.parties.roles import Permission
from qinghe.parties.services import (
    answer_check,
    approve_application,
    decide_party_flag,
    open_file,
    refuse_application,
    return_application,
    reveal,
)
from qinghe.parties.services.papers import media_type
from qinghe.parties.terms import ApplicationState, Purpose, ReviewReason
from qinghe.web.doors import StaffRequest, acted, page, seen_in, unclear

ONE: Final = "web:party-review"
# How far ahead the list of what ends looks.
SOON_DAYS: Final = 60


class ReasonForm(forms.Form):
    """Why an application goes back or is refused: the applicant reads both."""

    reason = forms.ChoiceField(
        label=_("Reason code"), choices=ReviewReason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What the applicant reads"),
        max_length=1000,
        required=False,
        widget=forms.Textarea,
        help_text=_("No names and no numbers: it stays with the application."),
    )


@page(Permission.VERIFY_PARTIES)
def party_desk(request: StaffRequest) -> HttpResponse:
    """Show the applications that wait, the soonest due first."""
    rows = [
        (row, (request.at - row.submitted_at).days if row.submitted_at else 0, _late(request, row))
        for row in desk(actor=request.actor)
    ]
    return render(request, "web/review/parties.html", {"rows": rows})


def _late(request: StaffRequest, row: Any) -> bool:
    return row.due_at is not None and row.due_at < request.at


@page(Permission.VERIFY_PARTIES)
def party_review(request: StaffRequest, application_id: UUID) -> HttpResponse:
    """Show one application: what was declared beside its papers, proofs, doubts, decision."""
    application, found = _found(request, application_id)
    looked = _looked(request, application, found)
    context = {
        "application": application,
        "mark": application_mark(application),
        "org": found.organisation,
        "found": found,
        "parts": parts(found),
        "looked": looked,
        "now_standing": standing_now(found.organisation, request.at),
        "checks": checks(org_id=found.organisation.pk),
        "flags": party_flags(org_id=found.organisation.pk),
        "proofs": proofs(org_id=found.organisation.pk),
        "covers": covers(org_id=found.organisation.pk),
        "second": application.state == ApplicationState.SECOND,
        "decidable": application.state in (ApplicationState.SUBMITTED, ApplicationState.SECOND),
        "reason_form": ReasonForm(),
    }
    return render(request, "web/review/party.html", context)


@page(Permission.VERIFY_PARTIES)
def party_facts(request: StaffRequest, application_id: UUID) -> HttpResponse:
    """Open names, numbers and the account while the application waits; on record."""
    application, found = _found(request, application_id)
    if application.state not in (ApplicationState.SUBMITTED, ApplicationState.SECOND):
        raise Http404
    rows: list[tuple[object, str]] = []
    for each in found.people:
        rows.append((each.get_acts_as_display(), _opened(request, each.name_id)))
        rows.append((_("Identity number"), _opened(request, each.number_id)))
        if each.line_id:
            rows.append((_("Mobile number"), _opened(request, each.line_id)))
    if found.account:
        rows.append((_("Account holder"), _opened(request, found.account.holder_id)))
        rows.append((_("Account number"), _opened(request, found.account.number_id)))
    looked = _looked(request, application, found)
    context = {"application": application, "org": found.organisation, "rows": rows}
    return render(request, "web/review/party_facts.html", {**context, "looked": looked})


@page(Permission.VERIFY_PARTIES)
def party_file(request: StaffRequest, application_id: UUID, sha: str) -> HttpResponse:
    """Open one paper of an application; who looked is recorded."""
    application, found = _found(request, application_id)
    if sha not in {each.sha256 for each in _looked(request, application, found).papers}:
        raise Http404
    content = open_file(
        sha256=sha,
        purpose=Purpose.VERIFY_IDENTITY,
        actor=request.actor,
        at=request.at,
        application_id=application.pk,
    )
    return HttpResponse(
        content,
        content_type=media_type(content) or "application/octet-stream",
        headers={
            "Content-Disposition": f'inline; filename="paper-{sha[:8]}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'",
        },
    )


@page(Permission.VERIFY_PARTIES, methods=("POST",))
def party_decide(request: StaffRequest, application_id: UUID) -> HttpResponse:
    """Approve an application, return it with a reason, or refuse it."""
    asked: dict[str, Any] = {
        "application_id": application_id,
        "actor": request.actor,
        "at": request.at,
        "seen": seen_in(request),
    }
    here: dict[str, Any] = {"to": ONE, "application_id": application_id}
    if request.POST.get("decision") == "approve":
        done = _("Approved. An agency waits for a second reviewer; everybody else may begin.")
        return acted(request, lambda: approve_application(**asked), done=done, **here)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, application_id=application_id)
    refuses = request.POST.get("decision") == "refuse"
    act = refuse_application if refuses else return_application
    done = _("Refused.") if refuses else _("Returned: the applicant reads what is missing.")
    return acted(request, lambda: act(**asked, **form.cleaned_data), done=done, **here)


@page(Permission.VERIFY_PARTIES, methods=("POST",))
def party_flag(request: StaffRequest, application_id: UUID, flag_id: UUID) -> HttpResponse:
    """Clear a doubt about a party, or confirm it."""
    confirmed = request.POST.get("confirmed") == "1"

    def act() -> object:
        return decide_party_flag(
            flag_id=flag_id, confirmed=confirmed, actor=request.actor, at=request.at
        )

    return acted(request, act, to=ONE, done=_("Decided."), application_id=application_id)


@page(Permission.VERIFY_PARTIES, methods=("POST",))
def party_check(request: StaffRequest, application_id: UUID, check_id: UUID) -> HttpResponse:
    """Answer a question to a register by hand."""
    agrees = request.POST.get("agrees") == "1"
    reference = request.POST.get("reference", "").strip()[:60]

    def act() -> object:
        return answer_check(
            check_id=check_id,
            agrees=agrees,
            reference=reference,
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("Kept."), application_id=application_id)


@page(Permission.VERIFY_PARTIES, Permission.MANAGE_ACCOUNTS)
def party_ending(request: StaffRequest) -> HttpResponse:
    """List what ends within sixty days, or ended in the last thirty."""
    rows = ending(within_days=SOON_DAYS, actor=request.actor, at=request.at)
    return render(request, "web/review/ending.html", {"rows": rows, "days": SOON_DAYS})


def _found(request: StaffRequest, application_id: UUID) -> tuple[Any, Declared]:
    application = one_application(application_id=application_id, actor=request.actor)
    if application.organisation_id is None:
        raise Http404
    return application, declared(application.organisation_id)


def _looked(request: StaffRequest, application: Any, found: Declared) -> Looked:
    today = legal_day(request.at)
    return looked_at(found, application=application, actor=request.actor, today=today)


def _opened(request: StaffRequest, item_id: UUID) -> str:
    return reveal(
        item_id=item_id, purpose=Purpose.VERIFY_IDENTITY, actor=request.actor, at=request.at
    )

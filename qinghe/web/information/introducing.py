"""Introductions: agree, open the contact person, tell what came of it, complain; and the desks."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.market.queries.information import (
    complaints_of,
    complaints_waiting,
    one_introduction,
    own_introductions,
)
from qinghe.market.services.intro_complaints import (
    complain_of_introduction,
    decide_introduction_complaint,
)
from qinghe.market.services.introducing import (
    decline_introduction,
    open_other_side,
    report_introduction,
)
from qinghe.parties.roles import Permission
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.settlement.services import introduce, receive_fee
from qinghe.web.doors import StaffRequest, acted, page, unclear
from qinghe.web.information.forms import (
    ComplainForm,
    DecideForm,
    PaidForm,
    RefuseForm,
    SaysForm,
)

LIST, ONE = "web:introductions", "web:introduction"
DESK = "web:introduction-complaints"


@page(Permission.DECLARE_PARTY, Permission.MANAGE_PAYMENTS)
def introduction_list(request: StaffRequest) -> HttpResponse:
    """Show the introductions of one's side; the operator sees all, with their fees."""
    rows = own_introductions(actor=request.actor)
    return render(request, "web/information/introductions.html", {"rows": rows, "form": PaidForm()})


@page(Permission.DECLARE_PARTY)
def introduction_page(request: StaffRequest, introduction_id: UUID) -> HttpResponse:
    """Show one introduction with what can be done now."""
    return _drawn(request, introduction_id)


@page(Permission.DECLARE_PARTY, methods=("POST",))
def introduction_contact(request: StaffRequest, introduction_id: UUID) -> HttpResponse:
    """Open the other side's contact person; the look is put on record."""
    contact = open_other_side(introduction_id=introduction_id, actor=request.actor, at=request.at)
    return _drawn(request, introduction_id, contact)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def introduction_agree(request: StaffRequest, introduction_id: UUID) -> HttpResponse:
    """Agree as the agency; the fee is booked."""

    def act() -> object:
        return introduce(introduction_id=introduction_id, actor=request.actor, at=request.at)

    done = _("Introduced. Open the contact person below.")
    return acted(request, act, to=ONE, done=done, introduction_id=introduction_id)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def introduction_decline(request: StaffRequest, introduction_id: UUID) -> HttpResponse:
    """Decline as the agency."""
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, introduction_id=introduction_id)

    def act() -> object:
        return decline_introduction(
            introduction_id=introduction_id,
            **form.cleaned_data,
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("Declined."), introduction_id=introduction_id)


@page(Permission.DECLARE_PARTY, methods=("POST",))
def introduction_report(request: StaffRequest, introduction_id: UUID) -> HttpResponse:
    """Tell what came of it."""
    form = SaysForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, introduction_id=introduction_id)

    def act() -> object:
        return report_introduction(
            introduction_id=introduction_id,
            **form.cleaned_data,
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=ONE, done=_("Noted."), introduction_id=introduction_id)


@page(Permission.DECLARE_PARTY, methods=("POST",))
def introduction_complain(request: StaffRequest, introduction_id: UUID) -> HttpResponse:
    """Complain of the other side."""
    form = ComplainForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, ONE, introduction_id=introduction_id)

    def act() -> object:
        return complain_of_introduction(
            introduction_id=introduction_id,
            **form.cleaned_data,
            actor=request.actor,
            at=request.at,
        )

    done = _("Sent. An officer looks at it.")
    return acted(request, act, to=ONE, done=done, introduction_id=introduction_id)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def introduction_paid(request: StaffRequest, introduction_id: UUID) -> HttpResponse:
    """Book the arrival of a fee."""
    form = PaidForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, LIST)

    def act() -> object:
        return receive_fee(
            introduction_id=introduction_id,
            **form.cleaned_data,
            actor=request.actor,
            at=request.at,
        )

    return acted(request, act, to=LIST, done=_("Booked."))


@page(Permission.DECIDE_COMPLAINTS, methods=("GET", "POST"))
def complaint_desk(request: StaffRequest) -> HttpResponse:
    """Show the complaints that wait; one's words open on demand, and the look is put on record."""
    rows = complaints_waiting(actor=request.actor)
    wanted = next((row for row in rows if str(row.pk) == request.POST.get("read")), None)
    words = ""
    if wanted is not None and wanted.words_id is not None:
        words = reveal(
            item_id=wanted.words_id, purpose=Purpose.COMPLAINT, actor=request.actor, at=request.at
        )
    context = {"rows": rows, "read": wanted, "words": words, "form": DecideForm()}
    return render(request, "web/information/complaints.html", context)


@page(Permission.DECIDE_COMPLAINTS, methods=("POST",))
def complaint_decide(request: StaffRequest, complaint_id: UUID) -> HttpResponse:
    """Decide a complaint."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        return unclear(request, form, DESK)

    def act() -> object:
        return decide_introduction_complaint(
            complaint_id=complaint_id, **form.cleaned_data, actor=request.actor, at=request.at
        )

    return acted(request, act, to=DESK, done=_("Decided. Both sides read the reason."))


def _drawn(
    request: StaffRequest, introduction_id: UUID, contact: tuple[str, ...] = ()
) -> HttpResponse:
    found = one_introduction(introduction_id=introduction_id, actor=request.actor)
    context = {
        "i": found,
        "agency": request.actor.org_id == found.collector_id,
        "contact": contact,
        "told": complaints_of(found.pk, request.actor),
        "no": RefuseForm(),
        "says": SaysForm(),
        "complain": ComplainForm(),
    }
    return render(request, "web/information/introduction.html", context)

"""A collector's certificate, and the exam that gives it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.parties.days import legal_day
from qinghe.parties.exam import bank, shown
from qinghe.parties.queries.standing import certificate_of, is_valid, sittings
from qinghe.parties.roles import Permission
from qinghe.parties.services import finish_sitting, start_sitting
from qinghe.parties.services.exams import sits_again_at
from qinghe.web.doors import StaffRequest, page

CERTIFICATE: Final = "web:certificate"


@page(Permission.CONTACT_DEBTORS)
def certificate(request: StaffRequest) -> HttpResponse:
    """Show the certificate, the sittings so far, and whether one may sit now."""
    user_id = _user(request)
    held = certificate_of(user_id=user_id, at=request.at)
    again = sits_again_at(user_id)
    context = {
        "certificate": held,
        "valid": is_valid(held, legal_day(request.at)),
        "sittings": sittings(user_id=user_id),
        "again_at": again if again and again > request.at else None,
        "bank": bank(),
    }
    return render(request, "web/joining/certificate.html", context)


@page(Permission.CONTACT_DEBTORS, methods=("POST",))
def exam_start(request: StaffRequest) -> HttpResponse:
    """Draw a paper; the time runs from now."""
    try:
        start_sitting(actor=request.actor, at=request.at)
    except DomainError as refusal:
        messages.error(request, refusal.user_message)
        return redirect(CERTIFICATE)
    return redirect("web:exam")


@page(Permission.CONTACT_DEBTORS, methods=("GET", "POST"))
def exam(request: StaffRequest) -> HttpResponse:
    """Show the open paper; hand it in."""
    rows = sittings(user_id=_user(request))
    sitting = next((each for each in rows if each.finished_at is None), None)
    if sitting is None:
        return redirect(CERTIFICATE)
    if request.method == "POST":
        answers = {
            drawing["key"]: int(told)
            for drawing in sitting.drawn
            if (told := request.POST.get(drawing["key"], "")).isdecimal()
        }
        done = finish_sitting(
            sitting_id=sitting.pk, answers=answers, actor=request.actor, at=request.at
        )
        told_right = {"right": done.right, "of": len(done.drawn)}
        if done.passed:
            words = _("Passed: {right} of {of} right. Your certificate was issued.")
            messages.success(request, words.format(**told_right))
        else:
            words = _("Not passed: {right} of {of} right. Read the rules and try again.")
            messages.error(request, words.format(**told_right))
        return redirect(CERTIFICATE)
    lang = "zh" if (get_language() or "").startswith("zh") else "en"
    context = {"sitting": sitting, "questions": shown(sitting.drawn, lang), "bank": bank()}
    return render(request, "web/joining/exam.html", context)


def _user(request: StaffRequest) -> UUID:
    if request.actor.user_id is None:
        raise Http404
    return request.actor.user_id

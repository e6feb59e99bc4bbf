"""How were you treated? One press, told to nobody by name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from qinghe.kernel import clock
from qinghe.portal.doors import DebtorRequest, page
from qinghe.quality.refusals import SignalGiven
from qinghe.quality.services import give_signal


@page("POST")
def felt(request: DebtorRequest, attempt_id: UUID) -> HttpResponse:
    """Keep how a person felt treated in one contact."""
    face = request.POST.get("face", "")
    try:
        give_signal(attempt_id=attempt_id, face=face, actor=request.actor, at=clock.now())
    except SignalGiven as refusal:
        messages.info(request, refusal.user_message)
    else:
        words = _("Thank you. It is counted without your name; the collector never sees it.")
        messages.success(request, words)
    return redirect("portal:contacts")

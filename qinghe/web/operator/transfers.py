"""The bank desk for small transfers: what a clerk sends by hand, and what came of it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.parties.queries.onboarding import transfers_to_send
from qinghe.parties.roles import Permission
from qinghe.parties.services import open_transfer, record_returned, record_sent
from qinghe.web.doors import StaffRequest, acted, page

LIST: Final = "web:party-transfers"


@page(Permission.MANAGE_PAYMENTS, methods=("GET", "POST"))
def transfer_list(request: StaffRequest) -> HttpResponse:
    """Show the transfers that wait; open one with its account and amount, on record."""
    opened = None
    asked = request.POST.get("transfer", "")
    rows = transfers_to_send(actor=request.actor)
    chosen = next((each for each in rows if str(each.pk) == asked), None)
    if chosen is not None:
        try:
            opened = open_transfer(transfer_id=chosen.pk, actor=request.actor, at=request.at)
        except DomainError as refusal:
            messages.error(request, refusal.user_message)
    context = {"rows": rows, "opened": opened, "chosen": chosen}
    return render(request, "web/operator/transfers.html", context)


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def transfer_done(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """Record that the bank sent an amount, or did not deliver it."""
    words = request.POST.get("reference", "").strip()[:60]
    asked: dict[str, Any] = {"transfer_id": transfer_id, "actor": request.actor, "at": request.at}
    if request.POST.get("outcome") == "returned":

        def back() -> object:
            return record_returned(reason=words, **asked)

        return acted(request, back, to=LIST, done=_("Kept."))

    def sent() -> object:
        return record_sent(reference=words, **asked)

    return acted(request, sent, to=LIST, done=_("Kept. The party states the amount now."))

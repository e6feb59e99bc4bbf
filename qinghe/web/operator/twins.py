"""Money that may be told twice: one person says whether it is, another agrees."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.services import agree_twin, tell_twin, withdraw_twin
from qinghe.web.doors import StaffRequest, acted, page

HERE = "web:suspense"


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def twin_told(request: StaffRequest, twin_id: UUID) -> HttpResponse:
    """Say whether money that may be told twice is the same."""
    same = request.POST.get("same") == "yes"

    def act() -> object:
        return tell_twin(twin_id=twin_id, same=same, actor=request.actor, at=request.at)

    return acted(request, act, to=HERE, done=_("Noted. It counts when a second person has agreed."))


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def twin_agreed(request: StaffRequest, twin_id: UUID) -> HttpResponse:
    """Agree to what a colleague said of it, or take that word back."""
    told: dict[str, Any] = {"twin_id": twin_id, "actor": request.actor, "at": request.at}
    if request.POST.get("withdraw"):

        def withdraw() -> object:
            return withdraw_twin(**told)

        return acted(request, withdraw, to=HERE, done=_("Taken back. It waits to be told apart."))

    def agree() -> object:
        return agree_twin(**told)

    done = _("Agreed. The same money stays booked once; another payment waits in suspense.")
    return acted(request, agree, to=HERE, done=done)

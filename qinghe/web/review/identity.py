"""Who a claim is against, opened for the reviewer who compares it with the papers; on record."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.claims.contract_terms import DuplicateState
from qinghe.claims.queries import claim_for
from qinghe.claims.queries.titles import duplicates_of
from qinghe.claims.services import open_identity
from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor
from qinghe.parties.queries import vault_items
from qinghe.parties.roles import Permission
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose, Secret
from qinghe.web.doors import StaffRequest, page

# What papers are compared by; how somebody can be reached is nobody's business here.
OPENED: Final = (Secret.NAME, Secret.ID_NUMBER)


@page(Permission.VERIFY_CLAIMS)
def identity(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Show name and number of a debtor while something is to be checked, and not afterwards."""
    view = claim_for(claim_id=claim_id, actor=request.actor)
    if view.state != ClaimState.SUBMITTED and not _doubled(claim_id, request.actor):
        messages.warning(request, _("This claim was decided. Identities are not opened any more."))
        return redirect("web:verify-claim", claim_id)
    open_identity(claim_id=claim_id, actor=request.actor, at=request.at)
    rows = [
        (kind.label, _opened(request, item.pk))
        for kind in OPENED
        for item in vault_items(person_id=view.debtor_id, kind=kind)[:1]
    ]
    return render(request, "web/review/identity.html", {"claim": view, "rows": rows})


def _doubled(claim_id: UUID, actor: Actor) -> bool:
    pairs = duplicates_of(claim_id=claim_id, actor=actor)
    return any(each.state == DuplicateState.OPEN for each in pairs)


def _opened(request: StaffRequest, item_id: UUID) -> str:
    return reveal(
        item_id=item_id, purpose=Purpose.VERIFY_IDENTITY, actor=request.actor, at=request.at
    )

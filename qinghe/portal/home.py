"""What is claimed, one claim at a time, and what the person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from qinghe.claims.media.kinds import MEDIA
from qinghe.claims.queries import ClaimRow, claims_table
from qinghe.claims.queries.amounts import verification_for
from qinghe.claims.queries.titles import chain_for
from qinghe.claims.services import open_evidence
from qinghe.claims.terms import OPEN_STATES, ClaimState
from qinghe.contact.queries import budget, wishes
from qinghe.contact.terms import WishKind
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.market.queries import live_mandate_of
from qinghe.market.queries.extensions import extensions
from qinghe.parties.queries import org_name
from qinghe.parties.terms import Purpose
from qinghe.portal.claims import MyClaim, claim_of
from qinghe.portal.contacts import contacts_of
from qinghe.portal.doors import DebtorRequest, page
from qinghe.portal.forms import ContestForm
from qinghe.portal.plans import my_plan
from qinghe.portal.today import Today, today_of
from qinghe.settlement.queries import payments

RECENT = 3


def my_claims(actor: Actor) -> list[ClaimRow]:
    """Return all claims against a person, the newest first."""
    first = claims_table(actor=actor)
    rest = [claims_table(actor=actor, page=n).rows for n in range(2, first.pages + 1)]
    return [row for rows in (first.rows, *rest) for row in rows]


@dataclass(frozen=True)
class Period:
    """Until when a collector may work on a claim, and the debtor's last act that moved the end."""

    ends_at: datetime
    moved_by: str


@page()
def home(request: DebtorRequest) -> HttpResponse:
    """List the claims; a single one is shown at once."""
    rows = my_claims(request.actor)
    if len(rows) == 1:
        return redirect("portal:claim", claim_id=rows[0].id)
    context = {
        "open": [claim_of(row.id, request.actor) for row in rows if row.state in OPEN_STATES],
        "done": [
            {"id": row.id, "number": row.number, "creditor_name": row.creditor_name,
             "state_label": ClaimState(row.state).label}
            for row in rows if row.state not in OPEN_STATES
        ],
    }  # fmt: skip
    return render(request, "portal/home.html", context)


@page()
def claim(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show one claim line by line, five equal ways on, and how often anybody may call today."""
    mine = claim_of(claim_id, request.actor)
    contacts = contacts_of(request)
    context = {
        "claim": mine,
        "several": len(my_claims(request.actor)) > 1,
        "plan": my_plan(claim_id, request.actor),
        "today": _today(mine, request.actor),
        "contacts": [each for each in contacts if each.claim_id == claim_id][:RECENT],
        "zone": request.zone,
        "ceased": _ceased(request.person_id),
        "collector": _collector(claim_id),
        "period": _period(claim_id),
        "quick": ContestForm(),
    }
    return render(request, "portal/claim.html", context)


@page()
def lines(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show every booking behind the amount."""
    context = {
        "claim": claim_of(claim_id, request.actor),
        "check": verification_for(claim_id=claim_id, actor=request.actor),
        "chain": chain_for(claim_id=claim_id, actor=request.actor),
        "payments": payments(actor=request.actor, claim_id=claim_id),
        "zone": request.zone,
    }
    return render(request, "portal/lines.html", context)


@page()
def evidence(request: DebtorRequest, claim_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Open one file that the creditor sent as proof. Opening it is written into the records."""
    row, content = open_evidence(
        evidence_id=evidence_id,
        purpose=Purpose.DATA_COPY,
        actor=request.actor,
        at=clock.now(),
    )
    response = HttpResponse(content, content_type=row.media_type)
    # A name of our own: the creditor's file name may hold anything.
    name = f"{row.kind}-{row.id.hex[-8:]}{MEDIA[row.media_type].endings[0]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _ceased(person_id: UUID) -> bool:
    return any(wish.kind == WishKind.CEASE_ALL for wish in wishes(person_id=person_id))


def _collector(claim_id: UUID) -> str:
    """Return the name of whoever may work on a claim now: others who ask are strangers."""
    mandate = live_mandate_of(claim_id=claim_id)
    return org_name(mandate.collector_id) if mandate else ""


def _period(claim_id: UUID) -> Period | None:
    """Return until when the collector may work on a claim, and what moved that day."""
    mandate = live_mandate_of(claim_id=claim_id)
    if mandate is None:
        return None
    moved = extensions([mandate.pk]).get(mandate.pk, [])
    kinds = [row.kind for row in moved]
    return Period(mandate.ends_at, kinds[-1] if kinds else "")


def _today(mine: MyClaim, actor: Actor) -> Today | None:
    if not mine.open:
        return None
    return today_of(budget(claim_id=mine.id, actor=actor, at=clock.now()))

"""What is claimed, one claim at a time, and what the person can do about it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from qinghe.casework.queries.early import early_offer_to
from qinghe.claims.challenge import challenge_days
from qinghe.claims.queries import ClaimRow, claims_table
from qinghe.claims.queries.objections import may_be_reopened
from qinghe.claims.queries.payable import payable_for
from qinghe.claims.queries.titles import chain_for, chain_of
from qinghe.claims.services import open_evidence
from qinghe.claims.terms import OPEN_STATES
from qinghe.contact.queries import budget, wishes
from qinghe.contact.terms import WishKind
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.parties.terms import Purpose
from qinghe.portal.agreed import agreed_of
from qinghe.portal.claims import ENDED, MyClaim, claim_of
from qinghe.portal.contacts import contacts_of
from qinghe.portal.doors import DebtorRequest, kept, page
from qinghe.portal.fields import OnceForm
from qinghe.portal.idle import next_due, promised
from qinghe.portal.plans import my_plan, set_aside
from qinghe.portal.rest import rest_of
from qinghe.portal.today import Today, today_of
from qinghe.portal.workers import worker_of
from qinghe.quality.queries import complaints
from qinghe.settlement.queries import payments
from qinghe.settlement.queries.arrived import arrived
from qinghe.settlement.queries.back import money_back

RECENT = 3


def my_claims(actor: Actor) -> list[ClaimRow]:
    """Return all claims against a person, the newest first."""
    first = claims_table(actor=actor)
    rest = [claims_table(actor=actor, page=n).rows for n in range(2, first.pages + 1)]
    return [row for rows in (first.rows, *rest) for row in rows]


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
             "state_label": ENDED[row.state]}
            for row in rows if row.state not in OPEN_STATES
        ],
        "complaints": complaints(actor=request.actor),
        "zone": request.zone,
    }  # fmt: skip
    return render(request, "portal/home.html", context)


@page()
def claim(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show one claim line by line, equal ways on, and how often anybody may call, if at all."""
    mine = claim_of(claim_id, request.actor)
    contacts = contacts_of(request)
    backs = money_back(claim_id=claim_id, actor=request.actor).values()
    early = early_offer_to(claim_id=claim_id, actor=request.actor, day=mine.today)
    plan = my_plan(claim_id, request.actor)
    limit = payable_for(claim_id=claim_id, actor=request.actor, at=clock.now())
    context = {
        "claim": mine,
        "reopens": not mine.open and may_be_reopened(claim_id, clock.now()),
        "agreed": agreed_of(claim_id, request.actor),
        "limit": limit,
        "several": len(my_claims(request.actor)) > 1,
        "plan": plan,
        "set_aside": set_aside(plan, mine),
        "due": next_due(plan, mine),
        "promised": promised(mine, request.actor),
        "rest": rest_of(plan, mine, limit, offer=early is not None),
        "arrived": [each for each in arrived(claim_id=claim_id, actor=request.actor) if each.open],
        "backs": [each for each in backs if each.due],
        "early": early,
        "early_day": early and early.pay_by(mine.today),
        "today": _today(mine, request.actor),
        "contacts": [each for each in contacts if each.claim_id == claim_id][:RECENT],
        "zone": request.zone,
        "ceased": _ceased(request.person_id),
        "worker": worker_of(claim_id),
        "chain": chain_of(claim_id, mine.creditor_name, mine.view.lender_kind),
        "days": challenge_days([request.zone]),
        "quick": OnceForm(),
        "complaints": complaints(actor=request.actor),
    }
    return render(request, "portal/claim.html", context)


@page()
def lines(request: DebtorRequest, claim_id: UUID) -> HttpResponse:
    """Show every booking behind the amount."""
    agreed = agreed_of(claim_id, request.actor)
    backs = money_back(claim_id=claim_id, actor=request.actor)
    context = {
        "claim": claim_of(claim_id, request.actor),
        "agreed": agreed,
        "check": agreed.check,
        "chain": chain_for(claim_id=claim_id, actor=request.actor),
        "payments": [
            (paid, backs.get(paid.id)) for paid in payments(actor=request.actor, claim_id=claim_id)
        ],
        "arrived": arrived(claim_id=claim_id, actor=request.actor),
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
    # A name of our own: the creditor's file name may hold anything.
    return kept(row.media_type, content, f"{row.kind}-{row.id.hex[-8:]}")


def _ceased(person_id: UUID) -> bool:
    return any(wish.kind == WishKind.CEASE_ALL for wish in wishes(person_id=person_id))


def _today(mine: MyClaim, actor: Actor) -> Today | None:
    """Return how often a person may be contacted today; none where nobody may collect at all."""
    if not mine.open or mine.quiet:
        return None
    return today_of(budget(claim_id=mine.id, actor=actor, at=clock.now()))

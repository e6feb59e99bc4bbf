"""Claims: post one, list them by filters, read one line by line; the debtor by a masked name."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.paging import Piece, pack, page_of
from qinghe.claims.days import day_of
from qinghe.claims.queries import ClaimFilters, ClaimView, claim_for, claim_view, claims_table
from qinghe.claims.services import Outlook, outlook_of, post_claim
from qinghe.claims.terms import ClaimState, Product, Stage
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role
from qinghe.market.queries import mandate_for
from qinghe.parties.roles import NotPermitted

router = Router(tags=["claims"])


class Filters(Schema):
    """Which claims to list."""

    state: ClaimState | None = None
    stage: Stage | None = None
    product: Product | None = None
    batch_id: UUID | None = None
    contract_number: str = ""
    cursor: str = ""


class ClaimOut(Schema):
    """One claim in a list. Amounts are minor units."""

    id: UUID
    number: str
    contract_number: str
    creditor_id: UUID
    creditor_name: str
    debtor_label: str
    product: str
    stage: str
    state: str
    region: str
    currency: str
    owed: int
    claimed: int
    paid: int
    due_on: date
    held: bool
    reachable: bool


class LineOut(Schema):
    """One change of an amount; negative when less is owed since."""

    component: str
    kind: str
    amount: int
    facts: dict[str, Any]
    booked_at: datetime


class EvidenceOut(Schema):
    """One file that proves something; its content is not given out here."""

    id: UUID
    kind: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime


class HoldOut(Schema):
    """One hold that stops outreach."""

    kind: str
    placed_at: datetime
    ends_at: datetime | None


class ClaimDetail(Schema):
    """One claim line by line."""

    id: UUID
    number: str
    contract_number: str
    creditor_id: UUID
    creditor_name: str
    debtor_label: str
    product: str
    stage: str
    state: str
    region: str
    currency: str
    contract_on: date | None
    due_on: date
    overdue_rate_pct: Decimal | None
    interest_to: date
    principal: int
    interest: int
    costs: int
    owed: int
    claimed: int
    paid: int
    challenge_ends_at: datetime | None
    lines: list[LineOut]
    evidence: list[EvidenceOut]
    holds: list[HoldOut]


class ClaimIn(Schema):
    """
    One claim by hand. `claim` has the fields of a file of claims, each with its text.

    Needed are `principal`, `due_date`, `debtor_name`, and `id_number` or `phone`. Terms may come
    along: `agreed_rate`, `loan_principal`, `handed_over`, `paid_out_on`, `repayment_form`,
    `instalments`, `repayments` ("2025-03-01 500.00; 2025-04-01 500.00") and so on. Other people's
    data, such as an emergency contact, is refused as a class.
    """

    claim: dict[str, str]
    as_of: date | None = Field(None, description="Day on which the amounts are right; else today.")
    accept: bool = Field(
        True, description="False: only check it and lay it ready; accept the batch to post it."
    )


class WeighedOut(Schema):
    """What contract and law give; minor units. Null when it cannot be calculated."""

    outcome: str
    claimed: int
    contract: int | None
    lawful: int | None
    missing: list[str]


class PostedOut(Schema):
    """The claim, posted or laid ready (`claim_id` is null). Amounts are minor units."""

    batch_id: UUID
    claim_id: UUID | None
    number: str | None
    contract_number: str
    state: str
    amount: int
    currency: str
    time_barred: bool
    papers: list[str]
    calculated: WeighedOut | None


@router.get("/claims", response=Piece[ClaimOut], url_name="claims")
def list_claims(request: HttpRequest, filters: Annotated[Filters, Query()]) -> Piece[ClaimOut]:
    """Return the claims your organisation may see, the newest first, fifty at a time."""
    found = claims_table(
        actor=actor_of(request),
        filters=ClaimFilters(
            state=filters.state or "",
            stage=filters.stage or "",
            product=filters.product or "",
            batch_id=filters.batch_id,
            text=filters.contract_number,
        ),
        page=page_of(filters.cursor),
    )
    rows = [ClaimOut.model_validate(row, from_attributes=True) for row in found.rows]
    more = pack(found.page + 1) if found.more else None
    return Piece[ClaimOut](items=rows, next_cursor=more)


@router.post("/claims", response={201: PostedOut}, url_name="claims")
def create_claim(request: HttpRequest, body: ClaimIn) -> Status[PostedOut]:
    """
    Post one claim. What is missing or wrong answers 422 with `facts.faults`, field by field.

    Sent again with the same key, or with the same facts, nothing is made twice.
    """
    actor, at = writer_of(request), clock.now()
    if actor.org_id is None:
        raise NotPermitted
    batch = post_claim(
        creditor_id=actor.org_id,
        told=body.claim,
        as_of=body.as_of or day_of(at),
        accept=body.accept,
        actor=actor,
        at=at,
    )
    return Status(201, _out(outlook_of(batch_id=batch.pk, actor=actor, at=at)))


@router.get("/claims/{uuid:claim_id}", response=ClaimDetail, url_name="claim")
def get_claim(request: HttpRequest, claim_id: UUID) -> ClaimView:
    """Return one claim: your own, or one you hold a live mandate for."""
    return claim_seen_by(claim_id, actor_of(request))


def claim_seen_by(claim_id: UUID, actor: Actor) -> ClaimView:
    """
    Return one claim to whoever may see it; a collector by its live mandate.

    :raises NoSuchClaim: unknown, or a stranger's
    :raises NoMandate: a collector without a live mandate
    """
    if actor.role is Role.COLLECTOR:
        mandate_for(claim_id=claim_id, actor=actor, at=clock.now())
        return claim_view(claim_id)
    return claim_for(claim_id=claim_id, actor=actor)


def _out(found: Outlook) -> PostedOut:
    check = found.check
    return PostedOut(
        **{name: getattr(found, name) for name in PostedOut.model_fields if name != "calculated"},
        calculated=None
        if check is None
        else WeighedOut.model_validate(check, from_attributes=True),
    )

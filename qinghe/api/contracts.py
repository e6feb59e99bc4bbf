"""The contract behind a claim: deliver its terms and earlier payments, read the check of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.claims import claim_seen_by
from qinghe.claims.contract_terms import BookedTo, DayCount, FeeKind, Schedule
from qinghe.claims.queries.amounts import VerificationView, last_check, recomputed
from qinghe.claims.services import (
    FeeGiven,
    PaymentGiven,
    TermsGiven,
    deliver_terms,
    stop_interest,
)
from qinghe.claims.terms import PayOrder, Security, StopGround
from qinghe.kernel import clock
from qinghe.kernel.actor import system

router = Router(tags=["claims"])
READER = system("api.verification")


class FeeIn(Schema):
    """One charge, in minor units, and the day it fell due."""

    kind: FeeKind
    amount: int = Field(gt=0)
    on: date


class PaymentTold(Schema):
    """One payment before the claim came here, in minor units."""

    on: date
    amount: int = Field(gt=0)
    reference: str = Field(min_length=1, max_length=100, description="Yours; kept once.")
    booked_to: BookedTo = BookedTo.UNKNOWN


class ContractIn(Schema):
    """What was agreed. Amounts in minor units, rates percent a year, the penalty percent a day."""

    principal: int = Field(gt=0)
    disbursed_on: date
    matures_on: date
    handed_over: int | None = Field(None, gt=0)
    schedule: Schedule = Schedule.BULLET
    periods: int = Field(1, ge=1, le=600)
    period_months: int = Field(1, ge=1, le=120)
    rate_pct: Decimal | None = Field(None, ge=0, lt=1000, max_digits=7, decimal_places=4)
    day_count: DayCount = DayCount.ACTUAL_365
    overdue_rate_pct: Decimal | None = Field(None, ge=0, lt=1000, max_digits=7, decimal_places=4)
    penalty_daily_pct: Decimal | None = Field(None, ge=0, lt=100, max_digits=7, decimal_places=5)
    grace_days: int = Field(0, ge=0, le=365)
    accelerated_on: date | None = None
    sued_on: date | None = None
    pays_first: PayOrder | None = Field(
        None, description="What a payment pays first, if agreed otherwise than the law has it."
    )
    security: Security | None = Field(None, description="Absent: as it was.")
    fees: list[FeeIn] = Field(default=[], max_length=100)
    payments: list[PaymentTold] = Field(default=[], max_length=2_000)


class WhyOut(Schema):
    """One reason: the rule, where it stands, and a sentence."""

    rule: str
    source: str
    text: str


class PartOut(Schema):
    """One part of a line; charged less paid is lawful."""

    name: str
    contract: int
    lawful: int
    charged: int
    paid: int


class CheckedLineOut(Schema):
    """One line; `difference` is what is claimed above the lawful amount."""

    component: str
    claimed: int
    contract: int
    lawful: int
    difference: int
    parts: list[PartOut]
    why: list[WhyOut]


class VerificationOut(Schema):
    """The last check of a claim's amount. Amounts in minor units."""

    claim_id: UUID
    computed_at: datetime
    as_of: date
    law: str
    outcome: str
    claimed: int
    contract: int | None
    lawful: int | None
    late_rate_pct: Decimal | None
    not_due: int
    credit: int
    completeness: int
    lines: list[CheckedLineOut]
    cautions: list[WhyOut]
    missing: list[str]


@router.get(
    "/claims/{uuid:claim_id}/verification", response=VerificationOut, url_name="verification"
)
def get_verification(request: HttpRequest, claim_id: UUID) -> VerificationView:
    """Return what is claimed, agreed and lawful, line by line, with the rules behind it."""
    claim_seen_by(claim_id, actor_of(request))
    kept = last_check(claim_id)
    return kept or recomputed(claim_id=claim_id, actor=READER, at=clock.now())


@router.post("/claims/{uuid:claim_id}/contract", response=VerificationOut, url_name="contract")
def deliver_contract(request: HttpRequest, claim_id: UUID, body: ContractIn) -> VerificationView:
    """Deliver the terms of a contract and its earlier payments; the amount is checked at once."""
    given = body.model_dump(exclude={"fees", "payments"})
    fees = tuple(FeeGiven(fee.kind, fee.amount, fee.on) for fee in body.fees)
    deliver_terms(
        claim_id=claim_id,
        terms=TermsGiven(**given, fees=fees),
        payments=[PaymentGiven(p.on, p.amount, p.reference, p.booked_to) for p in body.payments],
        actor=writer_of(request),
        at=clock.now(),
    )
    kept = last_check(claim_id)
    assert kept is not None
    return kept


class StopIn(Schema):
    """A time in which a claim bears no interest."""

    until: date = Field(description="The first day that bears interest again.")
    since: date | None = Field(None, description="Else today; not before what is booked.")
    ground: StopGround
    source: str = Field(min_length=1, max_length=500, description="Law, ruling or agreement.")


class StopOut(StopIn):
    """The stop as it is kept."""

    id: UUID


@router.post(
    "/claims/{uuid:claim_id}/interest-stops", response={201: StopOut}, url_name="interest-stops"
)
def create_stop(request: HttpRequest, claim_id: UUID, body: StopIn) -> Status[object]:
    """Let your claim bear no interest for a time; a line of the claim tells it and why."""
    made = stop_interest(
        claim_id=claim_id, **body.model_dump(), actor=writer_of(request), at=clock.now()
    )
    return Status(201, made)

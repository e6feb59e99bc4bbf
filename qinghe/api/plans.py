"""Commission plans: written, read, tried out, offered no more."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.claims.days import day_of
from qinghe.kernel import clock
from qinghe.market.bands import band_of
from qinghe.market.commission.plan import STAGES
from qinghe.market.commission.simulation import Case, simulate
from qinghe.market.queries.signed import PlanRow, commission_plan, commission_plans
from qinghe.market.services import retire_plan, write_plan
from qinghe.settlement.terms import fee_on

router = Router(tags=["commission"])


class PlanIn(Schema):
    """A plan as data; rates are texts of decimals, shares of one. Each name has versions."""

    name: str
    content: dict[str, Any] = Field(
        description="`rows` (rate, stages, bands, hands; the first that fits counts, the last fits "
        "all), `ladder` (by, steps of from and add), `quality` (share, review_days, weights)."
    )


class PlanOut(Schema):
    """One version of a commission plan."""

    id: UUID
    name: str
    version: int
    of_platform: bool
    made_at: datetime
    retired_at: datetime | None
    content: dict[str, Any]


class CaseIn(Schema):
    """A case to try a plan on; the amount in minor units."""

    owed_minor: int = Field(1_000_000, gt=0, le=10**15)
    stage: str = Field("M1", pattern=f"^({'|'.join(STAGES)})$")
    hand: int = Field(1, ge=1, le=99)
    currency: str = "CNY"
    share: Decimal = Field(Decimal(1), ge=0, le=1, description="Of what is owed, that comes in.")
    month: int = Field(1, ge=1, le=120)
    quality: Decimal = Field(Decimal(1), ge=0, le=1)


class SimulationOut(Schema):
    """What would be paid, in minor units."""

    stage: str
    recovered_minor: int
    commission_minor: int
    fee_minor: int
    at_once_minor: int
    quality_minor: int
    back_minor: int
    creditor_pays_minor: int
    collector_gets_minor: int


@router.get("/commission-plans", response=list[PlanOut], url_name="commission-plans")
def list_plans(request: HttpRequest) -> list[PlanOut]:
    """Return the plans your organisation may offer orders on."""
    return [_out(row) for row in commission_plans(actor=actor_of(request))]


@router.post("/commission-plans", response={201: PlanOut}, url_name="commission-plans")
def create_plan(request: HttpRequest, body: PlanIn) -> Status[PlanOut]:
    """Write a plan; what was signed under older versions stays."""
    actor = writer_of(request)
    made = write_plan(name=body.name, content=body.content, actor=actor, at=clock.now())
    return Status(201, _out(commission_plan(plan_id=made.pk, actor=actor)))


@router.get(
    "/commission-plans/{uuid:plan_id}/simulation",
    response=SimulationOut,
    url_name="plan-simulation",
)
def get_simulation(
    request: HttpRequest, plan_id: UUID, case: Annotated[CaseIn, Query()]
) -> SimulationOut:
    """Return what a plan would pay in one course of things."""
    plan = commission_plan(plan_id=plan_id, actor=actor_of(request)).plan
    band = max(band_of(case.owed_minor, case.currency), 0)
    facts = Case(case.owed_minor, case.stage, band, case.hand, case.currency)
    fee, score = fee_on(day_of(clock.now())), Fraction(case.quality)
    cell = simulate(plan, facts, Fraction(case.share), case.month, fee, score)
    return SimulationOut(
        stage=cell.stage,
        recovered_minor=cell.recovered,
        commission_minor=cell.gross,
        fee_minor=cell.fee,
        at_once_minor=cell.at_once,
        quality_minor=cell.quality,
        back_minor=cell.back,
        creditor_pays_minor=cell.cost,
        collector_gets_minor=cell.pay,
    )


@router.post(
    "/commission-plans/{uuid:plan_id}/retirement", response=PlanOut, url_name="plan-retirement"
)
def create_retirement(request: HttpRequest, plan_id: UUID) -> PlanOut:
    """Offer a plan no more; orders and mandates under it go on as they were signed."""
    actor = writer_of(request)
    retire_plan(plan_id=plan_id, actor=actor, at=clock.now())
    return _out(commission_plan(plan_id=plan_id, actor=actor))


def _out(row: PlanRow) -> PlanOut:
    return PlanOut(**vars(row))

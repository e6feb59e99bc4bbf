"""Look before publishing: what offering some claims would bring."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from qinghe.api.auth import actor_of
from qinghe.kernel import clock
from qinghe.market.commission import one_row
from qinghe.market.placing import Wish
from qinghe.market.queries.history import Days
from qinghe.market.queries.prospect import Like, Prospect, prospect
from qinghe.market.queries.signed import commission_plan
from qinghe.market.terms import LARGEST_PACKAGE, SMALLEST_PACKAGE, Mode
from qinghe.parties.roles import Permission, require

router = Router(tags=["listings"])
AT_ONCE = 5_000


class ProspectIn(Schema):
    """Claims, and the way and the rates they would be offered at; shares of one."""

    claim_ids: list[UUID] | None = Field(
        None, max_length=AT_ONCE, description="Nothing: all of yours that are ready."
    )
    mode: Mode = Mode.GRAB
    collector_id: UUID | None = Field(None, description="Mode own_team: which team.")
    minimum: int = Field(10, ge=SMALLEST_PACKAGE, description="Mode package: orders, at least.")
    maximum: int = Field(100, le=LARGEST_PACKAGE, description="Mode package: orders, at most.")
    commission_rate: Decimal = Field(
        Decimal("0.12"), ge=0, lt=1, description="Mode bid: the highest that is accepted."
    )
    quality_share: Decimal = Field(Decimal("0.25"), gt=0, le=1)
    plan_id: UUID | None = Field(None, description="A commission plan gives the rates instead.")

    def wish(self) -> Wish:
        """Return the way of placing that is thought of."""
        team = self.collector_id if self.mode == Mode.OWN_TEAM else None
        return Wish(self.mode, self.commission_rate, team, self.minimum, self.maximum)


class SpanOut(Schema):
    """So many or more; `high` is missing in the last span. 0 to 4 are never told apart."""

    low: int
    high: int | None


class DaysOut(Schema):
    """Whole days: a quarter of the cases took no longer than `low`, half `middle`."""

    low: int
    middle: int
    high: int
    cases: int


class LikeOut(Schema):
    """The latest orders of one product and stage; no days from too few cases."""

    product: str
    stage: str
    claims: int
    ended: int
    taken: int
    paid: int
    until_taken: DaysOut | None
    until_paid: DaysOut | None


class MoneyOut(Schema):
    """Minor units. Expectations over many: a single claim mostly pays or does not."""

    currency: str
    claims: int
    owed: int
    recovered: int = Field(description="Expected to come in.")
    fee: int = Field(description="Commission expected on that.")


class ShapeOut(Schema):
    """How the hall would show so many of the orders."""

    product: str
    stage: str
    currency: str
    region: str = Field(description="No finer than five open orders are alike; empty: not shown.")
    band: int
    band_to: int
    orders: int


class AdviceOut(Schema):
    """One way of placing: good, possible or poor, and why."""

    mode: str
    fit: str
    why: str


class PassedOut(Schema):
    """Claims that cannot be placed for one reason, and the numbers of the first of them."""

    code: str
    facts: dict[str, str]
    claims: int
    numbers: list[str]


class ProspectOut(Schema):
    """What offering the claims would bring. Nothing is published or kept."""

    asked: int
    placeable: int
    skipped: dict[str, int] = Field(description="How many cannot be placed, by refusal code.")
    passed: list[PassedOut] = Field(description="The same with facts and numbers.")
    least: SpanOut = Field(description="Collectors for the order that fewest could take today.")
    most: SpanOut
    nobody: int = Field(description="Orders where no collector is registered at all.")
    few: int = Field(description="Orders that fewer than five could take today.")
    money: list[MoneyOut]
    like: list[LikeOut]
    shapes: list[ShapeOut]
    advice: list[AdviceOut]


@router.post("/listings/preview", response=ProspectOut, url_name="listing-preview")
def create_prospect(request: HttpRequest, body: ProspectIn) -> dict[str, Any]:
    """Tell what offering some of your claims would bring; nothing is written."""
    actor = actor_of(request)
    require(actor, Permission.PLACE_CLAIMS)
    plan = one_row(body.commission_rate, body.quality_share)
    if body.plan_id is not None:
        plan = commission_plan(plan_id=body.plan_id, actor=actor).plan
    at, wish = clock.now(), body.wish()
    return told(prospect(claim_ids=body.claim_ids, actor=actor, at=at, plan=plan, wish=wish))


def told(found: Prospect) -> dict[str, Any]:
    """Return a prospect as plain data."""
    return {
        "asked": found.preview.asked,
        "placeable": len(found.preview.placeable),
        "skipped": found.preview.skipped,
        "passed": [vars(each) for each in found.preview.passed],
        "least": vars(found.least),
        "most": vars(found.most),
        "nobody": found.nobody,
        "few": found.few,
        "money": [vars(row) for row in found.money],
        "like": [_like(row) for row in found.like],
        "shapes": [{**shape._asdict(), "orders": n} for shape, n in found.shapes],
        "advice": [
            {"mode": a.mode.value, "fit": a.fit.value, "why": str(a.why)} for a in found.advice
        ],
    }


def _like(row: Like) -> dict[str, Any]:
    past = row.past
    counts = {"ended": past.ended, "taken": past.taken, "paid": past.paid}
    days = {"until_taken": _days(past.until_taken), "until_paid": _days(past.until_paid)}
    return {"product": row.product, "stage": row.stage, "claims": row.claims, **counts, **days}


def _days(days: Days | None) -> dict[str, int] | None:
    return vars(days) if days else None

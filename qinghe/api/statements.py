"""The statement of your organisation: what it had, what moved, what it has."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from qinghe.api.auth import actor_of
from qinghe.settlement.queries import Statement, statement

router = Router(tags=["statements"])


class Period(Schema):
    """Which days; both count. Without a currency, the one with the latest booking."""

    starts_on: date
    ends_on: date
    currency: str | None = None
    organisation_id: UUID | None = None


class LineOut(Schema):
    """One booking; `balance` is what stood after it. Minor units, positive in your favour."""

    at: datetime
    kind: str
    text: str
    reference: str
    claim_number: str
    amount: int
    balance: int


class StatementOut(Schema):
    """The statement of one organisation over a period, in one currency."""

    organisation_id: UUID
    organisation_name: str
    currency: str
    starts_on: date
    ends_on: date
    opening: int
    closing: int
    recovered: int
    commission: int
    lines: list[LineOut]


@router.get("/statement", response=StatementOut, url_name="statement")
def get_statement(request: HttpRequest, period: Annotated[Period, Query()]) -> Statement:
    """Return the statement of your organisation; the operator may name another."""
    return statement(
        actor=actor_of(request),
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        currency=period.currency,
        org_id=period.organisation_id,
    )

"""Payments: report money that reached the creditor directly, and see all that came in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.paging import Cut, Piece, pack, unpack_number
from qinghe.kernel import clock
from qinghe.settlement.queries import PaymentRow, payment_for, payments
from qinghe.settlement.services import post_payment
from qinghe.settlement.terms import PaymentSource, PaymentState

router = Router(tags=["payments"])


class Filters(Cut):
    """Which payments to list."""

    claim_id: UUID | None = None
    state: PaymentState | None = None
    since: datetime | None = None
    until: datetime | None = None


class PaymentIn(Schema):
    """Money that the debtor paid to the creditor. Amounts in minor units."""

    amount: int = Field(gt=0)
    currency: str = Field(min_length=3, max_length=3)
    paid_on: date
    reference: str = Field(min_length=1, max_length=100, description="Yours; books once.")


class PaymentOut(Schema):
    """One payment and how it was divided; `parts` say which component it paid."""

    id: UUID
    claim_id: UUID | None
    claim_number: str
    creditor_name: str
    collector_name: str
    source: str
    reference: str
    amount: int
    excess: int
    currency: str
    paid_on: date
    received_at: datetime
    state: str
    parts: dict[str, int]
    creditor_share: int
    commission: int
    reserve: int
    platform_fee: int


@router.get("/payments", response=Piece[PaymentOut], url_name="payments")
def list_payments(request: HttpRequest, filters: Annotated[Filters, Query()]) -> Piece[PaymentOut]:
    """Return the payments your organisation may see, the newest first."""
    start = unpack_number(filters.cursor, first=0)
    rows = payments(
        actor=actor_of(request),
        claim_id=filters.claim_id,
        state=filters.state,
        since=filters.since,
        until=filters.until,
        offset=start,
        limit=filters.limit + 1,
    )
    more = pack(start + filters.limit) if len(rows) > filters.limit else None
    return Piece[PaymentOut](items=[_out(row) for row in rows[: filters.limit]], next_cursor=more)


@router.post("/claims/{uuid:claim_id}/payments", response={201: PaymentOut}, url_name="pay")
def create_payment(request: HttpRequest, claim_id: UUID, body: PaymentIn) -> Status[PaymentOut]:
    """Report money that came to you directly. The same reference books once."""
    actor = writer_of(request)
    payment = post_payment(
        claim_id=claim_id,
        amount=body.amount,
        currency=body.currency,
        paid_on=body.paid_on,
        source=PaymentSource.CREDITOR,
        reference=body.reference,
        actor=actor,
        at=clock.now(),
    )
    return Status(201, _out(payment_for(payment_id=payment.pk, actor=actor)))


def _out(row: PaymentRow) -> PaymentOut:
    names = set(PaymentOut.model_fields) - {"parts"}
    facts = {name: getattr(row, name) for name in names}
    return PaymentOut(**facts, parts=dict(row.parts))

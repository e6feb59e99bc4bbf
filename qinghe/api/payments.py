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
from qinghe.settlement.queries.returns import RefundRow, refunds
from qinghe.settlement.services import Wish, post_payment, spread_payment
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
    excess: int = Field(
        0, ge=0, description="How much of it is more than is owed, where you know that it is."
    )


class SpreadIn(PaymentIn):
    """
    Money that one person paid to you for several debts.

    `agreed` is an order of debts that was agreed; `designated` the one the payer named. Without
    both the law decides: due before not due, less secured, heavier rate, earlier due day, and
    complete equals in proportion.
    """

    claim_ids: list[UUID] = Field(min_length=1, max_length=100)
    designated: UUID | None = None
    agreed: list[UUID] = Field(default=[], max_length=100)


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
    # Costs of the court that went back first: to others, and to the creditor in its share.
    costs_back: int
    costs_own: int
    # Value added tax contained in commission with reserve, and in the platform's fee.
    commission_tax: int
    fee_tax: int


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


class RefundOut(Schema):
    """Money on its way back to the payer, in minor units."""

    id: UUID
    claim_number: str
    provider: str
    amount: int
    currency: str
    cause: str
    state: str
    asked_at: datetime
    tries: int
    next_at: datetime | None
    done_at: datetime | None
    fault: str


@router.get("/refunds", response=Piece[RefundOut], url_name="refunds")
def list_refunds(request: HttpRequest, cut: Annotated[Cut, Query()]) -> Piece[RefundOut]:
    """Return refunds, those that wait first."""
    start = unpack_number(cut.cursor, first=0)
    rows = refunds(actor=actor_of(request), offset=start, limit=cut.limit + 1)
    more = pack(start + cut.limit) if len(rows) > cut.limit else None
    out = [_refund(row) for row in rows[: cut.limit]]
    return Piece[RefundOut](items=out, next_cursor=more)


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
        excess=body.excess,
        actor=actor,
        at=clock.now(),
    )
    return Status(201, _out(payment_for(payment_id=payment.pk, actor=actor)))


@router.post("/payments", response={201: list[PaymentOut]}, url_name="payments")
def create_spread(request: HttpRequest, body: SpreadIn) -> Status[list[PaymentOut]]:
    """Report one payment for several debts of one person; each share is a payment of its own."""
    actor = writer_of(request)
    booked = spread_payment(
        claim_ids=body.claim_ids,
        amount=body.amount,
        currency=body.currency,
        paid_on=body.paid_on,
        reference=body.reference,
        excess=body.excess,
        wish=Wish(body.designated, tuple(body.agreed)),
        actor=actor,
        at=clock.now(),
    )
    return Status(201, [_out(payment_for(payment_id=each.pk, actor=actor)) for each in booked])


def _out(row: PaymentRow) -> PaymentOut:
    names = set(PaymentOut.model_fields) - {"parts"}
    facts = {name: getattr(row, name) for name in names}
    return PaymentOut(**facts, parts=dict(row.parts))


def _refund(row: RefundRow) -> RefundOut:
    return RefundOut(**{name: getattr(row, name) for name in RefundOut.model_fields})

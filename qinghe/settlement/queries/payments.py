"""Payments, payouts and earnings within what an actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, Greatest

from qinghe.claims.queries import Moment
from qinghe.kernel.actor import Actor, Role
from qinghe.ledger.queries import balances
from qinghe.market.queries.teams import in_own_hands
from qinghe.parties.roles import OVERSIGHT
from qinghe.settlement import accounts
from qinghe.settlement.models import Allocation, Payment, Payout, Split
from qinghe.settlement.refusals import NoSuchPayment
from qinghe.settlement.terms import PaymentSource, PaymentState, PayoutState

NOTHING = Q(pk__in=[])
PAGE = 50


@dataclass(frozen=True)
class PaymentRow:
    """One payment and how it was divided; amounts in minor units, parts as (component, amount)."""

    id: UUID
    order_id: UUID | None
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
    parts: tuple[tuple[str, int], ...]
    creditor_share: int
    commission: int
    reserve: int
    platform_fee: int
    # Somebody asked to undo it, and another person has yet to agree: journal label, when.
    reversal_asked_by: str
    reversal_asked_at: datetime | None

    @property
    def source_label(self) -> str:
        return str(PaymentSource(self.source).label)

    @property
    def state_label(self) -> str:
        return str(PaymentState(self.state).label)

    @property
    def gross_commission(self) -> int:
        """Return the whole commission, with reserve and fee."""
        return self.commission + self.reserve + self.platform_fee


@dataclass(frozen=True)
class PayoutRow:
    id: UUID
    number: str
    organisation_id: UUID
    organisation_name: str
    amount: int
    currency: str
    state: str
    prepared_by: str
    prepared_at: datetime
    approved_at: datetime | None
    paid_at: datetime | None

    @property
    def state_label(self) -> str:
        return str(PayoutState(self.state).label)


@dataclass(frozen=True)
class Earnings:
    """
    What a collector earned in one currency: `earned` for good, `waiting` in reserve, `due` not yet
    paid out, `owed_back` to be kept from the next payout; `uncovered` is due once the creditor, who
    received the money itself, has paid the platform. Minor units.
    """

    currency: str
    payments: int
    recovered: int
    earned: int
    waiting: int
    due: int
    owed_back: int
    uncovered: int


def payments(
    *,
    actor: Actor,
    claim_id: UUID | None = None,
    state: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> list[PaymentRow]:
    """Return payments an actor may see, newest first; three queries."""
    rows = Payment.objects.filter(visible(actor))
    if claim_id:
        rows = rows.filter(claim=claim_id)
    if state:
        rows = rows.filter(state=state)
    if since:
        rows = rows.filter(received_at__gte=since)
    if until:
        rows = rows.filter(received_at__lt=until)
    return rows_of(rows.order_by("-received_at", "-pk")[offset : offset + limit])


def payment_for(*, payment_id: UUID, actor: Actor) -> PaymentRow:
    """
    Return one payment.

    :raises NoSuchPayment: unknown, or none of the actor's business
    """
    found = rows_of(Payment.objects.filter(visible(actor), pk=payment_id))
    if not found:
        raise NoSuchPayment
    return found[0]


def payments_named(*, reference: str, actor: Actor) -> list[PaymentRow]:
    """Return the payments with a reference; it is unique only within its source."""
    rows = Payment.objects.filter(visible(actor), reference=reference)
    return rows_of(rows.order_by("received_at", "pk"))


def payouts(*, actor: Actor, state: str | None = None) -> list[PayoutRow]:
    """Return payouts: the operator sees all, others their own organisation's; newest first."""
    rows = Payout.objects.all()
    if actor.role not in (Role.OPERATOR, Role.SYSTEM):
        rows = rows.filter(organisation=actor.org_id)
    if state:
        rows = rows.filter(state=state)
    return [
        PayoutRow(
            id=row.pk,
            number=row.number,
            organisation_id=row.organisation_id,
            organisation_name=row.organisation.name,
            amount=row.amount,
            currency=row.currency,
            state=row.state,
            prepared_by=row.prepared_by,
            prepared_at=row.prepared_at,
            approved_at=row.approved_at,
            paid_at=row.paid_at,
        )
        for row in rows.select_related("organisation").order_by("-prepared_at", "number")
    ]


def earnings(*, actor: Actor) -> list[Earnings]:
    """Return what the actor's own organisation earned as a collector, per currency."""
    if actor.org_id is None:
        return []
    own = Split.objects.filter(collector=actor.org_id, payment__state=PaymentState.POSTED)
    # The commission is covered first, then the fee, then the quality part.
    undecided = Case(When(reserve_settled_at__isnull=True, then=F("reserve")), default=0)
    totals = own.values("payment__currency").annotate(
        count=Count("pk"),
        recovered=Sum("amount"),
        commission=Sum("commission"),
        released=Sum(
            Coalesce("reserve_paid", "reserve"),
            filter=Q(reserve_settled_at__isnull=False),
            default=0,
        ),
        uncovered=Sum(Greatest(F("uncovered") - F("platform_fee") - undecided, 0)),
    )
    return [_earnings(actor.org_id, row) for row in totals.order_by("payment__currency")]


def timeline(*, claim_id: UUID) -> list[Moment]:
    """Return the payments of a claim and their reversals, oldest first."""
    moments = []
    for row in Payment.objects.filter(claim=claim_id):
        facts: dict[str, object] = {
            "amount": row.amount,
            "currency": row.currency,
            "source": row.source,
            "payment": str(row.pk),
        }
        moments.append(Moment(row.received_at, "payment", facts))
        if row.reversed_at:
            moments.append(Moment(row.reversed_at, "payment-reversed", facts))
    return sorted(moments, key=lambda moment: moment.at)


def visible(actor: Actor) -> Q:
    """Narrow payments: creditors and debtors their own, collectors what their own hands earned."""
    if actor.role in OVERSIGHT:
        return Q()
    if actor.role is Role.CREDITOR and actor.org_id:
        return Q(creditor_id=actor.org_id)
    if actor.role is Role.COLLECTOR and actor.org_id:
        earned = Split.objects.filter(collector=actor.org_id).values("payment")
        return Q(in_own_hands(actor, "claim__debtor"), pk__in=earned)
    if actor.role is Role.DEBTOR and actor.person_id:
        return Q(claim__debtor_id=actor.person_id)
    return NOTHING


def rows_of(found: QuerySet[Payment]) -> list[PaymentRow]:
    """Return payments with their parts and shares; three queries however many there are."""
    rows = list(found.select_related("claim", "creditor"))
    ids = [row.pk for row in rows]
    parts: dict[UUID, list[tuple[str, int]]] = {}
    for part in Allocation.objects.filter(payment__in=ids).order_by("component"):
        parts.setdefault(part.payment_id, []).append((part.component, part.amount))
    splits = Split.objects.filter(payment__in=ids).select_related("collector")
    shares = {split.payment_id: split for split in splits}
    return [_row(row, tuple(parts.get(row.pk, ())), shares.get(row.pk)) for row in rows]


def _row(row: Payment, parts: tuple[tuple[str, int], ...], split: Split | None) -> PaymentRow:
    return PaymentRow(
        id=row.pk,
        order_id=row.order_id,
        claim_id=row.claim_id,
        claim_number=row.claim.number if row.claim else "",
        creditor_name=row.creditor.name,
        collector_name=split.collector.name if split and split.collector else "",
        source=row.source,
        reference=row.reference,
        amount=row.amount,
        excess=row.excess,
        currency=row.currency,
        paid_on=row.paid_on,
        received_at=row.received_at,
        state=row.state,
        parts=parts,
        creditor_share=split.creditor_share if split else 0,
        commission=split.commission if split else 0,
        reserve=split.reserve if split else 0,
        platform_fee=split.platform_fee if split else 0,
        reversal_asked_by=row.reversal_asked_by,
        reversal_asked_at=row.reversal_asked_at,
    )


def _earnings(org_id: UUID, row: Mapping[str, Any]) -> Earnings:
    currency = row["payment__currency"]
    payable, reserve = accounts.payable(org_id), accounts.reserve(org_id)
    back = accounts.clawback(payable)
    held = balances(paths=[payable, reserve, back], currency=currency)
    return Earnings(
        currency=currency,
        payments=row["count"],
        recovered=row["recovered"],
        earned=row["commission"] + row["released"],
        waiting=-held[reserve],
        due=-held[payable],
        owed_back=held[back],
        uncovered=row["uncovered"],
    )

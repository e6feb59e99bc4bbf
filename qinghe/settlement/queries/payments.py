"""Payments, payouts and earnings within what an actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from qinghe.claims.queries import Moment
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.shown import mark
from qinghe.ledger.queries import balances
from qinghe.market.queries.teams import in_own_hands
from qinghe.parties.roles import OVERSIGHT
from qinghe.settlement import accounts
from qinghe.settlement.models import Allocation, Payment, Payout, Split
from qinghe.settlement.payout_terms import PayoutState
from qinghe.settlement.queries.shares import AS_SPLIT, Corrected, corrected, given_back
from qinghe.settlement.queries.undoings import undoing_asked
from qinghe.settlement.refusals import NoSuchPayment
from qinghe.settlement.return_codes import ACCOUNT_CODES, CODES
from qinghe.settlement.terms import HERE, PaymentSource, PaymentState, asked_until

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
    # Costs that went back first: to others, and to the creditor in its share.
    costs_back: int
    costs_own: int
    # Contained in commission with reserve, and in the platform's fee.
    commission_tax: int
    fee_tax: int
    # Somebody asked to undo it, and another person has yet to agree: journal label, when.
    reversal_asked_by: str
    reversal_asked_at: datetime | None
    # Why, and whether the money goes back to the payer: what the other person agrees to.
    reversal_reason: str
    reversal_back: bool
    # What of the excess went back to the payer already.
    given_back: int = 0
    # What was corrected of its commission since; the shares here contain it.
    corrected: Corrected = AS_SPLIT

    @property
    def shown(self) -> str:
        """Return the mark of what undoing it would do, and of what somebody asked for."""
        asked = (self.reversal_asked_by, self.reversal_asked_at)
        wish = (self.reversal_reason, self.reversal_back)
        shares = (self.creditor_share, self.gross_commission)
        return mark(self.id, self.state, self.amount, *shares, *asked, *wish)

    @property
    def asked_until(self) -> datetime | None:
        """Return when a request to undo it lapses; None where nobody asked."""
        return asked_until(self.reversal_asked_at)

    def asked(self, at: datetime) -> bool:
        """Tell whether somebody asked to undo it and a second person may still agree."""
        return self.asked_until is not None and at < self.asked_until

    @property
    def to_give_back(self) -> int:
        return max(self.excess - self.given_back, 0)

    @property
    def source_label(self) -> str:
        return str(PaymentSource(self.source).label)

    @property
    def here(self) -> bool:
        """Tell whether the platform received it itself."""
        return self.source in HERE

    @property
    def state_label(self) -> str:
        return str(PaymentState(self.state).label)

    @property
    def gross_commission(self) -> int:
        """Return the whole commission, with reserve and fee."""
        return self.commission + self.reserve + self.platform_fee

    @property
    def tax(self) -> int:
        """Return the value added tax contained in the whole commission."""
        return self.commission_tax + self.fee_tax


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
    run_id: UUID | None
    run_number: str
    kept_out: str
    return_code: str
    returned_at: datetime | None
    retry_of: str
    # Why a person did not let it go; for the operator's pages.
    dropped_why: str

    @property
    def state_label(self) -> str:
        return str(PayoutState(self.state).label)

    @property
    def return_words(self) -> str:
        """Return the bank's reason in words; empty when it gave none."""
        found = CODES.get(self.return_code)
        return str(found.words) if found else ""

    @property
    def at_fault(self) -> bool:
        """Tell whether the bank found fault with the account itself."""
        return self.return_code in ACCOUNT_CODES


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
    asked_at: datetime | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> list[PaymentRow]:
    """Return payments, newest first; `asked_at`: those whose undoing waits then. Four queries."""
    rows = Payment.objects.filter(visible(actor))
    if asked_at:
        rows = rows.filter(undoing_asked(asked_at))
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
    return payout_rows(rows.order_by("-prepared_at", "number"))


def payout_rows(found: QuerySet[Payout]) -> list[PayoutRow]:
    """Return payouts as pages tell them. One query."""
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
            run_id=row.run_id,
            run_number=row.run.number if row.run else "",
            kept_out=row.kept_out,
            return_code=row.return_code,
            returned_at=row.returned_at,
            retry_of=row.retry_of.number if row.retry_of else "",
            dropped_why=row.dropped_why,
        )
        for row in found.select_related("organisation", "run", "retry_of")
    ]


def earnings(*, actor: Actor) -> list[Earnings]:
    """Return what the actor's own organisation earned as a collector, per currency."""
    if actor.org_id is None:
        return []
    own = Split.objects.filter(collector=actor.org_id, payment__state=PaymentState.POSTED)
    # The commission is covered first, then the fee, then the quality part.
    whole = BigIntegerField()
    undecided = Case(
        When(reserve_settled_at__isnull=True, then=F("reserve")),
        default=Value(0, output_field=whole),
        output_field=whole,
    )
    open_now = ExpressionWrapper(F("uncovered") - F("platform_fee") - undecided, output_field=whole)
    nothing = Value(0, output_field=whole)
    # First, for a sum named like a column hides that column from those after it.
    totals = own.values("payment__currency").annotate(
        uncovered=Sum(Least(Greatest(open_now, nothing), F("commission"))),
        count=Count("pk"),
        recovered=Sum("amount"),
        commission=Sum("commission"),
        released=Sum(
            Coalesce("reserve_paid", "reserve"),
            filter=Q(reserve_settled_at__isnull=False),
            default=0,
        ),
    )
    return [_earnings(actor.org_id, row) for row in totals.order_by("payment__currency")]


def timeline(*, claim_id: UUID) -> list[Moment]:
    """Return the payments of a claim and their reversals, oldest first."""
    moments = []
    for row in Payment.objects.filter(claim=claim_id).exclude(source=PaymentSource.WITHHELD):
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
        # What went past the platform was never told by the debtor, and pays nothing here.
        return Q(claim__debtor_id=actor.person_id) & ~Q(source=PaymentSource.WITHHELD)
    return NOTHING


def rows_of(found: QuerySet[Payment]) -> list[PaymentRow]:
    """
    Return payments with their parts, and the shares that the books hold. Four queries, two more for
    what went back, one more for what was corrected.
    """
    rows = list(found.select_related("claim", "creditor"))
    ids = [row.pk for row in rows]
    parts: dict[UUID, list[tuple[str, int]]] = {}
    for part in Allocation.objects.filter(payment__in=ids).order_by("component"):
        parts.setdefault(part.payment_id, []).append((part.component, part.amount))
    splits = Split.objects.filter(payment__in=ids).select_related("collector")
    shares = {split.payment_id: split for split in splits}
    back, since = given_back([row.pk for row in rows if row.excess]), corrected(ids)
    told = ((row.pk, row, tuple(parts.get(row.pk, ()))) for row in rows)
    return [
        _row(row, part, shares.get(pk), back.get(pk, 0), since.get(pk, AS_SPLIT))
        for pk, row, part in told
    ]


def _row(
    row: Payment,
    parts: tuple[tuple[str, int], ...],
    split: Split | None,
    given_back: int,
    since: Corrected,
) -> PaymentRow:
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
        creditor_share=split.creditor_share + since.back if split else 0,
        commission=split.commission - since.commission if split else 0,
        reserve=split.reserve if split else 0,
        platform_fee=split.platform_fee - since.fee if split else 0,
        costs_back=split.costs_back if split else 0,
        costs_own=split.costs_own if split else 0,
        commission_tax=split.commission_tax if split else 0,
        fee_tax=split.fee_tax - since.tax if split else 0,
        reversal_asked_by=row.reversal_asked_by,
        reversal_asked_at=row.reversal_asked_at,
        reversal_reason=row.reversal_reason,
        reversal_back=row.reversal_back,
        given_back=given_back,
        corrected=since,
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

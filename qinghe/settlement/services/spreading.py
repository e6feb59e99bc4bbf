"""
One payment for several debts of one person: agreed, designated, or by the order of the law.

Which debt gets what is decided by the law's own function; each share is then booked like any other
payment, so that it explains itself and can be undone by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.services import accrue_interest
from qinghe.claims.terms import OPEN_STATES
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.rules import allocation as law
from qinghe.settlement.models import Payment
from qinghe.settlement.reading import LARGEST
from qinghe.settlement.refusals import (
    BadAmount,
    DebtNotNamed,
    DebtsApart,
    PaidLater,
    PaymentDiffers,
    WrongCurrency,
)
from qinghe.settlement.services.backdating import book_from_its_day
from qinghe.settlement.services.beyond import within
from qinghe.settlement.services.booking import Item, lock_claims
from qinghe.settlement.services.posting import check_not_too_early
from qinghe.settlement.terms import PaymentSource

SOURCE = PaymentSource.CREDITOR


@dataclass(frozen=True)
class Wish:
    """Which debts come first: the one the payer named, or an order that was agreed."""

    designated: UUID | None = None
    agreed: tuple[UUID, ...] = ()

    @property
    def named(self) -> set[UUID]:
        return {*self.agreed, *([self.designated] if self.designated else [])}


@verb("settlement.spread-payment")
def spread_payment(
    *,
    claim_ids: Sequence[UUID],
    amount: int,
    currency: str,
    paid_on: date,
    reference: str,
    actor: Actor,
    at: datetime,
    wish: Wish | None = None,
    excess: int = 0,
) -> list[Payment]:
    """
    Book money that a creditor received for several debts of one person, in minor units.

    An agreed order counts, else the debt the payer designated, else the law: due before not due,
    less security, the heavier rate, the earlier due day; complete equals share in proportion. What
    exceeds all debts must be named in `excess`, and waits for refund. A reference books once.

    :raises NotPermitted: the role reports no payments
    :raises NoSuchClaim: one is unknown, or another creditor's
    :raises DebtsApart: no debt, or debts of several persons
    :raises DebtNotNamed: the first debt is not among those paid
    :raises BadAmount: not above zero, or beyond all books
    :raises PaidLater: money of a day to come
    :raises PaidTooEarly: money of a day before a contract, or before 1990
    :raises WrongCurrency: a debt is in another currency
    :raises AboveOwed: more beyond what is owed than was named
    :raises PaymentDiffers: the reference was booked with another amount or for other debts
    """
    require(actor, Permission.REPORT_PAYMENTS)
    wish = wish or Wish()
    claims = _own(claim_ids, actor)
    _check(claims, amount, currency, wish)
    if paid_on > day_of(at):
        raise PaidLater
    known = _known(claims, reference)
    if known:
        return _same(known, claims, amount)
    check_not_too_early(claims.values(), paid_on)
    claims = {
        pk: accrue_interest(claim_id=pk, to=paid_on, actor=actor, at=at) for pk in sorted(claims)
    }
    shares = _shares(claims, law.Payment(amount, currency, paid_on), wish)
    record(
        kind="payment.spread",
        subject=f"person:{next(iter(claims.values())).debtor_id}",
        actor=actor,
        at=at,
        amount=amount,
        currency=currency,
        shares={str(pk): share for pk, share in shares.items()},
    )
    items = _items(shares, claims, paid_on, reference)
    with within(excess, claims, currency):
        return book_from_its_day(items=items, actor=actor, at=at)


def _items(
    shares: Mapping[UUID, int], claims: Mapping[UUID, Claim], paid_on: date, reference: str
) -> list[Item]:
    return [
        Item(pk, share, paid_on, SOURCE, _reference(reference, claims[pk]))
        for pk, share in shares.items()
        if share
    ]


def _own(claim_ids: Sequence[UUID], actor: Actor) -> dict[UUID, Claim]:
    claims = lock_claims(claim_ids)
    if set(claims) != set(claim_ids):
        raise NoSuchClaim
    if any(claim.creditor_id != actor.org_id for claim in claims.values()):
        raise NoSuchClaim
    return claims


def _check(claims: Mapping[UUID, Claim], amount: int, currency: str, wish: Wish) -> None:
    if len({claim.debtor_id for claim in claims.values()}) != 1:
        raise DebtsApart
    if not wish.named <= set(claims):
        raise DebtNotNamed
    if not 0 < amount <= LARGEST:
        raise BadAmount
    for claim in claims.values():
        if claim.currency != currency:
            raise WrongCurrency(currency=claim.currency)


def _reference(reference: str, claim: Claim) -> str:
    return f"{reference}:{claim.number}"


def _known(claims: Mapping[UUID, Claim], reference: str) -> list[Payment]:
    creditor = next(iter(claims.values())).creditor_id
    rows = Payment.objects.filter(
        creditor=creditor, source=SOURCE, reference__startswith=f"{reference}:"
    )
    return list(rows.order_by("claim_id"))


def _same(known: list[Payment], claims: Mapping[UUID, Claim], amount: int) -> list[Payment]:
    if sum(row.amount for row in known) != amount or not {row.claim_id for row in known} <= set(
        claims
    ):
        raise PaymentDiffers
    return known


def _shares(claims: Mapping[UUID, Claim], payment: law.Payment, wish: Wish) -> dict[UUID, int]:
    """Return what each debt gets; what none can take goes with the first, to be given back."""
    # Ties are broken by the contract number, as it stands on every paper.
    ids = {claim.contract_number: pk for pk, claim in claims.items()}
    numbers = {pk: number for number, pk in ids.items()}
    chosen = numbers[wish.designated] if wish.designated else None
    given = law.allocate(
        payment=law.Payment(payment.amount_minor, payment.currency, payment.on, chosen),
        debts=tuple(_debt(claim) for claim in claims.values()),
        agreement=law.Agreement(debt_order=tuple(numbers[pk] for pk in wish.agreed)),
    )
    shares = {ids[number]: sum(parts.values()) for number, parts in given.allocations.items()}
    first = max(shares, key=lambda pk: (shares[pk], str(pk)))
    shares[first] += given.unapplied_minor
    return shares


def _debt(claim: Claim) -> law.OwedDebt:
    open_now = claim.state in OPEN_STATES
    return law.OwedDebt(
        id=claim.contract_number,
        currency=claim.currency,
        due_on=claim.due_on,
        owed={
            part: getattr(claim, part) if open_now else 0
            for part in ("costs", "interest", "principal")
        },
        security=claim.security,
        rate_pct=claim.overdue_rate_pct or Decimal(0),
    )

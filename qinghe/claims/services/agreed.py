"""The creditor tells what was agreed and what was paid before; the amount is checked at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.contract_terms import BookedTo, DayCount, FeeKind, Schedule, TitleState
from qinghe.claims.days import day_of
from qinghe.claims.intake.rates import STRICTEST
from qinghe.claims.models import (
    Claim,
    ContractFee,
    ContractPayment,
    ContractTerms,
    Title,
    Verification,
)
from qinghe.claims.queries.amounts import facts_of
from qinghe.claims.recompute import Facts, contract_of, verified
from qinghe.claims.services.locks import locked
from qinghe.claims.services.states import WrongClaimState
from qinghe.claims.services.unseen import changed
from qinghe.claims.terms import OPEN_STATES, ClaimState, PayOrder, Security
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, require
from qinghe.rules.recompute import ContractError
from qinghe.rules.recompute.schedule import due_days


class BadTerms(DomainError):
    code = "claims.bad-terms"
    status = 422
    text = _("These terms cannot be right: check {fact}.")


class BadPayment(DomainError):
    code = "claims.bad-contract-payment"
    status = 422
    text = _("An earlier payment has an amount above zero and a day that is not to come.")


FACTS = {
    "principal": _("the principal"),
    "handed_over": _("the amount handed over"),
    "matures_on": _("the day of maturity"),
    "periods": _("the number of periods and their length"),
    "rate_pct": _("the rates"),
    "fees": _("the charges"),
    "lender_kind": _("the kind of lender"),
    "schedule": _("the kind of repayment"),
    "day_count": _("how days are counted"),
    "grace_days": _("the days of grace"),
    "pays_first": _("the order of payment, or the security"),
}


@dataclass(frozen=True)
class FeeGiven:
    """One charge: minor units, and the day it fell due."""

    kind: str
    amount: int
    on: date


@dataclass(frozen=True)
class TermsGiven:
    """What was agreed. Amounts are minor units, rates percent a year, the penalty percent a day."""

    principal: int
    disbursed_on: date
    matures_on: date
    handed_over: int | None = None
    schedule: str = Schedule.BULLET
    periods: int = 1
    period_months: int = 1
    rate_pct: Decimal | None = None
    day_count: str = DayCount.ACTUAL_365
    overdue_rate_pct: Decimal | None = None
    penalty_daily_pct: Decimal | None = None
    grace_days: int = 0
    accelerated_on: date | None = None
    sued_on: date | None = None
    fees: tuple[FeeGiven, ...] = field(default=())
    # None: as it was.
    pays_first: str | None = None
    security: str | None = None


@dataclass(frozen=True)
class PaymentGiven:
    """One earlier payment; `reference` tells it from others of the same contract."""

    on: date
    amount: int
    reference: str
    booked_to: str = BookedTo.UNKNOWN


@verb("claims.deliver_terms")
def deliver_terms(
    *,
    claim_id: UUID,
    terms: TermsGiven,
    actor: Actor,
    at: datetime,
    payments: Sequence[PaymentGiven] = (),
) -> Verification:
    """
    Keep what was agreed, in place of what was told before, and check the amount with it.

    Earlier payments may come along; each reference is kept once.

    :raises NotPermitted: only the creditor's side tells the terms
    :raises NoSuchClaim: unknown, or another creditor's
    :raises WrongClaimState: the claim is over
    :raises BadTerms: they contradict each other; the fact to correct is named
    :raises BadPayment: not above zero, of a day to come, or of an unknown kind
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = _open(claim_id, actor)
    _check_payments(payments, at)
    _keep_order(claim, terms)
    (row,) = keep_terms([(claim, terms)], at)
    record(
        kind="claims.terms-delivered",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        terms=row.pk,
        fees=len(terms.fees),
    )
    if payments:
        keep_payments([(claim, each) for each in payments], actor, at)
    return _kept([claim], at)[0]


@verb("claims.deliver_payments")
def deliver_payments(
    *, claim_id: UUID, payments: Sequence[PaymentGiven], actor: Actor, at: datetime
) -> Verification:
    """
    Keep earlier payments of one claim, each reference once, and check the amount with them.

    :raises NotPermitted: only the creditor's side tells them
    :raises NoSuchClaim: unknown, or another creditor's
    :raises WrongClaimState: the claim is over
    :raises BadPayment: not above zero, of a day to come, or of an unknown kind
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = _open(claim_id, actor)
    _check_payments(payments, at)
    keep_payments([(claim, each) for each in payments], actor, at)
    return _kept([claim], at)[0]


def keep_terms(rows: Sequence[tuple[Claim, TermsGiven]], at: datetime) -> list[ContractTerms]:
    """
    Write the terms of locked claims in place of older ones, with a fixed number of statements.

    :raises BadTerms: some contradict each other; nothing is written
    """
    claims = [claim for claim, _terms in rows]
    lenders = lenders_of(claims)
    new = [made(claim, terms, lenders[claim.pk], at) for claim, terms in rows]
    older = ContractTerms.objects.filter(claim__in=claims, replaced_at__isnull=True)
    older.update(replaced_at=at)
    ContractTerms.objects.bulk_create([row for row, _fees in new], batch_size=5_000)
    fees = [fee for _row, fees in new for fee in fees]
    ContractFee.objects.bulk_create(fees, batch_size=5_000)
    return [row for row, _fees in new]


def keep_payments(rows: Sequence[tuple[Claim, PaymentGiven]], actor: Actor, at: datetime) -> None:
    """Write payments that are not known yet, with one statement; their claims are locked."""
    ContractPayment.objects.bulk_create(
        [
            ContractPayment(
                claim=claim,
                on=each.on,
                amount=each.amount,
                booked_to=each.booked_to,
                reference=each.reference,
                delivered_at=at,
            )
            for claim, each in rows
        ],
        ignore_conflicts=True,
        batch_size=5_000,
    )
    one = {claim.pk for claim, _each in rows}
    record(
        kind="claims.payments-told",
        subject=f"claim:{next(iter(one))}" if len(one) == 1 else "claims",
        actor=actor,
        at=at,
        count=len(rows),
        claims=len(one),
    )


@verb("claims.check_amount")
def check_amount(*, claim_id: UUID, actor: Actor, at: datetime) -> Verification:
    """
    Calculate a claim again from its contract and payments, and keep the result with it.

    :raises NotPermitted: neither its creditor nor a reviewer
    :raises NoSuchClaim: unknown, or a stranger's
    """
    if actor.org_id is None or not _manages(actor):
        require(actor, Permission.VERIFY_CLAIMS)
    return _kept([locked(claim_id, actor)], at)[0]


def check_again(claims: Collection[Claim], at: datetime) -> list[Verification]:
    """Check the amounts of locked claims inside the caller's transaction; keep the results."""
    return _kept(list(claims), at)


def _kept(claims: Sequence[Claim], at: datetime) -> list[Verification]:
    facts = facts_of(claims)
    changed([each.pk for each in claims])
    return Verification.objects.bulk_create([verified(facts[each.pk], at=at) for each in claims])


def _manages(actor: Actor) -> bool:
    try:
        require(actor, Permission.MANAGE_CLAIMS)
    except DomainError:
        return False
    return True


def _keep_order(claim: Claim, terms: TermsGiven) -> None:
    """Keep with a locked claim what a payment pays first, and how far it is secured."""
    claim.pays_first = terms.pays_first or claim.pays_first
    claim.security = terms.security or claim.security
    if claim.pays_first not in PayOrder.values or claim.security not in Security.values:
        raise BadTerms(fact=FACTS["pays_first"])
    claim.save(update_fields=["pays_first", "security"])


def _check_payments(payments: Sequence[PaymentGiven], at: datetime) -> None:
    for each in payments:
        if each.amount <= 0 or each.on > day_of(at) or each.booked_to not in BookedTo.values:
            raise BadPayment


def _open(claim_id: UUID, actor: Actor) -> Claim:
    claim = locked(claim_id, actor)
    if claim.state not in OPEN_STATES:
        raise WrongClaimState(state=ClaimState(claim.state).label)
    return claim


def lenders_of(claims: Sequence[Claim]) -> dict[UUID, str]:
    """Return what kind of lender made each loan: whom it came from first, if that was told."""
    first = Title.objects.filter(claim__in=claims, step=1, state=TitleState.HELD)
    kinds = dict(first.values_list("claim_id", "from_kind"))
    # A first creditor of unknown kind is judged the stricter way.
    return {
        claim.pk: (kinds[claim.pk] or STRICTEST)
        if claim.pk in kinds
        else claim.creditor.lender_kind
        for claim in claims
    }


def made(
    claim: Claim, terms: TermsGiven, lender: str, at: datetime
) -> tuple[ContractTerms, list[ContractFee]]:
    """
    Return the unsaved rows of a contract that the calculation can use.

    :raises BadTerms: they contradict each other
    """
    if any(fee.kind not in FeeKind.values or fee.amount <= 0 for fee in terms.fees):
        raise BadTerms(fact=FACTS["fees"])
    given = asdict(terms)
    fees = given.pop("fees")
    del given["pays_first"], given["security"]
    row = ContractTerms(claim=claim, delivered_at=at, lender_kind=lender, **given)
    kept = [ContractFee(terms=row, **fee) for fee in fees]
    signed_on = claim.contract_on or terms.disbursed_on
    known = Claim(creditor=claim.creditor, currency=claim.currency, contract_on=signed_on)
    contract = contract_of(Facts(known, row, kept, (), ()))
    try:
        if contract is not None:
            contract.check()
            due_days(contract)
    except ContractError as wrong:
        raise BadTerms(fact=FACTS.get(wrong.fact, wrong.fact)) from wrong
    return row, kept

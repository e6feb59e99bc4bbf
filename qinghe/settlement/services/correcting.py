"""
Correct the commission of a payment by an amount: one person asks, another who stands apart agrees.

Booked under the payment, so that undoing it undoes this too; divided and taxed as on the payment's
day (0066, 0075). Locks: the claim, then the objection, then the accounts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from qinghe.claims.days import day_of
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.money import split, to_major
from qinghe.ledger.queries import balances
from qinghe.ledger.services import lock_accounts, post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.roles import Permission, require
from qinghe.rules.vat import contained
from qinghe.settlement import accounts
from qinghe.settlement.correction_refusals import (
    CorrectionAsked,
    CorrectionBySamePerson,
    CorrectionTooLarge,
    CreditorShort,
    NoCommissionThere,
    NoSuchCorrection,
)
from qinghe.settlement.correction_terms import CorrectionState, Way
from qinghe.settlement.models import CommissionCorrection, Objection, Payment, Split
from qinghe.settlement.objection_refusals import (
    AnsweredByParty,
    NoSuchObjection,
    ObjectionAnswered,
)
from qinghe.settlement.objection_terms import ObjectionState
from qinghe.settlement.queries.apart import apart
from qinghe.settlement.queries.corrections import Standing, commission_of, standing_of
from qinghe.settlement.queries.taxes import taxes_of
from qinghe.settlement.refusals import BadAmount
from qinghe.settlement.services.advancing import check_own, lent
from qinghe.settlement.services.booking import lock_claims
from qinghe.settlement.terms import fee_on


@dataclass(frozen=True)
class Parts:
    """What of an amount is whose, in minor units; the tax is contained in the fee."""

    commission: int
    fee: int
    tax: int

    @property
    def gross(self) -> int:
        return self.commission + self.fee


@verb("settlement.ask-commission-correction")
def ask_commission_correction(
    *, objection_id: UUID, way: str, amount: int, actor: Actor, at: datetime
) -> CommissionCorrection:
    """
    Ask that a difference in commission be booked, which two persons found an objection right about.

    The amount is what the creditor gets back, or bears more, in minor units.

    :raises NotPermitted: the role does not manage payments
    :raises NoSuchObjection: unknown
    :raises ObjectionAnswered: no correction is due
    :raises AnsweredByParty: the same person objected, or one of the two made the other
    :raises NoCommissionThere: not about commission of a payment received here that is booked
    :raises BadAmount: not above zero
    :raises CorrectionTooLarge: more than was earned at once; or than the creditor has of it
    :raises CorrectionAsked: asked for before
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    objection, payment, divided = _matter(objection_id, actor)
    if amount <= 0:
        raise BadAmount
    parts = _parts(payment, divided, amount)
    _check(Way(way), parts, standing_of(divided), payment.currency)
    try:
        with transaction.atomic():
            asked = CommissionCorrection.objects.create(
                objection=objection,
                payment=payment,
                way=Way(way),
                amount=amount,
                commission=parts.commission,
                fee=parts.fee,
                fee_tax=parts.tax,
                currency=payment.currency,
                asked_by=actor.label,
                asked_at=at,
            )
    except IntegrityError:
        raise CorrectionAsked from None
    _note("asked", asked, actor, at)
    return asked


@verb("settlement.book-commission-correction")
def book_commission_correction(
    *, correction_id: UUID, actor: Actor, at: datetime
) -> CommissionCorrection:
    """
    Agree to a correction of commission, and book it; it corrects its objection, which ends.

    :raises NotPermitted: the role does not manage payments
    :raises NoSuchCorrection: unknown, booked or dropped before
    :raises CorrectionBySamePerson: asked by this very person, or one of the two made the other
    :raises ObjectionAnswered: corrected otherwise meanwhile
    :raises AnsweredByParty: the same person objected, or one of the two made the other
    :raises NoCommissionThere: the payment was undone meanwhile
    :raises CorrectionTooLarge: less was earned meanwhile
    :raises CreditorShort: too little is held for the creditor who bears more
    :raises OwnMoneyShort: what goes back was paid out, and the platform's own money does not reach
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    asked = CommissionCorrection.objects.filter(pk=correction_id).first()
    if asked is None:
        raise NoSuchCorrection
    objection, payment, divided = _matter(asked.objection_id, actor)
    found = _waiting(correction_id)
    if not apart(found.asked_by, actor):
        raise CorrectionBySamePerson
    parts = Parts(found.commission, found.fee, found.fee_tax)
    _check(Way(found.way), parts, standing_of(divided), payment.currency)
    moves = _moves(payment, divided, Way(found.way), parts, at)
    _cover(moves, payment, at)
    booked = post_many(postings=moves)
    found.state, found.agreed_by, found.agreed_at = CorrectionState.BOOKED, actor.label, at
    found.save(update_fields=["state", "agreed_by", "agreed_at"])
    objection.state, objection.correction_id = ObjectionState.CORRECTED, booked[0]
    objection.named_by, objection.confirmed_by = found.asked_by, actor.label
    objection.save(update_fields=["state", "correction", "named_by", "confirmed_by"])
    check_own(currency=payment.currency, at=at)
    _note("booked", found, actor, at)
    return found


@verb("settlement.drop-commission-correction")
def drop_commission_correction(
    *, correction_id: UUID, actor: Actor, at: datetime
) -> CommissionCorrection:
    """
    Take back that a correction of commission was to be booked, while nobody has agreed.

    :raises NotPermitted: the role does not manage payments
    :raises NoSuchCorrection: unknown, booked or dropped before
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    found = _waiting(correction_id)
    found.state = CorrectionState.DROPPED
    found.save(update_fields=["state"])
    _note("dropped", found, actor, at)
    return found


def book_again(payment: Payment, at: datetime) -> None:
    """
    Book the corrections of a payment that was applied anew, each where it still earned so much.

    Inside the caller's transaction, after its split was booked.
    """
    rows = CommissionCorrection.objects.filter(payment=payment, state=CorrectionState.BOOKED)
    divided = Split.objects.filter(payment=payment).first()
    if divided is None or divided.collector_id is None:
        return
    left = Standing(
        divided.commission, divided.platform_fee, divided.fee_tax, divided.creditor_share
    )
    for each in rows.order_by("agreed_at", "pk"):
        way, parts = Way(each.way), Parts(each.commission, each.fee, each.fee_tax)
        if parts.gross > 0 and left.fits(way, parts.commission, parts.fee, parts.tax):
            post_many(postings=_moves(payment, divided, way, parts, at))
            left = left.after(way, parts.commission, parts.fee, parts.tax)


def _matter(objection_id: UUID, actor: Actor) -> tuple[Objection, Payment, Split]:
    line = Objection.objects.filter(pk=objection_id).select_related("transfer").first()
    if line is None:
        raise NoSuchObjection
    payment_id = commission_of(line.transfer)
    payment = Payment.objects.filter(pk=payment_id).first() if payment_id else None
    if payment is None or payment.claim_id is None:
        raise NoCommissionThere
    lock_claims([payment.claim_id])
    objection = Objection.objects.select_for_update().get(pk=objection_id)
    if objection.state != ObjectionState.UPHELD:
        raise ObjectionAnswered
    if not apart(objection.asked_by, actor):
        raise AnsweredByParty
    payment.refresh_from_db()
    divided = Split.objects.filter(payment=payment).select_related("payment").first()
    if divided is None or standing_of(divided) is None:
        raise NoCommissionThere
    return objection, payment, divided


def _waiting(correction_id: UUID) -> CommissionCorrection:
    asked = CommissionCorrection.objects.filter(pk=correction_id, state=CorrectionState.ASKED)
    found = asked.select_for_update().first()
    if found is None:
        raise NoSuchCorrection
    return found


def _parts(payment: Payment, divided: Split, amount: int) -> Parts:
    """Return whose an amount is, at the fee and the rate of tax of the payment's day."""
    fee, rest = split(amount, fee_on(day_of(payment.received_at)))
    collector = divided.collector_id
    if collector is None:
        raise NoCommissionThere
    rates = taxes_of([collector], day_of(payment.received_at))[collector]
    return Parts(rest, fee, contained(fee, rates.fee))


def _check(way: Way, parts: Parts, left: Standing | None, currency: str) -> None:
    if left is None:
        raise NoCommissionThere
    if not left.fits(way, parts.commission, parts.fee, parts.tax):
        most = left.commission + left.fee if way == Way.BACK else left.creditor
        raise CorrectionTooLarge(amount=f"{to_major(most, currency):,}", currency=currency)


def _moves(payment: Payment, divided: Split, way: Way, parts: Parts, at: datetime) -> list[Posting]:
    if divided.collector_id is None or payment.claim_id is None:
        return []
    creditor = accounts.collected(payment.creditor_id)
    legs = (
        (accounts.payable(divided.collector_id), parts.commission, "commission"),
        (accounts.fees(payment.claim_id), parts.fee - parts.tax, "fee"),
        (accounts.tax(payment.claim_id), parts.tax, "fee_tax"),
    )
    subject, currency = f"payment:{payment.pk}", payment.currency
    return [
        Posting(
            path if way == Way.BACK else creditor,
            creditor if way == Way.BACK else path,
            amount,
            currency,
            f"payment.{kind}_corrected",
            subject,
            at,
        )
        for path, amount, kind in legs
        if amount
    ]


def _cover(moves: list[Posting], payment: Payment, at: datetime) -> None:
    """
    Lend what was paid out of what goes back; of what a creditor bears more nothing is lent.

    :raises CreditorShort: too little is held for it
    """
    paths = {path for move in moves for path in (move.debit, move.credit)}
    lock_accounts(keys={(path, payment.currency) for path in {*paths, accounts.OWN}})
    wanted: Counter[str] = Counter()
    for move in moves:
        wanted[move.debit] += move.amount
    have = balances(paths=list(wanted), currency=payment.currency)
    loans: list[Posting] = []
    for path, amount in sorted(wanted.items()):
        lack = max(amount + have[path], 0)
        if lack and path.startswith("creditor:"):
            raise CreditorShort
        if lack:
            loans += lent(path, lack, payment.currency, f"cover:payment:{payment.pk}", at)
    post_many(postings=loans)


def _note(what: str, made: CommissionCorrection, actor: Actor, at: datetime) -> None:
    record(
        kind=f"commission.correction-{what}",
        subject=f"payment:{made.payment_id}",
        actor=actor,
        at=at,
        correction=made.pk,
        objection=made.objection_id,
        way=made.way,
        amount=made.amount,
        fee=made.fee,
        tax=made.fee_tax,
        currency=made.currency,
    )

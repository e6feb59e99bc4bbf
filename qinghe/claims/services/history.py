"""Files about many contracts, their terms or earlier payments: all of one is taken, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.intake.faults import ADVICE, Fault
from qinghe.claims.intake.payments import PaymentRow, read_payments
from qinghe.claims.intake.terms import TermsRow, read_terms
from qinghe.claims.models import Claim
from qinghe.claims.services.agreed import (
    BadTerms,
    PaymentGiven,
    TermsGiven,
    check_again,
    keep_payments,
    keep_terms,
    lenders_of,
    made,
)
from qinghe.claims.terms import OPEN_STATES
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import NotPermitted, Permission, require

# So many faults are told at once; who has more begins with these.
TOLD: Final = 20
HOME_CURRENCY: Final = "CNY"


class HistoryHasErrors(DomainError):
    code = "claims.history-has-errors"
    status = 422
    text = _("{count} cells are wrong, and nothing was taken. {told}")


@dataclass(frozen=True)
class History:
    """How many rows were kept, and of how many claims; rows that name no open claim here."""

    kept: int
    claims: int
    unmatched: int


@verb("claims.import_history")
def import_history(*, content: bytes, actor: Actor, at: datetime) -> History:
    """
    Keep the earlier payments of a file, each reference once, and check the amounts they concern.

    Payments of contracts that are not here are counted and left for another time.

    :raises NotPermitted: only the creditor's side
    :raises FileUnreadable: not a table, or a needed column is missing
    :raises HistoryHasErrors: a row has a fault; each is told with row, column and fix
    """
    require(actor, Permission.MANAGE_CLAIMS)
    if actor.org_id is None:
        raise NotPermitted
    rows, faults = read_payments(content, currency=HOME_CURRENCY, until=day_of(at))
    if faults:
        raise _refused(faults)
    claims = _claims(actor.org_id, {row.contract_number for row in rows})
    matched = [(claims[r.contract_number], _given(r)) for r in rows if r.contract_number in claims]
    if matched:
        keep_payments(matched, actor, at)
        check_again(list(claims.values()), at)
    return History(len(matched), len(claims), len(rows) - len(matched))


@verb("claims.import_terms")
def import_terms(*, content: bytes, actor: Actor, at: datetime) -> History:
    """
    Keep the terms of many contracts in place of older ones, and check the amounts they concern.

    :raises NotPermitted: only the creditor's side
    :raises FileUnreadable: not a table, or a needed column is missing
    :raises HistoryHasErrors: a row has a fault; each is told with row, column and fix
    """
    require(actor, Permission.MANAGE_CLAIMS)
    if actor.org_id is None:
        raise NotPermitted
    rows, faults = read_terms(content, currency=HOME_CURRENCY)
    claims = _claims(actor.org_id, {row.contract_number for row in rows})
    matched = [row for row in rows if row.contract_number in claims]
    faults += _contradictions(matched, claims, at)
    if faults:
        raise _refused(faults)
    pairs = [(claims[row.contract_number], TermsGiven(**row.facts)) for row in matched]
    if pairs:
        keep_terms(pairs, at)
        check_again(list(claims.values()), at)
        record(kind="claims.terms-delivered", subject="claims", actor=actor, at=at, n=len(pairs))
    return History(len(pairs), len(claims), len(rows) - len(pairs))


def _contradictions(
    rows: Sequence[TermsRow], claims: Mapping[str, Claim], at: datetime
) -> list[Fault]:
    lenders = lenders_of(list(claims.values()))
    faults = []
    for row in rows:
        claim = claims[row.contract_number]
        try:
            made(claim, TermsGiven(**row.facts), lenders[claim.pk], at)
        except BadTerms as wrong:
            fact = str(wrong.facts["fact"])
            faults.append(Fault(row.row, "contract_number", "contradiction", {"fact": fact}))
    return faults


def _refused(faults: Sequence[Fault]) -> HistoryHasErrors:
    told = " ".join(_told(fault) for fault in faults[:TOLD])
    return HistoryHasErrors(count=len(faults), told=told)


def _claims(creditor_id: UUID, numbers: set[str]) -> dict[str, Claim]:
    rows = Claim.objects.filter(
        creditor=creditor_id,
        contract_number__in=numbers,
        state__in=OPEN_STATES,
        currency=HOME_CURRENCY,
    )
    locked = rows.select_related("creditor").order_by("pk")
    return {claim.contract_number: claim for claim in locked.select_for_update(of=("self",))}


def _given(row: PaymentRow) -> PaymentGiven:
    return PaymentGiven(row.on, row.amount, row.reference, row.booked_to)


def _told(fault: Fault) -> str:
    reason, fix = ADVICE[fault.code].told(fault.facts)
    place = _("Row {row}, {column}:").format(row=fault.row, column=fault.column)
    return f"{place} {reason} {fix}"

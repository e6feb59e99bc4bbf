"""A file of earlier payments of many contracts: all of it is taken, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.intake.faults import ADVICE, Fault
from qinghe.claims.intake.payments import PaymentRow, read_payments
from qinghe.claims.models import Claim
from qinghe.claims.services.agreed import PaymentGiven, check_again, keep_payments
from qinghe.claims.terms import OPEN_STATES
from qinghe.journal.services import verb
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
    """How many payments were read, and of how many claims; numbers without a claim here."""

    payments: int
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
        told = " ".join(_told(fault) for fault in faults[:TOLD])
        raise HistoryHasErrors(count=len(faults), told=told)
    claims = _claims(actor.org_id, {row.contract_number for row in rows})
    matched = [(claims[r.contract_number], _given(r)) for r in rows if r.contract_number in claims]
    if matched:
        keep_payments(matched, actor, at)
        check_again(list(claims.values()), at)
    return History(len(matched), len(claims), len(rows) - len(matched))


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

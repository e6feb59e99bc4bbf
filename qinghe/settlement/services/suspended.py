"""What of the money in suspense still waits; told anew whenever something of it moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from qinghe.settlement.bank_terms import GONE
from qinghe.settlement.models import Candidate, Payment, Refund, SendBack, Suspense
from qinghe.settlement.return_terms import REFUNDED, RefundCause
from qinghe.settlement.terms import PaymentSource, PaymentState

# Any constant of our own does.
LOOKING: Final = 0x42616E6B


def one_at_a_time() -> None:
    """Let imports and matching runs follow one another, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOOKING])


def sent_back(payment: Payment) -> int:
    """Return what went back to its payer, or is on its way: no replay may apply it."""
    if payment.source == PaymentSource.CASHIER:
        refunds = Refund.objects.filter(payment=payment, cause=RefundCause.EXCESS)
        return _total(refunds.filter(state__in=REFUNDED))
    if payment.source in (PaymentSource.TRANSFER, PaymentSource.DEBIT):
        return _total(SendBack.objects.filter(payment=payment, state__in=GONE))
    return 0


def _total(rows: QuerySet[Any]) -> int:
    return int(rows.aggregate(total=Coalesce(Sum("amount"), 0))["total"])


def lock_suspense(ids: Iterable[UUID]) -> dict[UUID, Suspense]:
    """Lock money in suspense in the order of its ids; claims are locked before."""
    rows = Suspense.objects.filter(pk__in=list(ids)).order_by("pk")
    locked = rows.select_for_update(of=("self",)).select_related("entry", "payment")
    return {row.pk: row for row in locked}


def tell_rest(suspense: Suspense) -> None:
    """Write down what of locked money still waits."""
    back = _total(SendBack.objects.filter(suspense=suspense, state__in=GONE))
    payment = suspense.payment
    stands = payment is not None and payment.state == PaymentState.POSTED
    applied = payment.amount - payment.excess if payment is not None and stands else 0
    suspense.rest = suspense.amount - suspense.known - back - applied
    suspense.save(update_fields=["rest"])
    if not suspense.rest:
        Candidate.objects.filter(suspense=suspense).delete()


def wait_again(payments: Sequence[Payment]) -> None:
    """Let money wait again that a reversal or a replay no longer applies; claims are locked."""
    transfers = [each.pk for each in payments if each.source == PaymentSource.TRANSFER]
    if not transfers:
        return
    ids = Suspense.objects.filter(payment__in=transfers).values_list("pk", flat=True)
    for suspense in lock_suspense(ids).values():
        tell_rest(suspense)

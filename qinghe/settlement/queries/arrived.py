"""Money that came with a claim's own reference and pays nothing, as its debtor is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor
from qinghe.settlement.bank_terms import GONE, SendBackState
from qinghe.settlement.models import SendBack, Suspense
from qinghe.settlement.terms import PaymentState


@dataclass(frozen=True)
class Arrived:
    """
    One transfer: what of it waits, goes back and went back; amounts in minor units. Whose account
    it came from is not in it.
    """

    came_on: date
    amount: int
    currency: str
    waits: int
    back: int
    gone: int
    gone_at: datetime | None

    @property
    def open(self) -> bool:
        """Tell whether it is still here."""
        return self.waits + self.back > 0

    @property
    def whole(self) -> bool:
        """Tell whether all of it waits, is on its way back, or went."""
        return self.amount in (self.waits, self.back, self.gone)


def arrived(*, claim_id: UUID, actor: Actor) -> list[Arrived]:
    """
    Return what came under the exact reference of a debtor's own claim and is no payment, oldest
    first. Two queries. Whoever is not its debtor sees none.

    What is too much of a payment is told with that payment.
    """
    own = Claim.objects.filter(pk=claim_id, debtor=actor.person_id or UUID(int=0))
    rows = Suspense.objects.filter(entry__claim_number__in=own.values("number"), entry__credit=True)
    found = list(
        rows.exclude(payment__state=PaymentState.POSTED)
        .select_related("entry")
        .order_by("entry__booked_on", "pk")
    )
    backs: dict[UUID | None, list[SendBack]] = {}
    for each in SendBack.objects.filter(suspense__in=found, state__in=GONE):
        backs.setdefault(each.suspense_id, []).append(each)
    told = [_arrived(each, backs.get(each.pk, ())) for each in found]
    return [each for each in told if each.open or each.gone]


def _arrived(suspense: Suspense, backs: Iterable[SendBack]) -> Arrived:
    done = [each for each in backs if each.state == SendBackState.DONE]
    gone = sum(each.amount for each in done)
    return Arrived(
        came_on=suspense.entry.booked_on,
        amount=suspense.amount,
        currency=suspense.currency,
        waits=suspense.rest,
        back=sum(each.amount for each in backs) - gone,
        gone=gone,
        gone_at=max((each.done_at for each in done if each.done_at), default=None),
    )

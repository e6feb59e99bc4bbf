"""What became of money that waited in suspense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank_terms import SendBackState
from qinghe.settlement.models import SendBack, Suspense
from qinghe.settlement.terms import PaymentState


class What(TextChoices):
    """What became of a part."""

    BOOKED = "booked", _("Booked as a payment of claim")
    BACK = "back", _("Sent back under the number")
    KNOWN = "known", _("In the books already")


@dataclass(frozen=True)
class Became:
    """One part of money that waited: minor units, and the claim, number or words it went under."""

    what: What
    amount: int
    currency: str
    under: str
    at: datetime | None = None


def became(*, suspense_id: UUID, actor: Actor) -> list[Became]:
    """
    Return what became of money that waits no more, or of part of it. Two queries.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = Suspense.objects.filter(pk=suspense_id).select_related("payment__claim")
    found, row = [], rows.first()
    if row is None:
        return []
    paid = row.payment
    if paid is not None and paid.state == PaymentState.POSTED:
        number = paid.claim.number if paid.claim else ""
        found.append(Became(What.BOOKED, paid.amount, row.currency, number, paid.received_at))
    for back in SendBack.objects.filter(suspense=row, state=SendBackState.DONE).order_by("pk"):
        found.append(Became(What.BACK, back.amount, row.currency, back.number, back.done_at))
    if row.known:
        found.append(Became(What.KNOWN, row.known, row.currency, row.wish_note))
    return found

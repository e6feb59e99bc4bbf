"""Offers to settle early, and who may make which, as their parties may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from qinghe.casework.models import Authority, EarlyOffer
from qinghe.casework.queries.agreements import AT_MOST, mine
from qinghe.casework.terms import EarlyState, OfferRole
from qinghe.kernel.actor import Actor

AUTHORITY = ("role", "stage", "owed_to", "discount_pct", "days")
OFFER = (
    "id", "claim_id", "claim__number", "claim__debtor__masked_name", "claim__currency", "amount",
    "owed", "last_day", "state", "made_by", "made_at", "accepted_at", "ended_at", "waived",
)  # fmt: skip


@dataclass(frozen=True)
class AuthorityRow:
    """One row of the matrix; no stage and no amount mean everywhere."""

    role: str
    stage: str
    owed_to: int | None
    discount_pct: Decimal
    days: int

    @property
    def role_label(self) -> str:
        return str(OfferRole(self.role).label)


@dataclass(frozen=True)
class EarlyRow:
    """One offer; amounts in minor units."""

    id: UUID
    claim_id: UUID
    claim_number: str
    debtor_masked: str
    currency: str
    amount: int
    owed: int
    last_day: date
    state: str
    made_by: str
    made_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    waived: int

    @property
    def less(self) -> int:
        """Return by how much it was below what was owed."""
        return self.owed - self.amount

    @property
    def state_label(self) -> str:
        return str(EarlyState(self.state).label)

    @property
    def waiting(self) -> bool:
        """Tell whether it waits for the creditor."""
        return self.state == EarlyState.ASKED

    @property
    def payable(self) -> bool:
        """Tell whether the debtor may accept or pay it."""
        return self.state in (EarlyState.OFFERED, EarlyState.ACCEPTED)

    @property
    def accepted(self) -> bool:
        return self.state == EarlyState.ACCEPTED


def early_offers(
    *, actor: Actor, claim_id: UUID | None = None, states: Iterable[str] | None = None
) -> list[EarlyRow]:
    """Return offers on an actor's claims, the newest first."""
    rows = EarlyOffer.objects.filter(mine(actor))
    if claim_id is not None:
        rows = rows.filter(claim=claim_id)
    if states is not None:
        rows = rows.filter(state__in=list(states))
    return [
        EarlyRow(*row) for row in rows.order_by("-made_at", "-id").values_list(*OFFER)[:AT_MOST]
    ]


def early_offer_to(*, claim_id: UUID, actor: Actor) -> EarlyRow | None:
    """Return the offer a debtor may take on a claim; None without one."""
    states = (EarlyState.OFFERED, EarlyState.ACCEPTED)
    return next(iter(early_offers(actor=actor, claim_id=claim_id, states=states)), None)


def authority_of(*, creditor_id: UUID) -> list[AuthorityRow]:
    """Return the matrix of a creditor, for a caller that has passed a guard."""
    rows = Authority.objects.filter(creditor=creditor_id, replaced_at__isnull=True)
    return [AuthorityRow(*row) for row in rows.order_by("seq").values_list(*AUTHORITY)]

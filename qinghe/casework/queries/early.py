"""Offers to settle early, and who may make which, as their parties may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from qinghe.casework.models import Authority, EarlyOffer
from qinghe.casework.queries.agreements import AT_MOST, mine
from qinghe.casework.terms import EarlyState, OfferRole, last_chance
from qinghe.claims.days import day_of
from qinghe.kernel.actor import Actor

AUTHORITY = ("role", "stage", "owed_to", "discount_pct", "days")
OFFER = (
    "id", "claim_id", "claim__number", "claim__debtor__masked_name", "claim__currency", "amount",
    "owed", "last_day", "state", "made_by", "made_at", "accepted_at", "ended_at", "waived",
    "paid_before", "paid_earlier", "claim__paid",
)  # fmt: skip

# What a debtor may accept or pay.
TAKEABLE: Final = (EarlyState.OFFERED, EarlyState.ACCEPTED)


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
    paid_before: int
    paid_earlier: int
    claim_paid: int

    @property
    def came(self) -> int:
        """Return what has been paid since it was made: all of it counts towards it."""
        return max(self._since, 0)

    @property
    def asks(self) -> int:
        """Return what has yet to come for it."""
        return max(self.amount - self._since, 0)

    @property
    def _since(self) -> int:
        return self.claim_paid - self.paid_before - self.paid_earlier

    @property
    def last_chance(self) -> date:
        """Return until when money still counts as in time."""
        return last_chance(self.last_day)

    def pay_by(self, today: date) -> date:
        """Return by when to pay: the days of grace too, once its own day has passed."""
        return self.last_day if today <= self.last_day else self.last_chance

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
        return self.state in TAKEABLE

    @property
    def accepted(self) -> bool:
        return self.state == EarlyState.ACCEPTED


@dataclass(frozen=True)
class Asked:
    """What an offer still asks, in minor units, of money from the day on which it was made."""

    amount: int
    since: date


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


def offers_made(*, actor: Actor) -> list[EarlyRow]:
    """Return every offer that was ever open to the debtor of a claim, the oldest first."""
    open_to = Q(authority__isnull=False) | Q(consented_at__isnull=False)
    rows = EarlyOffer.objects.filter(mine(actor) & open_to).order_by("made_at", "id")
    return [EarlyRow(*row) for row in rows.values_list(*OFFER)[:AT_MOST]]


def early_offer_to(*, claim_id: UUID, actor: Actor, day: date) -> EarlyRow | None:
    """Return the offer a debtor may take on a claim, or pay, on a day; None without one."""
    found = early_offers(actor=actor, claim_id=claim_id, states=TAKEABLE)
    return next((each for each in found if each.last_chance >= day), None)


def still_asked(claim_ids: Collection[UUID], day: date) -> dict[UUID, Asked]:
    """
    Return by claim what an offer that is open on a day still asks; absent are those without one.

    Paying is accepting: whoever has paid so much owes no more.
    """
    rows = EarlyOffer.objects.filter(claim__in=claim_ids, state__in=TAKEABLE)
    rest = F("amount") - F("claim__paid") + F("paid_before") + F("paid_earlier")
    found = rows.annotate(rest=rest).values_list("claim", "rest", "made_at", "last_day")
    return {
        claim: Asked(rest, day_of(made_at))
        for claim, rest, made_at, last_day in found
        if rest > 0 and last_chance(last_day) >= day
    }


def authority_of(*, creditor_id: UUID) -> list[AuthorityRow]:
    """Return the matrix of a creditor, for a caller that has passed a guard."""
    rows = Authority.objects.filter(creditor=creditor_id, replaced_at__isnull=True)
    return [AuthorityRow(*row) for row in rows.order_by("seq").values_list(*AUTHORITY)]

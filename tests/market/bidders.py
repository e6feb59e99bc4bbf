"""A market in which bids are invited: short names for tests."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import BidEnvelope, Invitation, Listing
from qinghe.market.services import hand_in, invite_bid, open_due
from tests import factories
from tests.factories import AT
from tests.market.conftest import licensed, reachable_claim

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
CLOSES = AT + 48 * HOUR
ASKED: dict[str, Any] = {
    "reserve": Decimal("0.30"),
    "closes_at": CLOSES,
    "quality_share": Decimal("0.2"),
    "period_days": 90,
}


def invited(creditor: Actor | None = None, **fields: Any) -> Listing:
    """Offer a new claim to sealed bids; fields are of the offer, or else of the claim."""
    ours = {name: fields.pop(name) for name in list(fields) if name not in {*ASKED, "at"}}
    claim = reachable_claim(**ours)
    given = {"at": AT, **ASKED, **fields}
    actor = creditor or factories.actor(Role.CREDITOR, claim.creditor)
    return invite_bid(claim_id=claim.pk, actor=actor, **given)


def bid(listing: Listing, rate: str, collector: Actor | None = None, **fields: Any) -> BidEnvelope:
    """Hand in a bid of a collector, a new one when none is named."""
    given = {"quality_share": Decimal("0.2"), "at": AT + HOUR, **fields}
    actor = collector or licensed()
    return hand_in(listing_id=listing.pk, rate=Decimal(rate), actor=actor, **given)


def opens(listing: Listing) -> Invitation:
    """Let the clock come to the opening of a box."""
    invitation = Invitation.objects.get(pk=listing.pk)
    open_due(at=invitation.opens_at)
    invitation.refresh_from_db()
    return invitation


def org(actor: Actor) -> UUID:
    """Return the organisation of an actor that has one."""
    assert actor.org_id is not None
    return actor.org_id

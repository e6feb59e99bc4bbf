"""Which published reason a refusal belongs to. Data only."""

from __future__ import annotations

from typing import Final

from qinghe.kernel.errors import DomainError
from qinghe.market import bid_refusals, refusals
from qinghe.market.terms import BidReason

# What concerns the claim and not the bidder: nobody can have it now, whatever was bid.
CLAIM_WIDE: Final = frozenset({refusals.OnHold.code, refusals.CreditorLapsed.code})

REASONS: Final[dict[str, BidReason]] = {
    bid_refusals.BelowFloor.code: BidReason.BELOW_FLOOR,
    bid_refusals.BidsClosed.code: BidReason.LATE,
    refusals.OwnClaim.code: BidReason.CONFLICT,
    refusals.NoLicence.code: BidReason.NO_LICENCE,
    refusals.NoCapacity.code: BidReason.NO_CAPACITY,
    refusals.OverBand.code: BidReason.OVER_BAND,
    refusals.OverExposure.code: BidReason.OVER_EXPOSURE,
    refusals.TermsChanged.code: BidReason.TERMS_CHANGED,
    refusals.OnHold.code: BidReason.STOPPED,
    refusals.CreditorLapsed.code: BidReason.STOPPED,
    refusals.SignerLeft.code: BidReason.NO_STANDING,
    "parties.not-assured": BidReason.NO_STANDING,
    "parties.standing-lapsed": BidReason.NO_STANDING,
    "parties.no-certificate": BidReason.NO_STANDING,
}


def reason_of(refusal: DomainError) -> BidReason | None:
    """Return the reason a refusal is counted under; nothing when it says nothing of the bidder."""
    return REASONS.get(refusal.code)

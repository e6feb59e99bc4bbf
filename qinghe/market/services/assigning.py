"""A claim passes to a new creditor: what the old one had agreed with collectors ends with it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.queries.titles import offer_row
from qinghe.claims.services.titles import assign_claim, offered
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import check_shown
from qinghe.market.models import Listing, Mandate
from qinghe.market.services.listings import close_listing
from qinghe.market.services.mandates import end_for_assignment
from qinghe.market.terms import LIVE, ListingState
from qinghe.parties.roles import Permission, require


@verb("market.take_over")
def take_over(*, title_id: UUID, actor: Actor, at: datetime, seen: str | None = None) -> Claim:
    """
    Accept an offered claim as its new creditor; its open order and its mandate end first.

    A mandate is a contract with the old creditor alone, so it never passes over. What the
    collector earned by payments until now stays; the new creditor places the claim anew.

    :param seen: the mark of the offer that was shown, `OfferRow.shown`
    :raises NotPermitted: only the creditor's side
    :raises NoSuchOffer: unknown, decided before, or offered to somebody else
    :raises ChangedMeanwhile: another amount is owed than was shown
    :raises WrongClaimState: the claim is over
    :raises ContractNumberTaken: the new creditor has a claim of this number
    """
    require(actor, Permission.MANAGE_CLAIMS)
    title = offered(title_id, actor, either=False)
    claim = title.claim
    check_shown(seen, offer_row(title).shown)
    # Locks in the order of this room: the claim is locked, then listing, then mandate.
    for listing in Listing.objects.select_for_update().filter(claim=claim, state=ListingState.OPEN):
        close_listing(listing, ListingState.WITHDRAWN, actor, at)
    live = Mandate.objects.filter(claim=claim, state__in=LIVE).values_list("pk", flat=True)
    for mandate_id in live:
        end_for_assignment(mandate_id, actor, at)
    return assign_claim(title_id=title_id, actor=actor, at=at)

"""How a mandate pauses and ends. Whatever the reason, the place of the collector becomes free."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Claim
from qinghe.claims.services import set_state
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Listing, Mandate
from qinghe.market.queries import mandate_by_id
from qinghe.market.queries.excuses import excuse_of
from qinghe.market.refusals import BadReturnReason, NoSuchMandate, NotLive
from qinghe.market.services.capacity import COLLECTORS, free_one
from qinghe.market.services.listings import close_listing, lock_claims
from qinghe.market.terms import (
    AUTOMATIC,
    LIVE,
    STOPPED,
    ListingState,
    MandateState,
    Mode,
    ReturnReason,
)
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgState

CLOSED = ("state", "reason", "closed_at", "closed_from", "return_code", "excuse")
# Mandates ended in one transaction each; one run of the sweep takes at most so many.
SWEEP_AT_MOST = 20_000


class NotSuspended(DomainError):
    code = "market.not-suspended"
    text = _("This mandate is not suspended.")


@verb("market.recall")
def recall(*, mandate_id: UUID, reason: str, actor: Actor, at: datetime) -> Mandate:
    """
    Take a claim back from its collector at once; the creditor needs no one's consent.

    :raises NoSuchMandate: unknown, or another creditor's
    :raises NotLive: it is over already
    """
    require(actor, Permission.PLACE_CLAIMS)
    return _end(mandate_id, MandateState.RECALLED, reason, actor, at)


@verb("market.give-back")
def give_back(
    *,
    mandate_id: UUID,
    reason: str,
    actor: Actor,
    at: datetime,
    code: str = ReturnReason.OTHER,
) -> Mandate:
    """
    Give an order back to its creditor, who reads the code of the reason and the words.

    Reasons of the collector's own count, see `queries.cooling`; others count until they are borne
    out, see `services.excusing`.

    :raises NoSuchMandate: unknown, or another collector's
    :raises NotLive: it is over already
    :raises BadReturnReason: a code that is not on the list, or the platform's own
    """
    require(actor, Permission.TAKE_ORDERS)
    if code not in ReturnReason.values or code in AUTOMATIC:
        raise BadReturnReason
    return _end(mandate_id, MandateState.RETURNED, reason, actor, at, code)


def return_unserved(*, mandate_id: UUID, code: str, actor: Actor, at: datetime) -> Mandate:
    """End a mandate whose service level was missed after a warning. Part of a sweep."""
    return _end(mandate_id, MandateState.RETURNED, "", actor, at, code)


@verb("market.complete")
def complete(*, mandate_id: UUID, actor: Actor, at: datetime) -> Mandate:
    """
    End the mandate of a settled claim. The floor of money calls it; a mandate that is over stays.

    :raises NoSuchMandate: unknown
    """
    mandate = locked_mandate(mandate_id)
    if mandate.state not in LIVE:
        return mandate
    # Where it stood comes back with the mandate if the money does not stay; see `reinstating`.
    mandate.closed_from = mandate.state
    return _close(mandate, MandateState.COMPLETED, mandate.reason, actor, at)


@verb("market.suspend")
def suspend(*, mandate_id: UUID, cause: str, actor: Actor, at: datetime) -> Mandate:
    """
    Stop all work under a mandate; the collector may read the case but do nothing.

    :raises NotPermitted: the role may not suspend
    :raises NoSuchMandate: unknown
    :raises NotLive: it is over already
    """
    require(actor, Permission.SUSPEND)
    return _switch(mandate_id, MandateState.SUSPENDED, cause, actor, at)


@verb("market.resume")
def resume(*, mandate_id: UUID, reason: str, actor: Actor, at: datetime) -> Mandate:
    """
    Let work under a suspended mandate go on; its two parties read the reason.

    :raises NotPermitted: the role may not decide it
    :raises NoSuchMandate: unknown
    :raises NotLive: it is over already
    :raises NotSuspended: work was never stopped, or goes on already
    """
    require(actor, Permission.SUSPEND)
    if locked_mandate(mandate_id).state == MandateState.ACTIVE:
        raise NotSuspended
    return _switch(mandate_id, MandateState.ACTIVE, reason, actor, at)


@verb("market.end-placement")
def end_placement(*, claim_id: UUID, reason: str, actor: Actor, at: datetime) -> None:
    """
    Take a claim out of the hall and from its collector, on behalf of a floor above.

    The claim's row is locked by the caller, or here.
    """
    lock_claims(Claim.objects.all(), [claim_id])
    for pk in Listing.objects.filter(claim_id=claim_id, state=ListingState.OPEN).values_list("pk"):
        _drop(pk[0], ListingState.WITHDRAWN, actor, at)
    for pk in Mandate.objects.filter(claim_id=claim_id, state__in=LIVE).values_list("pk"):
        _close(locked_mandate(pk[0]), MandateState.RECALLED, reason, actor, at)


def end_expired(*, at: datetime) -> dict[str, int]:
    """
    End what time or other floors have ended: mandates, listings, and those of claims withdrawn.

    A suspended collector cannot act at all, so its orders go back: debtors and creditors would
    else wait for somebody who may not answer.

    Each in a transaction of its own, so that a crash loses nothing. Returns counts by what ended.
    """
    actor = system("market.end-expired")
    live, listed = Mandate.objects.filter(state__in=LIVE), Listing.objects.filter(state="open")
    over = live.filter(ends_at__lte=at)
    orphaned = live.filter(ends_at__gt=at).exclude(claim__state=ClaimState.PLACED)
    gone = Organisation.objects.filter(kind__in=COLLECTORS, state=OrgState.SUSPENDED)
    stopped = live.filter(ends_at__gt=at, collector__in=gone)
    # Sealed bids are opened at their moment, by a clock of their own.
    late = listed.filter(expires_at__lte=at).exclude(mode=Mode.BID)
    lost = listed.filter(expires_at__gt=at).exclude(claim__state=ClaimState.LISTED)
    return {
        "ended": _each(over, lambda pk: _end(pk, MandateState.ENDED, "", actor, at)),
        "closed": _each(orphaned, lambda pk: _end(pk, MandateState.RECALLED, "claim", actor, at)),
        "stopped": _each(stopped, lambda pk: _end(pk, MandateState.RECALLED, STOPPED, actor, at)),
        "expired": _each(late, lambda pk: _drop(pk, ListingState.EXPIRED, actor, at)),
        "withdrawn": _each(lost, lambda pk: _drop(pk, ListingState.WITHDRAWN, actor, at)),
    }


def end_for_assignment(mandate_id: UUID, actor: Actor, at: datetime) -> None:
    """End the mandate of a claim that passes to another creditor; the claim is locked."""
    _close(locked_mandate(mandate_id), MandateState.RECALLED, "assigned", actor, at)


def _each(rows: QuerySet[Any], end: Callable[[UUID], object]) -> int:
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:SWEEP_AT_MOST])
    for pk in ids:
        with transaction.atomic():
            end(pk)
    return len(ids)


def _drop(listing_id: UUID, state: ListingState, actor: Actor, at: datetime) -> None:
    lock_claims(
        Claim.objects.all(), [Listing.objects.values_list("claim_id").get(pk=listing_id)[0]]
    )
    listing = Listing.objects.select_for_update().get(pk=listing_id)
    if listing.state == ListingState.OPEN:
        close_listing(listing, state, actor, at)


def _end(
    mandate_id: UUID,
    state: MandateState,
    reason: str,
    actor: Actor,
    at: datetime,
    code: str = "",
) -> Mandate:
    if actor.role != Role.SYSTEM:
        mandate_by_id(mandate_id=mandate_id, actor=actor)
    mandate = locked_mandate(mandate_id)
    if mandate.state not in LIVE:
        raise NotLive
    mandate.return_code = code
    mandate.excuse = excuse_of(mandate, at)
    return _close(mandate, state, reason, actor, at)


def locked_mandate(mandate_id: UUID) -> Mandate:
    """Lock the claim, then the mandate: the order every writer of this room keeps."""
    claim_id = Mandate.objects.filter(pk=mandate_id).values_list("claim_id", flat=True).first()
    if claim_id is None:
        raise NoSuchMandate
    lock_claims(Claim.objects.all(), [claim_id])
    return (
        Mandate.objects.select_for_update(of=("self",)).select_related("claim").get(pk=mandate_id)
    )


def _close(
    mandate: Mandate, state: MandateState, reason: str, actor: Actor, at: datetime
) -> Mandate:
    mandate.state, mandate.reason, mandate.closed_at = state, reason, at
    mandate.save(update_fields=CLOSED)
    free_one(mandate.collector_id)
    if state != MandateState.COMPLETED:
        # Whoever works it next is one hand further (手别).
        Claim.objects.filter(pk=mandate.claim_id).update(hand=F("hand") + 1)
    if mandate.claim.state == ClaimState.PLACED:
        set_state(claim_id=mandate.claim_id, state=ClaimState.READY, actor=actor, at=at)
    record(
        kind=f"market.mandate-{state.value}",
        subject=f"claim:{mandate.claim_id}",
        actor=actor,
        at=at,
        mandate=mandate.pk,
        collector=mandate.collector_id,
        code=mandate.return_code,
        excuse=mandate.excuse,
    )
    return mandate


def _switch(
    mandate_id: UUID, state: MandateState, cause: str, actor: Actor, at: datetime
) -> Mandate:
    mandate = locked_mandate(mandate_id)
    if mandate.state not in LIVE:
        raise NotLive
    mandate.state, mandate.reason = state, cause
    mandate.save(update_fields=["state", "reason"])
    record(
        kind=f"market.mandate-{state.value}",
        subject=f"claim:{mandate.claim_id}",
        actor=actor,
        at=at,
        mandate=mandate.pk,
        cause=cause,
    )
    return mandate

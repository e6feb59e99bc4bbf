"""
The notice of a claim: that it left, that it came back, and what is asked where none can be sent.

Nobody may collect from who was not told (0030). A notice that came back told nobody: the window
does not run on it, and a claim past its window stands still until a new one has run.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.claims.challenge import challenge_end
from qinghe.claims.models import Claim, Hold, Review
from qinghe.claims.services.holds import place_hold
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import (
    REMINDED_AFTER_DAYS,
    UNTOLD_DAYS,
    ClaimState,
    HoldKind,
    Return,
    ReviewQueue,
    ReviewStep,
)
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Person
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import add_contact_point
from qinghe.parties.terms import Secret, Source

# Where a claim may stand whose window had run on a notice that came back.
PAST: Final = (ClaimState.READY, ClaimState.LISTED, ClaimState.PLACED)
LAWFUL: Final = (Source.CONTRACT, Source.DEBTOR_LEFT, Source.DEBTOR_AUTHORISED)
CHUNK: Final = 500


class NotUntold(DomainError):
    code = "claims.not-untold"
    text = _("Nobody waits for an address of this debtor.")


class AddressSource(DomainError):
    code = "claims.address-source"
    status = 422
    text = _("Say where the address comes from: the contract, or the debtor.")


@verb("claims.notice_sent")
def notice_sent(*, claim_id: UUID, actor: Actor, at: datetime) -> Claim:
    """
    Note that the debtor was told of a claim; the whole challenge window counts from here.

    Told again after a notice that came back, the hold of that lasts for a whole window.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    again = claim.state in PAST and _came_back(claim).exists()
    if claim.noticed_at is not None or not (claim.state == ClaimState.CHALLENGE or again):
        return claim
    zones = Person.objects.values_list("zones", flat=True).get(pk=claim.debtor_id)
    claim.noticed_at, claim.challenge_ends_at = at, challenge_end(zones, at)
    claim.untold_since = claim.reminded_at = None
    fields = ["noticed_at", "challenge_ends_at", "untold_since", "reminded_at"]
    claim.save(update_fields=fields)
    _came_back(claim).update(ends_at=claim.challenge_ends_at)
    _note("claims.noticed", claim, actor, at, ends_at=claim.challenge_ends_at.isoformat())
    return claim


@verb("claims.notice_came_back")
def notice_came_back(
    *, claim_id: UUID, left_at: datetime, cause: str, actor: Actor, at: datetime
) -> Claim:
    """
    Note that a notice came back: a window that counts from it is void, wherever the claim is.

    `left_at` is the moment the notice was noted as sent; one that began nothing changes nothing.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    if claim.noticed_at != left_at or claim.state not in (ClaimState.CHALLENGE, *PAST):
        return claim
    claim.noticed_at = claim.challenge_ends_at = None
    claim.save(update_fields=["noticed_at", "challenge_ends_at"])
    if claim.state in PAST:
        place_hold(
            person_id=claim.debtor_id,
            claim_id=claim.pk,
            kind=HoldKind.BOUNCED,
            cause=cause,
            ends_at=None,
            actor=actor,
            at=at,
        )
    _note("claims.notice-void", claim, actor, at, state=claim.state, cause=cause)
    return claim


@verb("claims.ask_address")
def ask_address(*, claim_id: UUID, actor: Actor, at: datetime) -> Claim:
    """
    Ask the creditor for a way to tell the debtor, once: it stands on its first page from now on.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    if claim.noticed_at is None and claim.untold_since is None:
        claim.untold_since = at
        claim.save(update_fields=["untold_since"])
        _note("claims.address-asked", claim, actor, at)
    return claim


@verb("claims.give_address")
def give_address(*, claim_id: UUID, address: str, source: str, actor: Actor, at: datetime) -> Claim:
    """
    Give a postal address of the debtor; the notice is sent to it with the next look.

    :raises NotPermitted: the actor may not manage claims
    :raises NoSuchClaim: unknown, or another creditor's
    :raises NotUntold: the debtor was told, or nobody asked
    :raises AddressSource: neither from the contract nor from the debtor
    :raises BadIdentity: the address cannot exist
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = locked(claim_id, actor)
    if claim.untold_since is None:
        raise NotUntold
    if source not in LAWFUL:
        raise AddressSource
    add_contact_point(
        person_id=claim.debtor_id,
        kind=Secret.ADDRESS,
        value=address,
        source=source,
        zone="",
        actor=actor,
        at=at,
    )
    _note("claims.address-given", claim, actor, at, source=source)
    return claim


def remind_untold(*, actor: Actor, at: datetime) -> dict[str, int]:
    """
    Remind creditors of claims whose debtor cannot be told; in the end give the claim back to them.

    Each in a transaction of its own. A claim past its window keeps its hold and is not given back.
    """
    waiting = Claim.objects.filter(untold_since__isnull=False, noticed_at__isnull=True)
    due = waiting.filter(
        reminded_at__isnull=True, untold_since__lte=at - timedelta(days=REMINDED_AFTER_DAYS)
    )
    late = waiting.filter(
        state=ClaimState.CHALLENGE, untold_since__lte=at - timedelta(days=UNTOLD_DAYS)
    )
    over = list(late.order_by("untold_since", "pk").values_list("pk", flat=True)[:CHUNK])
    for claim_id in over:
        _give_back(claim_id=claim_id, actor=actor, at=at)
    found = list(due.order_by("untold_since", "pk").values_list("pk", flat=True)[:CHUNK])
    for claim_id in found:
        _remind(claim_id=claim_id, actor=actor, at=at)
    return {"reminded": len(found), "returned": len(over)}


@verb("claims.remind_untold")
def _remind(*, claim_id: UUID, actor: Actor, at: datetime) -> None:
    claim = locked(claim_id)
    if claim.untold_since is not None and claim.reminded_at is None:
        claim.reminded_at = at
        claim.save(update_fields=["reminded_at"])
        _note("claims.address-reminded", claim, actor, at)


@verb("claims.return_untold")
def _give_back(*, claim_id: UUID, actor: Actor, at: datetime) -> None:
    claim = locked(claim_id)
    if claim.state != ClaimState.CHALLENGE or claim.untold_since is None:
        return
    claim.state, claim.review, claim.review_since = ClaimState.SUBMITTED, ReviewQueue.RETURNED, at
    claim.challenge_ends_at = claim.untold_since = claim.reminded_at = None
    claim.save()
    Review.objects.create(
        claim=claim, step=ReviewStep.RETURNED, reason=Return.ADDRESS, by=actor.label, at=at
    )
    _note("claims.review-returned", claim, actor, at, reason=Return.ADDRESS.value)


def _came_back(claim: Claim) -> QuerySet[Hold]:
    return Hold.objects.filter(claim=claim, kind=HoldKind.BOUNCED, lifted_at__isnull=True)


def _note(kind: str, claim: Claim, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=kind,
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        **facts,
    )

"""Move a claim through its life: verify, reject, end the challenge window, place, withdraw."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims import ageing
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, Dispute
from qinghe.claims.queries import claim_view
from qinghe.claims.services.books import write_off
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import (
    CHALLENGE_DAYS,
    NEXT,
    ClaimState,
    DisputeState,
)
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, require


class WrongClaimState(DomainError):
    code = "claims.wrong-state"
    text = _("The claim is in state “{state}”; this step is not open from there.")


class NotVerifiable(DomainError):
    code = "claims.not-verifiable"
    text = _("This claim cannot be released yet. Missing: {missing}.")


class ChallengeOpen(DomainError):
    code = "claims.challenge-open"
    text = _("The debtor may still contest this claim.")


class StillPlaced(DomainError):
    code = "claims.still-placed"
    text = _("A collector has this claim, or it is listed. Recall it first.")


@verb("claims.set_state")
def set_state(*, claim_id: UUID, state: str, actor: Actor, at: datetime) -> Claim:
    """
    Move a claim on behalf of a floor above (listed, placed, ready again, closed).

    :raises NoSuchClaim: unknown id
    :raises WrongClaimState: the step is not open
    """
    claim = locked(claim_id)
    _step(claim, state, actor, at)
    return claim


@verb("claims.set_states")
def set_states(*, claim_ids: Iterable[UUID], state: str, actor: Actor, at: datetime) -> int:
    """
    Move many claims with a fixed number of statements; one entry of the journal names them all.

    :raises WrongClaimState: one of them cannot take the step; none is moved
    """
    rows = Claim.objects.select_for_update(of=("self",), no_key=True)
    claims = list(rows.filter(pk__in=list(claim_ids)).order_by("pk"))
    blocked = next((claim for claim in claims if state not in NEXT[claim.state]), None)
    if blocked is not None:
        raise WrongClaimState(state=ClaimState(blocked.state).label)
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(state=state)
    numbers = [claim.number for claim in claims]
    record(kind="claims.moved", subject="claims", actor=actor, at=at, to=state, numbers=numbers)
    return len(claims)


@verb("claims.verify_claim")
def verify_claim(*, claim_id: UUID, actor: Actor, at: datetime, note: str = "") -> Claim:
    """
    Release a checked claim into its challenge window.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises WrongClaimState: not being verified
    :raises NotVerifiable: something of the checklist is missing
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = locked(claim_id, actor)
    missing = checklist(claim)
    if claim.state == ClaimState.SUBMITTED and missing:
        raise NotVerifiable(missing="; ".join(missing))
    claim.challenge_ends_at = at + timedelta(days=CHALLENGE_DAYS)
    _step(claim, ClaimState.CHALLENGE, actor, at, note=note)
    return claim


def checklist(claim: Claim) -> list[str]:
    """Return what is still missing before a claim may be released, in the active language."""
    return claim_view(claim.pk).blockers


@verb("claims.reject_claim")
def reject_claim(*, claim_id: UUID, reason: str, actor: Actor, at: datetime) -> Claim:
    """
    Turn a claim down; nothing of it is owed here any more.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises WrongClaimState: past the challenge window
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = locked(claim_id, actor)
    _end(claim, ClaimState.REJECTED, actor, at, reason)
    return claim


@verb("claims.end_challenge")
def end_challenge(*, claim_id: UUID, actor: Actor, at: datetime) -> Claim:
    """
    Make a claim ready to place when its window is over and nobody contests it.

    :raises NoSuchClaim: unknown id
    :raises ChallengeOpen: the window or a dispute is open
    :raises WrongClaimState: not in its challenge window
    """
    claim = locked(claim_id)
    disputed = Dispute.objects.filter(claim=claim, state=DisputeState.OPEN).exists()
    early = claim.challenge_ends_at is not None and at < claim.challenge_ends_at
    if claim.state == ClaimState.CHALLENGE and (disputed or early):
        raise ChallengeOpen
    _step(claim, ClaimState.READY, actor, at)
    return claim


@verb("claims.withdraw_claim")
def withdraw_claim(*, claim_id: UUID, reason: str, actor: Actor, at: datetime) -> Claim:
    """
    Take a claim back; nothing of it is owed here any more.

    :raises NotPermitted: the actor may not manage claims
    :raises NoSuchClaim: unknown, or another creditor's
    :raises StillPlaced: listed, or a collector has it
    :raises WrongClaimState: over already
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = locked(claim_id, actor)
    if claim.state in (ClaimState.LISTED, ClaimState.PLACED):
        raise StillPlaced
    _end(claim, ClaimState.WITHDRAWN, actor, at, reason)
    return claim


def stop_claim(claim: Claim, *, reason: str, actor: Actor, at: datetime) -> None:
    """Stop a locked claim for good, from whatever open state, after an upheld dispute."""
    rejected = ClaimState.REJECTED in NEXT[claim.state]
    _end(claim, ClaimState.REJECTED if rejected else ClaimState.WITHDRAWN, actor, at, reason)


def _end(claim: Claim, state: ClaimState, actor: Actor, at: datetime, reason: str) -> None:
    _check(claim, state)
    write_off(claim, at=at)
    claim.closed_at, claim.ended_because = at, reason
    _step(claim, state, actor, at, reason=reason)


def _step(claim: Claim, state: str, actor: Actor, at: datetime, **facts: str) -> None:
    _check(claim, state)
    came_from, claim.state = claim.state, state
    if came_from == ClaimState.CLOSED:
        reopen(claim, at)
    if state == ClaimState.CLOSED:
        claim.closed_at = at
    claim.save()
    record(
        kind="claims.moved",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        came_from=came_from,
        to=state,
        about=facts,
    )


def reopen(claim: Claim, at: datetime) -> None:
    """Make a settled claim's ageing right again, on the row in memory."""
    claim.closed_at = None
    claim.stage = ageing.stage(claim.due_on, day_of(at))
    claim.stage_changes_on = ageing.next_change(claim.due_on, day_of(at))


def _check(claim: Claim, state: str) -> None:
    if state not in NEXT[claim.state]:
        raise WrongClaimState(state=ClaimState(claim.state).label)

"""Move a claim through its life: end the challenge window, place, close, withdraw."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims import ageing
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, Dispute, Review
from qinghe.claims.services.books import write_off
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import (
    NEXT,
    ClaimState,
    DisputeState,
    ReviewQueue,
    ReviewStep,
)
from qinghe.journal.services import note, record, verb
from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, require

PLACE: Final = f"UPDATE claims_claim SET state = '{ClaimState.PLACED.value}' WHERE id = %s"  # noqa: S608


class WrongClaimState(DomainError):
    code = "claims.wrong-state"
    text = _("The claim is in state “{state}”; this step is not open from there.")


class MoreThanLawful(DomainError):
    code = "claims.more-than-lawful"
    text = _(
        "More is claimed than the law permits (too much: {excess}). The creditor corrects the "
        "amount or accepts the lawful one; then the claim can be released."
    )


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
    step(claim, state, actor, at)
    return claim


def place_locked(
    *, claim_id: UUID, debtor_id: UUID, came_from: str, actor: Actor, at: datetime
) -> None:
    """
    Place a claim that the caller has locked and read; it may go with other statements.

    :raises WrongClaimState: the step is not open
    """
    if ClaimState.PLACED not in NEXT[came_from]:
        raise WrongClaimState(state=ClaimState(came_from).label)
    prepared.later(PLACE, [claim_id])
    _note_moved(claim_id, debtor_id, came_from, ClaimState.PLACED, {}, actor, at)


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


@verb("claims.end_challenge")
def end_challenge(*, claim_id: UUID, actor: Actor, at: datetime) -> Claim:
    """
    Make a claim ready to place when its window is over and nobody contests it.

    :raises NoSuchClaim: unknown id
    :raises ChallengeOpen: the window or a dispute is open, or the debtor was not told yet
    :raises WrongClaimState: not in its challenge window
    """
    claim = locked(claim_id)
    disputed = Dispute.objects.filter(claim=claim, state=DisputeState.OPEN).exists()
    early = claim.challenge_ends_at is None or at < claim.challenge_ends_at
    if claim.state == ClaimState.CHALLENGE and (disputed or early or claim.noticed_at is None):
        raise ChallengeOpen
    step(claim, ClaimState.READY, actor, at)
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
    end(claim, ClaimState.WITHDRAWN, actor, at, reason)
    return claim


def stop_claim(claim: Claim, *, reason: str, actor: Actor, at: datetime) -> None:
    """Stop a locked claim for good, from whatever open state, after an upheld dispute."""
    rejected = ClaimState.REJECTED in NEXT[claim.state]
    end(claim, ClaimState.REJECTED if rejected else ClaimState.WITHDRAWN, actor, at, reason)


def end(claim: Claim, state: ClaimState, actor: Actor, at: datetime, reason: str) -> None:
    """End a locked claim: nothing of it is owed here any more."""
    _check(claim, state)
    write_off(claim, at=at)
    claim.closed_at, claim.ended_because = at, reason
    step(claim, state, actor, at, reason=reason)


def step(claim: Claim, state: str, actor: Actor, at: datetime, **facts: str) -> None:
    """Move a locked claim one step, with its entry in the journal."""
    _check(claim, state)
    came_from = claim.state
    if state == ClaimState.CLOSED:
        settle(claim, at)
    else:
        claim.state = state
    if came_from == ClaimState.CLOSED:
        reopen(claim, at)
    claim.save()
    _note_moved(claim.pk, claim.debtor_id, came_from, state, facts, actor, at)


def _note_moved(
    claim_id: UUID,
    debtor_id: UUID,
    came_from: str,
    to: str,
    facts: dict[str, str],
    actor: Actor,
    at: datetime,
) -> None:
    note(
        kind="claims.moved",
        subject=f"claim:{claim_id}",
        actor=actor,
        at=at,
        person_id=debtor_id,
        came_from=came_from,
        to=to,
        about=facts,
    )


def settle(claim: Claim, at: datetime) -> None:
    """Close a claim that owes nothing, on the row in memory; where it stood stays known."""
    claim.closed_from, claim.state, claim.closed_at = claim.state, ClaimState.CLOSED, at


def before_closing(claim: Claim) -> ClaimState:
    """
    Return where a settled claim goes when it owes again: never past a step it had not taken.

    What was listed or in work comes back as ready: its order has ended.
    """
    early = (ClaimState.SUBMITTED, ClaimState.CHALLENGE)
    return ClaimState(claim.closed_from) if claim.closed_from in early else ClaimState.READY


def reopen(claim: Claim, at: datetime) -> None:
    """Make a settled claim's ageing right again, on the row in memory."""
    claim.closed_at = None
    claim.stage = ageing.stage(claim.due_on, day_of(at))
    claim.stage_changes_on = ageing.next_change(claim.due_on, day_of(at))


def _check(claim: Claim, state: str) -> None:
    if state not in NEXT[claim.state]:
        raise WrongClaimState(state=ClaimState(claim.state).label)


def back_to_review(claim: Claim, actor: Actor, at: datetime) -> None:
    """
    Send a locked claim to the review desk again, on the row in memory: more is asked than before.

    Nobody may collect until reviewers released it and the debtor was told anew.
    """
    claim.state, claim.noticed_at, claim.challenge_ends_at = ClaimState.SUBMITTED, None, None
    claim.unseen = True
    claim.untold_since = claim.reminded_at = None
    if claim.review != ReviewQueue.RETURNED:
        claim.review, claim.review_since = ReviewQueue.NEW, at
    Review.objects.create(claim=claim, step=ReviewStep.RAISED, by=actor.label, at=at)

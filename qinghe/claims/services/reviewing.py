"""The review desk: release with two reviewers over a threshold, return, reject, check a sample."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.challenge import challenge_end
from qinghe.claims.contract_terms import Outcome
from qinghe.claims.models import Claim, Review
from qinghe.claims.queries import claim_view
from qinghe.claims.queries.amounts import facts_of
from qinghe.claims.recompute import excess_of, verified
from qinghe.claims.services.locks import locked
from qinghe.claims.services.spoken import check_words
from qinghe.claims.services.states import MoreThanLawful, end, step, stop_claim
from qinghe.claims.services.unseen import changed
from qinghe.claims.terms import (
    OPEN_STATES,
    RETURNED_DAYS,
    TWO_REVIEWERS_MAJOR,
    ClaimState,
    Rejection,
    Release,
    Return,
    ReviewQueue,
    ReviewStep,
)
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import to_major
from qinghe.parties.models import Person
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require

CHUNK = 500


class NotVerifiable(DomainError):
    code = "claims.not-verifiable"
    text = _("This claim cannot be released yet. Missing: {missing}.")


class SecondReviewer(DomainError):
    code = "claims.second-reviewer"
    text = _(
        "A claim of this size needs two reviewers: you checked it first, or your accounts are not "
        "independent. Leave it to somebody else."
    )


class NotInReview(DomainError):
    code = "claims.not-in-review"
    text = _("This claim does not wait for this step. Reload the page.")


class WordsMissing(DomainError):
    code = "claims.words-missing"
    text = _("Write what the creditor should do: it reads your words.")


@verb("claims.verify_claim")
def verify_claim(
    *,
    claim_id: UUID,
    actor: Actor,
    at: datetime,
    reason: str = Release.AGREES,
    note: str = "",
) -> Claim:
    """
    Release a checked claim into its challenge window.

    From `TWO_REVIEWERS_MAJOR` on, the first reviewer only hands it to a second one.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises WrongClaimState: not being verified
    :raises NotVerifiable: something of the checklist is missing
    :raises MoreThanLawful: the contract, calculated again, gives less than is claimed
    :raises SecondReviewer: the second reviewer is not independent of the first
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = locked(claim_id, actor)
    if claim.state == ClaimState.SUBMITTED:
        missing = checklist(claim)
        if missing:
            raise NotVerifiable(missing="; ".join(missing))
        check_lawful(claim, at)
    if claim.state == ClaimState.SUBMITTED and needs_two(claim):
        if claim.review != ReviewQueue.SECOND:
            return _queue(claim, ReviewQueue.SECOND, ReviewStep.SECONDED, reason, note, actor, at)
        if not independent(actor.label, _first(claim)):
            raise SecondReviewer
    _release(claim, ReviewStep.RELEASED, ReviewQueue.DONE, reason, actor, at, note=note)
    return claim


def check_lawful(claim: Claim, at: datetime) -> None:
    """
    Calculate the amount again.

    :raises MoreThanLawful: the contract, calculated again, gives less than is claimed
    """
    check = verified(facts_of([claim])[claim.pk], at=at)
    if check.outcome == Outcome.MORE:
        raise MoreThanLawful(excess=excess_of(check))


def release_automatically(claim: Claim, *, sampled: bool, actor: Actor, at: datetime) -> None:
    """Release a locked claim whose checklist is complete, for a floor above; note it as such."""
    queue = ReviewQueue.SAMPLE if sampled else ReviewQueue.DONE
    _release(claim, ReviewStep.AUTOMATIC, queue, Release.AGREES, actor, at)


@verb("claims.return_claim")
def return_claim(*, claim_id: UUID, reason: str, words: str, actor: Actor, at: datetime) -> Claim:
    """
    Ask the creditor for what is missing; the claim waits, and ends when nobody answers.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises NotInReview: not being verified
    :raises WordsMissing: no words for the creditor
    :raises WordsRefused: the words threaten, insult or mislead
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = locked(claim_id, actor)
    if claim.state != ClaimState.SUBMITTED or claim.review == ReviewQueue.RETURNED:
        raise NotInReview
    if not words.strip():
        raise WordsMissing
    check_words(words)
    code = Return(reason)
    return _queue(claim, ReviewQueue.RETURNED, ReviewStep.RETURNED, code, words, actor, at)


@verb("claims.resubmit_claim")
def resubmit_claim(*, claim_id: UUID, words: str, actor: Actor, at: datetime) -> Claim:
    """
    Answer the reviewer: the claim goes back to the queue.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchClaim: unknown, or another creditor's
    :raises NotInReview: nobody asked
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    claim = locked(claim_id, actor)
    if claim.state != ClaimState.SUBMITTED or claim.review != ReviewQueue.RETURNED:
        raise NotInReview
    changed([claim.pk])
    return _queue(claim, ReviewQueue.NEW, ReviewStep.ANSWERED, "", words, actor, at)


@verb("claims.reject_claim")
def reject_claim(*, claim_id: UUID, reason: str, actor: Actor, at: datetime) -> Claim:
    """
    Turn a claim down; nothing of it is owed here any more.

    `reason` is a code of `Rejection`, and after a colon the words the creditor reads.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises WrongClaimState: past the challenge window
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = locked(claim_id, actor)
    claim.review, claim.review_since = ReviewQueue.DONE, at
    end(claim, ClaimState.REJECTED, actor, at, reason)
    code, _colon, words = reason.partition(":")
    _keep(claim, ReviewStep.REJECTED, code, words.strip(), actor, at)
    return claim


@verb("claims.check_sample")
def check_sample(*, claim_id: UUID, right: bool, words: str, actor: Actor, at: datetime) -> Claim:
    """
    Look at one automatic release. When it was wrong, the claim ends at once, wherever it is.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises NotInReview: not a sample that waits
    :raises WordsMissing: wrong, and no words
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = locked(claim_id, actor)
    if claim.review != ReviewQueue.SAMPLE:
        raise NotInReview
    if not right and not words.strip():
        raise WordsMissing
    taken = ReviewStep.UPHELD if right else ReviewStep.OVERTURNED
    _queue(claim, ReviewQueue.DONE, taken, "", words, actor, at)
    if not right and claim.state in OPEN_STATES:
        stop_claim(claim, reason=f"{Rejection.NO_PROOF}: {words.strip()}", actor=actor, at=at)
    return claim


def end_returned(*, at: datetime) -> int:
    """End claims that were returned and never answered; return how many. Each on its own."""
    actor = system("claims.returned")
    late = Claim.objects.filter(
        state=ClaimState.SUBMITTED,
        review=ReviewQueue.RETURNED,
        review_since__lte=at - timedelta(days=RETURNED_DAYS),
    )
    ids = list(late.order_by("created_at", "pk").values_list("pk", flat=True)[:CHUNK])
    for claim_id in ids:
        reject_claim(claim_id=claim_id, reason=Rejection.NO_PROOF, actor=actor, at=at)
    return len(ids)


def needs_two(claim: Claim) -> bool:
    """Tell whether two reviewers decide about a claim."""
    return to_major(claim.claimed, claim.currency) >= TWO_REVIEWERS_MAJOR


def checklist(claim: Claim) -> list[str]:
    """Return what is still missing before a claim may be released, in the active language."""
    return claim_view(claim.pk).blockers


def _release(
    claim: Claim,
    taken: ReviewStep,
    queue: ReviewQueue,
    reason: str,
    actor: Actor,
    at: datetime,
    note: str = "",
) -> None:
    zones = Person.objects.values_list("zones", flat=True).get(pk=claim.debtor_id)
    claim.challenge_ends_at = challenge_end(zones, at)
    claim.review, claim.review_since = queue, at
    step(claim, ClaimState.CHALLENGE, actor, at, note=note, reason=str(reason))
    _keep(claim, taken, reason, note, actor, at)


def _first(claim: Claim) -> str:
    steps = Review.objects.filter(claim=claim, step=ReviewStep.SECONDED)
    return str(steps.order_by("-at", "-pk").values_list("by", flat=True).first() or "")


def _queue(
    claim: Claim,
    queue: ReviewQueue,
    taken: ReviewStep,
    reason: str,
    words: str,
    actor: Actor,
    at: datetime,
) -> Claim:
    claim.review, claim.review_since = queue, at
    claim.save(update_fields=["review", "review_since"])
    _keep(claim, taken, reason, words, actor, at)
    record(
        kind=f"claims.review-{taken.value}",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        reason=str(reason),
    )
    return claim


def _keep(
    claim: Claim, taken: ReviewStep, reason: str, words: str, actor: Actor, at: datetime
) -> None:
    Review.objects.create(
        claim=claim, step=taken, reason=str(reason), words=words.strip(), by=actor.label, at=at
    )

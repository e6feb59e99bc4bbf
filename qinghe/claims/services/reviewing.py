"""The review desk: release with two reviewers over a threshold, return, reject, check a sample."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from qinghe.claims.challenge import challenge_end
from qinghe.claims.contract_terms import Outcome
from qinghe.claims.models import Claim, Review, Verification
from qinghe.claims.queries import ClaimView, claim_view
from qinghe.claims.queries.amounts import facts_of, view_of_check
from qinghe.claims.queries.remarks import remarks
from qinghe.claims.queries.review import desk_mark
from qinghe.claims.recompute import excess_of, verified
from qinghe.claims.services.desk_refusals import (
    ChecksToCome,
    EmptyAnswer,
    InventedLater,
    InventedWithoutWords,
    NotInReview,
    NotVerifiable,
    RemarkUnanswered,
    SecondReviewer,
    TwoForInvented,
    WordsMissing,
)
from qinghe.claims.services.locks import locked
from qinghe.claims.services.reading import check_identity_seen, check_read
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
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.money import to_major
from qinghe.kernel.shown import check_shown
from qinghe.parties.models import Person
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require

CHUNK = 500
# A word at least: "ok" answers nothing.
SHORTEST_ANSWER = 4


@verb("claims.verify_claim")
def verify_claim(
    *,
    claim_id: UUID,
    actor: Actor,
    at: datetime,
    reason: str = Release.AGREES,
    note: str = "",
    seen: str | None = None,
) -> Claim:
    """
    Release a checked claim into its challenge window.

    From `TWO_REVIEWERS_MAJOR` on, the first reviewer only hands it to a second one. Each of them
    opens the papers first, and answers in the note what the calculation leaves to a person.

    :param seen: the mark of the claim that was shown, `desk_mark`
    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises WrongClaimState: not being verified
    :raises ChangedMeanwhile: the claim is not what was shown
    :raises NotVerifiable: something of the checklist is missing
    :raises ChecksToCome: no check for doubts has looked at it as it stands
    :raises PapersUnread: the actor has not opened a needed paper
    :raises IdentityUnseen: the person is said to agree, and the actor did not open who it is
    :raises MoreThanLawful: the contract, calculated again, gives less than is claimed
    :raises RemarkUnanswered: something is left to a person, and the note is empty
    :raises SecondReviewer: the second reviewer is not independent of the first
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = _as_shown(claim_id, seen, actor)
    if claim.state == ClaimState.SUBMITTED:
        view = claim_view(claim.pk)
        _check_ready(claim, view, reason, actor)
        _check_answered(claim, view, check_lawful(claim, at), note)
    if claim.state == ClaimState.SUBMITTED and needs_two(claim):
        first = _first(claim, ReviewStep.SECONDED)
        if not first:
            return _queue(claim, ReviewQueue.SECOND, ReviewStep.SECONDED, reason, note, actor, at)
        if not independent(actor.label, first):
            raise SecondReviewer
    _release(claim, ReviewStep.RELEASED, ReviewQueue.DONE, reason, actor, at, note=note)
    return claim


def _as_shown(claim_id: UUID, seen: str | None, actor: Actor) -> Claim:
    """Return a claim under its lock that is still what the page of the desk showed."""
    claim = locked(claim_id, actor)
    if seen is not None:
        check_shown(seen, desk_mark(claim_view(claim.pk)))
    return claim


def _check_ready(claim: Claim, view: ClaimView, reason: str, actor: Actor) -> None:
    if view.blockers:
        raise NotVerifiable(missing="; ".join(view.blockers))
    check_read(claim.pk, actor)
    if reason == Release.AGREES:
        check_identity_seen(claim.pk, actor)
    if claim.unseen:
        raise ChecksToCome


def check_lawful(claim: Claim, at: datetime) -> Verification:
    """
    Calculate the amount again, and return the check, unsaved.

    :raises MoreThanLawful: the contract, calculated again, gives less than is claimed
    """
    check = verified(facts_of([claim])[claim.pk], at=at)
    if check.outcome == Outcome.MORE:
        raise MoreThanLawful(excess=excess_of(check))
    return check


def _check_answered(claim: Claim, view: ClaimView, check: Verification, note: str) -> None:
    left = remarks(claim.pk, view.case, view_of_check(check))
    if left and len(note.strip()) < SHORTEST_ANSWER:
        raise RemarkUnanswered(remark=" ".join(left))


def release_automatically(claim: Claim, *, sampled: bool, actor: Actor, at: datetime) -> None:
    """Release a locked claim whose checklist is complete, for a floor above; note it as such."""
    queue = ReviewQueue.SAMPLE if sampled else ReviewQueue.DONE
    _release(claim, ReviewStep.AUTOMATIC, queue, Release.AGREES, actor, at)


@verb("claims.return_claim")
def return_claim(
    *,
    claim_id: UUID,
    reason: str,
    words: str,
    actor: Actor,
    at: datetime,
    seen: str | None = None,
) -> Claim:
    """
    Ask the creditor for what is missing; the claim waits, and ends when nobody answers.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises ChangedMeanwhile: the claim is not what was shown
    :raises NotInReview: not being verified
    :raises WordsMissing: no words for the creditor
    :raises WordsRefused: the words threaten, insult or mislead
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = _as_shown(claim_id, seen, actor)
    if claim.state != ClaimState.SUBMITTED or claim.review == ReviewQueue.RETURNED:
        raise NotInReview
    if not words.strip():
        raise WordsMissing
    check_words(words, to_creditor=True)
    code = Return(reason)
    return _queue(claim, ReviewQueue.RETURNED, ReviewStep.RETURNED, code, words, actor, at)


@verb("claims.resubmit_claim")
def resubmit_claim(*, claim_id: UUID, words: str, actor: Actor, at: datetime) -> Claim:
    """
    Answer the reviewer: the claim goes back to the queue.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchClaim: unknown, or another creditor's
    :raises NotInReview: nobody asked
    :raises EmptyAnswer: a needed paper is missing, and neither a file nor a word came
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    claim = locked(claim_id, actor)
    if claim.state != ClaimState.SUBMITTED or claim.review != ReviewQueue.RETURNED:
        raise NotInReview
    view = claim_view(claim.pk)
    since = claim.review_since or claim.created_at
    added = any(each.usable and each.uploaded_at >= since for each in view.evidence)
    if view.papers.missing and not added and len(words.strip()) < SHORTEST_ANSWER:
        raise EmptyAnswer(papers="; ".join(each.name for each in view.papers.missing))
    changed([claim.pk])
    return _queue(claim, ReviewQueue.NEW, ReviewStep.ANSWERED, "", words, actor, at)


@verb("claims.reject_claim")
def reject_claim(
    *, claim_id: UUID, reason: str, actor: Actor, at: datetime, seen: str | None = None
) -> Claim:
    """
    Turn a claim down; nothing of it is owed here any more.

    `reason` is a code of `Rejection`, and after a colon the words the creditor reads. As invented,
    which is a sanction, the first reviewer only proposes it to a second one.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises ChangedMeanwhile: the claim is not what was shown
    :raises WrongClaimState: past the challenge window
    :raises InventedWithoutWords: invented, and no words
    :raises PapersUnread: invented, and the actor has not opened a needed paper
    :raises TwoForInvented: the actor proposed it, or is not independent of who did
    :raises InventedLater: no longer at the desk
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = _as_shown(claim_id, seen, actor)
    code, _colon, words = reason.partition(":")
    # The platform itself carries out what two officers have found.
    if code == Rejection.INVENTED and actor.role is not Role.SYSTEM:
        if claim.state != ClaimState.SUBMITTED:
            raise InventedLater
        if not words.strip():
            raise InventedWithoutWords
        check_read(claim.pk, actor)
        first = _first(claim, ReviewStep.ACCUSED)
        if not first:
            return _queue(claim, ReviewQueue.SECOND, ReviewStep.ACCUSED, code, words, actor, at)
        if not independent(actor.label, first):
            raise TwoForInvented
    claim.review, claim.review_since = ReviewQueue.DONE, at
    end(claim, ClaimState.REJECTED, actor, at, reason)
    _keep(claim, ReviewStep.REJECTED, code, words.strip(), actor, at)
    return claim


def note_doubt(
    claim: Claim, *, taken: ReviewStep, code: str, words: str, actor: Actor, at: datetime
) -> None:
    """Keep what was decided about a warning of a locked claim, for the floor that decides it."""
    _keep(claim, taken, code, words, actor, at)


@verb("claims.check_sample")
def check_sample(
    *,
    claim_id: UUID,
    right: bool,
    words: str,
    actor: Actor,
    at: datetime,
    seen: str | None = None,
) -> Claim:
    """
    Look at one automatic release. When it was wrong, the claim ends at once, wherever it is.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchClaim: unknown id
    :raises ChangedMeanwhile: the claim is not what was shown
    :raises NotInReview: not a sample that waits
    :raises WordsMissing: wrong, and no words
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim = _as_shown(claim_id, seen, actor)
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


def _first(claim: Claim, wanted: ReviewStep) -> str:
    """Return who left a claim to a second reviewer by a step; nobody when by the other, or none."""
    if claim.review != ReviewQueue.SECOND:
        return ""
    steps = Review.objects.filter(claim=claim, step__in=(ReviewStep.SECONDED, ReviewStep.ACCUSED))
    last = steps.order_by("-at", "-pk").values_list("step", "by").first()
    return str(last[1]) if last and last[0] == wanted else ""


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

"""A creditor objects to a rejection: once, and somebody else than who rejected decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.completeness import names
from qinghe.claims.models import Claim, Line, Objection, Review
from qinghe.claims.queries import claim_view, require_claim
from qinghe.claims.queries.objections import NoSuchObjection, may_object_until, rejecters_of
from qinghe.claims.services.books import book, line
from qinghe.claims.services.evidence import (
    NoSuchKind,
    ReceivedFile,
    add_received,
    kept_file,
)
from qinghe.claims.services.examining import examine
from qinghe.claims.services.locks import locked
from qinghe.claims.services.reading import check_objection_read
from qinghe.claims.services.spoken import check_words
from qinghe.claims.services.states import reopen, step
from qinghe.claims.services.twins import open_pairs_again
from qinghe.claims.terms import (
    GRANTING,
    HEARING_DAYS,
    OBJECTION_DAYS,
    ClaimState,
    Component,
    EvidenceKind,
    LineKind,
    ObjectionGround,
    ObjectionReason,
    ObjectionState,
    ReviewQueue,
    ReviewStep,
)
from qinghe.journal.services import answered_before, record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require


class NothingToObject(DomainError):
    code = "claims.nothing-to-object"
    text = _("Only a rejection by the review desk can be objected to.")


class ObjectionTooLate(DomainError):
    code = "claims.objection-too-late"
    text = _("An objection comes within {days} days of the rejection; that time is over.")


class ObjectedAlready(DomainError):
    code = "claims.objected-already"
    text = _("You have objected to this rejection already. There is one objection.")


class ObjectionWithoutWords(DomainError):
    code = "claims.objection-without-words"
    status = 422
    text = _("Say in your own words why.")


class PapersDoNotShow(DomainError):
    code = "claims.papers-do-not-show"
    text = _(
        "The papers cannot show the claim: {missing} is not on file. Choose another reason, or let "
        "the rejection stand."
    )


class ObjectionDecided(DomainError):
    code = "claims.objection-decided"
    text = _("This objection was decided before.")


class OtherReviewer(DomainError):
    code = "claims.other-reviewer"
    text = _(
        "Somebody else hears this objection: you took part in the rejection, or your accounts are "
        "not independent."
    )


@dataclass(frozen=True)
class Paper:
    """A file that comes with an objection: its kind, name and content."""

    kind: str
    filename: str
    content: bytes


def object_to_rejection(
    *,
    claim_id: UUID,
    ground: str,
    words: str,
    papers: Sequence[Paper] = (),
    actor: Actor,
    at: datetime,
) -> Objection:
    """
    Ask for a second look at a rejected claim, by somebody else than who rejected it.

    Papers are added with it in one step: when one is refused, nothing was sent.

    :raises NotPermitted: the actor may not manage claims
    :raises NoSuchClaim: unknown, or another creditor's
    :raises NothingToObject: not rejected by the review desk
    :raises ObjectionTooLate: rejected too long ago
    :raises ObjectedAlready: objected before
    :raises ObjectionWithoutWords: no words
    :raises NoSuchKind: a paper is no kind of evidence
    :raises DomainError: a paper is not taken, see `add_evidence`
    """
    require(actor, Permission.MANAGE_CLAIMS)
    require_claim(claim_id, actor)
    if any(each.kind not in EvidenceKind.values for each in papers):
        raise NoSuchKind
    if not answered_before(actor):
        _check_may_object(Claim.objects.get(pk=claim_id), words, at)
    # All are looked at before the first is kept: one that is refused leaves nothing behind.
    looked = [(each, examine(each.content, each.filename)) for each in papers]
    files = [(one.kind, kept_file(one.filename, one.content, found)) for one, found in looked]
    return _object(claim_id=claim_id, ground=ground, words=words, files=files, actor=actor, at=at)


@verb("claims.object_to_rejection")
def _object(
    *,
    claim_id: UUID,
    ground: str,
    words: str,
    files: Sequence[tuple[str, ReceivedFile]],
    actor: Actor,
    at: datetime,
) -> Objection:
    claim = locked(claim_id, actor)
    _check_may_object(claim, words, at)
    made = Objection.objects.create(
        claim=claim,
        ground=ObjectionGround(ground),
        words=words.strip(),
        by=actor.label,
        at=at,
        due_at=at + timedelta(days=HEARING_DAYS),
        rejected_by=rejecters_of(claim.pk),
    )
    for kind, file in files:
        add_received(claim_id=claim_id, kind=kind, file=file, actor=actor, at=at)
    _note(ReviewStep.OBJECTED, made, claim, ground, words, actor, at)
    return made


def _check_may_object(claim: Claim, words: str, at: datetime) -> None:
    if Objection.objects.filter(claim=claim).exists():
        raise ObjectedAlready
    until = may_object_until(claim.pk)
    if until is None:
        raise NothingToObject
    if at > until:
        raise ObjectionTooLate(days=OBJECTION_DAYS)
    if not words.strip():
        raise ObjectionWithoutWords


@verb("claims.decide_objection")
def decide_objection(
    *, objection_id: UUID, reason: str, words: str, actor: Actor, at: datetime
) -> Objection:
    """
    Decide an objection: open the claim again for a new check, or let the rejection stand.

    `reason` is a code of `ObjectionReason` and says which of the two; `words` are the creditor's.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchObjection: unknown id
    :raises ObjectionDecided: decided before
    :raises OtherReviewer: who rejected, or somebody who is not independent of them
    :raises ObjectionWithoutWords: no words for the creditor
    :raises WordsRefused: the words threaten, insult or mislead
    :raises PapersUnread: a paper on file was not opened
    :raises PapersDoNotShow: held to be shown by papers, and needed ones are missing
    """
    require(actor, Permission.VERIFY_CLAIMS)
    seen = Objection.objects.filter(pk=objection_id).values_list("claim_id", flat=True).first()
    if seen is None:
        raise NoSuchObjection
    claim = locked(seen, actor)
    made = Objection.objects.select_for_update().get(pk=objection_id)
    if made.state != ObjectionState.OPEN:
        raise ObjectionDecided
    if not all(independent(actor.label, each) for each in made.rejected_by):
        raise OtherReviewer
    if not words.strip():
        raise ObjectionWithoutWords
    check_words(words, to_creditor=True)
    check_objection_read(claim.pk, made.at, actor)
    _check_shown(claim, reason)
    granted = ObjectionReason(reason) in GRANTING
    made.state = ObjectionState.GRANTED if granted else ObjectionState.REFUSED
    made.reason, made.answer = reason, words.strip()
    made.decided_by, made.decided_at = actor.label, at
    made.save()
    if granted:
        _open_again(claim, actor, at)
    taken = ReviewStep.REOPENED if granted else ReviewStep.KEPT
    _note(taken, made, claim, reason, words, actor, at)
    return made


def _check_shown(claim: Claim, reason: str) -> None:
    lacking = claim_view(claim.pk).papers.missing
    if reason == ObjectionReason.PAPERS_SHOW and lacking:
        raise PapersDoNotShow(missing=names(lacking))


def _open_again(claim: Claim, actor: Actor, at: datetime) -> None:
    """Put a claim back to the desk, owing what was written off when it was rejected."""
    assert claim.closed_at is not None
    gone = Line.objects.filter(
        claim=claim, kind=LineKind.WITHDRAWN, booked_at=claim.closed_at
    ).values_list("component", "amount")
    lines = [
        line(claim.pk, part, LineKind.REOPENED, -amount, at)
        for part, amount in gone
        if part in Component.values
    ]
    book(claim, lines)
    reopen(claim, at)
    claim.ended_because, claim.unseen = "", True
    claim.noticed_at = claim.challenge_ends_at = None
    claim.review, claim.review_since = ReviewQueue.NEW, at
    step(claim, ClaimState.SUBMITTED, actor, at)
    open_pairs_again(claim, actor, at)


def _note(
    taken: ReviewStep,
    made: Objection,
    claim: Claim,
    reason: str,
    words: str,
    actor: Actor,
    at: datetime,
) -> None:
    Review.objects.create(
        claim=claim, step=taken, reason=reason, words=words.strip(), by=actor.label, at=at
    )
    record(
        kind=f"claims.review-{taken.value}",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        objection=made.pk,
        because=reason,
    )

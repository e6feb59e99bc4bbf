"""Two claims that may be one debt: a person decides, with the duties of any rejection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qinghe.claims.contract_terms import DuplicateState
from qinghe.claims.models import Claim, Duplicate, Review
from qinghe.claims.queries.titles import NoSuchDuplicate
from qinghe.claims.services.duplicates import cause_of, hold_pairs, only_later
from qinghe.claims.services.holds import lift_hold
from qinghe.claims.services.locks import locked
from qinghe.claims.services.reading import check_pair_read
from qinghe.claims.services.spoken import check_words
from qinghe.claims.services.states import WrongClaimState, stop_claim
from qinghe.claims.terms import OPEN_STATES, ClaimState, Rejection, ReviewQueue, ReviewStep
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Organisation, Person
from qinghe.parties.roles import Permission, require


class DuplicateDecided(DomainError):
    code = "claims.duplicate-decided"
    text = _("This pair of claims was decided before.")


class DuplicateReason(DomainError):
    code = "claims.duplicate-reason"
    status = 422
    text = _("Write the reason, and keep one of the two claims or none.")


class DuplicateNamesOther(DomainError):
    code = "claims.duplicate-names-other"
    status = 422
    text = _(
        "The creditor of the rejected claim reads the reason, and does not learn who the other is: "
        "leave out the other creditor's name and the number of its claim."
    )


@verb("claims.decide_duplicate")
def decide_duplicate(
    *, duplicate_id: UUID, kept_id: UUID | None, reason: str, actor: Actor, at: datetime
) -> Duplicate:
    """
    Decide a pair: they are two debts (nothing kept over the other), or one claim is rejected.

    Each creditor reads about its own claim alone; neither learns who the other is. Whose claim is
    rejected reads the reason, and may object to it as to any rejection.

    :raises NotPermitted: the actor does not verify claims
    :raises NoSuchDuplicate: unknown id
    :raises DuplicateDecided: decided before
    :raises DuplicateReason: no reason, or the claim to keep is none of the two
    :raises TwinsUnread: the actor has not opened a needed paper of one of them
    :raises IdentityUnseen: the actor did not open who they are against
    :raises WordsRefused: the reason threatens, insults or misleads
    :raises DuplicateNamesOther: the reason names the other creditor or its claim
    :raises WrongClaimState: the other claim is over already
    """
    require(actor, Permission.VERIFY_CLAIMS)
    pair = Duplicate.objects.filter(pk=duplicate_id).values_list("first_id", "second_id").first()
    if pair is None:
        raise NoSuchDuplicate
    claims = {pk: locked(pk) for pk in sorted(pair)}
    row = Duplicate.objects.select_for_update().get(pk=duplicate_id)
    if row.state != DuplicateState.OPEN:
        raise DuplicateDecided
    if not reason.strip() or kept_id not in {None, *pair}:
        raise DuplicateReason
    check_pair_read({claim.number: pk for pk, claim in claims.items()}, actor)
    # Lifted first: a claim that ends here needs no hold, one that goes on must be free.
    for pk in pair:
        lift_hold(cause=cause_of(row, pk), actor=actor, at=at)
    if kept_id is not None:
        _reject_other(claims, kept_id, reason.strip(), actor, at)
    _decided(row, claims, kept_id, reason.strip(), actor, at)
    return row


def _decided(
    row: Duplicate,
    claims: Mapping[UUID, Claim],
    kept_id: UUID | None,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep the decision with the pair and, for each claim, among the steps of the desk."""
    row.state = DuplicateState.DECIDED if kept_id else DuplicateState.DIFFERENT
    row.kept_id, row.reason = kept_id, reason
    row.decided_by, row.decided_at = actor.label, at
    row.save(update_fields=["state", "kept_id", "reason", "decided_by", "decided_at"])
    for pk, claim in claims.items():
        taken = ReviewStep.REJECTED if kept_id else ReviewStep.APART
        step = ReviewStep.STANDS if pk == kept_id else taken
        code = Rejection.DUPLICATE if step == ReviewStep.REJECTED else ""
        Review.objects.create(
            claim=claim, step=step, reason=code, words=reason, by=actor.label, at=at
        )
    record(
        kind="claims.duplicate-decided",
        subject=f"claim:{row.second_id}",
        actor=actor,
        at=at,
        pair=row.pk,
        state=row.state,
        kept=kept_id,
        reason=reason,
    )


def open_pairs_again(claim: Claim, actor: Actor, at: datetime) -> None:
    """
    Let pairs wait again by which a locked claim was rejected, now that it is back at the desk.

    Else both would be collected: nobody has decided any more that one of them is not.
    """
    lost = Duplicate.objects.select_for_update(of=("self",)).select_related("first", "second")
    rows = list(lost.filter(state=DuplicateState.DECIDED, kept__isnull=False).filter(_of(claim)))
    for row in rows:
        row.state, row.kept_id, row.reason = DuplicateState.OPEN, None, ""
        row.decided_by, row.decided_at = "", None
        row.save(update_fields=["state", "kept_id", "reason", "decided_by", "decided_at"])
    # The gate locks the same row: a permission is given before the holds, or sees them.
    list(Person.objects.select_for_update(no_key=True).filter(pk=claim.debtor_id).values_list("pk"))
    held = {
        each.pk: each.debtor_id
        for row in rows
        for each in (row.first, row.second)
        if each.state in OPEN_STATES or each.pk == claim.pk
    }
    hold_pairs(rows, held, only_later(rows), actor, at)


def _of(claim: Claim) -> Q:
    return (Q(first=claim) | Q(second=claim)) & ~Q(kept=claim)


def _reject_other(
    claims: Mapping[UUID, Claim], kept_id: UUID, reason: str, actor: Actor, at: datetime
) -> None:
    """Reject the claim that is not kept; its creditor reads the reason."""
    kept = claims[kept_id]
    (other,) = (claim for pk, claim in claims.items() if pk != kept_id)
    if other.state not in OPEN_STATES:
        raise WrongClaimState(state=ClaimState(other.state).label)
    names = [kept.number]
    if kept.creditor_id != other.creditor_id:
        names += Organisation.objects.filter(pk=kept.creditor_id).values_list("name", flat=True)
    if any(name in reason for name in names):
        raise DuplicateNamesOther
    check_words(reason, to_creditor=True)
    other.review, other.review_since = ReviewQueue.DONE, at
    stop_claim(other, reason=f"{Rejection.DUPLICATE}: {reason}", actor=actor, at=at)

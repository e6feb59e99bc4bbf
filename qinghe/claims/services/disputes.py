"""The debtor contests a claim: held from that second, decided by people, corrected line by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, Dispute, Review
from qinghe.claims.queries import NoSuchDispute
from qinghe.claims.queries.sent import dispute_mark
from qinghe.claims.services.books import book, line
from qinghe.claims.services.holds import lift_hold, place_hold
from qinghe.claims.services.locks import locked
from qinghe.claims.services.spoken import check_words
from qinghe.claims.services.states import WrongClaimState, settle, stop_claim
from qinghe.claims.terms import (
    ANSWER_DAYS,
    OPEN_STATES,
    PROOF_DAYS,
    ClaimState,
    Component,
    DisputeState,
    HoldKind,
    LineKind,
    Rejection,
    ReviewStep,
)
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.shown import check_shown
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import seal
from qinghe.parties.terms import Secret


class DisputeOpen(DomainError):
    code = "claims.dispute-open"
    text = _("You have contested this claim already. You will get an answer by {answer_due_on}.")


class DisputeDecided(DomainError):
    code = "claims.dispute-decided"
    text = _("This dispute was decided before.")


class DecisionWithoutReason(DomainError):
    code = "claims.decision-without-reason"
    text = _("Write the reason for the decision: the debtor will read it.")


class BadCorrection(DomainError):
    code = "claims.bad-correction"
    text = _("A correction lowers an amount: give a new {component} between 0 and what is open.")


@verb("claims.open_dispute")
def open_dispute(
    *,
    claim_id: UUID,
    reason: str,
    statement: str,
    actor: Actor,
    at: datetime,
    shared: bool = False,
) -> Dispute:
    """
    Contest a claim; outreach about it stops in the same transaction.

    `shared` lets the creditor read the words and papers; who decides reads them in any case.

    :raises NotPermitted: only debtors contest
    :raises NoSuchClaim: unknown, or not the debtor's own
    :raises WrongClaimState: the claim is over
    :raises DisputeOpen: contested already and not decided
    """
    require(actor, Permission.CONTEST_CLAIM)
    claim = locked(claim_id, actor)
    if claim.state not in OPEN_STATES:
        raise WrongClaimState(state=ClaimState(claim.state).label)
    _check_none_open(claim)
    dispute = _created(claim, reason, statement, shared, at)
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind=HoldKind.DISPUTE,
        cause=f"dispute:{dispute.pk}",
        ends_at=None,
        actor=actor,
        at=at,
    )
    _note("claims.dispute-opened", claim, dispute, actor, at, reason=reason)
    return dispute


@verb("claims.decide_dispute")
def decide_dispute(
    *,
    dispute_id: UUID,
    outcome: str,
    text: str,
    correction: Mapping[str, int] | None,
    actor: Actor,
    at: datetime,
    seen: str | None = None,
) -> Dispute:
    """
    Answer a dispute: stop the claim, correct it (new open amount per component), or dismiss.

    :param seen: the mark of what was shown, `dispute_mark`
    :raises NotPermitted: the actor may not decide disputes
    :raises NoSuchDispute: unknown id
    :raises DisputeDecided: decided before
    :raises ChangedMeanwhile: a side has added something since, or another amount is claimed
    :raises DecisionWithoutReason: no text for the debtor
    :raises WordsRefused: the text threatens, insults or misleads
    :raises BadCorrection: not lower than what is open, or missing for a partial outcome
    """
    require(actor, Permission.DECIDE_DISPUTES)
    found = Dispute.objects.filter(pk=dispute_id).values_list("claim_id", flat=True).first()
    if found is None:
        raise NoSuchDispute
    claim = locked(found, actor)
    dispute = Dispute.objects.select_for_update().get(pk=dispute_id)
    if dispute.state != DisputeState.OPEN:
        raise DisputeDecided
    if seen is not None:
        check_shown(seen, dispute_mark(dispute_id=dispute_id, actor=actor))
    if not text.strip():
        raise DecisionWithoutReason
    check_words(text)
    _carry_out(claim, outcome, correction or {}, dispute, actor, at)
    dispute.state, dispute.decision_text, dispute.decided_at = outcome, text.strip(), at
    dispute.save(update_fields=["state", "decision_text", "decided_at"])
    lift_hold(cause=f"dispute:{dispute.pk}", actor=actor, at=at)
    _note("claims.dispute-decided", claim, dispute, actor, at, outcome=outcome)
    return dispute


@verb("claims.stop_refuted")
def stop_refuted(*, claim_id: UUID, actor: Actor, at: datetime) -> bool:
    """
    Stop a claim that owes again although it was decided while settled that nothing is owed.

    For the floor of money, after a payment was reversed; tells whether it was stopped.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    if claim.state not in OPEN_STATES:
        return False
    why = refuted(claim)
    if why:
        stop_claim(claim, reason=why, actor=actor, at=at)
    return bool(why)


def refuted(claim: Claim) -> str:
    """Return what decided that nothing is owed, as a reason; empty while nothing did."""
    upheld = Dispute.objects.filter(claim=claim, state=DisputeState.UPHELD).first()
    if upheld is not None:
        return f"dispute:{upheld.pk}"
    overturned = Review.objects.filter(claim=claim, step=ReviewStep.OVERTURNED).exists()
    return Rejection.NO_PROOF if overturned else ""


def _check_none_open(claim: Claim) -> None:
    rows = Dispute.objects.filter(claim=claim, state=DisputeState.OPEN)
    due = rows.values_list("answer_due_at", flat=True).first()
    if due is not None:
        raise DisputeOpen(answer_due_on=day_of(due).isoformat())


def _created(claim: Claim, reason: str, statement: str, shared: bool, at: datetime) -> Dispute:
    words = statement.strip()
    sealed = (
        seal(kind=Secret.TEXT, value=words, person_id=claim.debtor_id, at=at) if words else None
    )
    due = at + timedelta(days=ANSWER_DAYS)
    try:
        with transaction.atomic():
            return Dispute.objects.create(
                claim=claim,
                person_id=claim.debtor_id,
                reason=reason,
                statement=sealed,
                shared=shared,
                opened_at=at,
                answer_due_at=due,
                proof_due_at=at + timedelta(days=PROOF_DAYS),
            )
    except IntegrityError:
        raise DisputeOpen(answer_due_on=day_of(due).isoformat()) from None


def _carry_out(
    claim: Claim,
    outcome: str,
    correction: Mapping[str, int],
    dispute: Dispute,
    actor: Actor,
    at: datetime,
) -> None:
    match DisputeState(outcome):
        case DisputeState.UPHELD:
            # Withdrawn or settled meanwhile, it is stopped; the debtor is told all the same.
            if claim.state in OPEN_STATES:
                stop_claim(claim, reason=f"dispute:{dispute.pk}", actor=actor, at=at)
        case DisputeState.PARTLY:
            _correct(claim, correction, dispute, at)
        case DisputeState.OPEN | DisputeState.WITHDRAWN:
            raise DisputeDecided


def _correct(claim: Claim, correction: Mapping[str, int], dispute: Dispute, at: datetime) -> None:
    facts = {"dispute": str(dispute.pk)}
    lines = [
        line(claim.pk, part, LineKind.CORRECTED, _lowering(claim, part, new), at, facts)
        for part, new in correction.items()
    ]
    if not lines:
        raise BadCorrection(component=Component.PRINCIPAL.label)
    book(claim, lines)
    if claim.owed == 0:
        settle(claim, at)
    claim.save()


def _lowering(claim: Claim, part: str, new: int) -> int:
    if part not in Component.values or not 0 <= new < getattr(claim, part):
        label = Component(part).label if part in Component.values else part
        raise BadCorrection(component=label)
    difference: int = new - getattr(claim, part)
    return difference


def _note(
    kind: str, claim: Claim, dispute: Dispute, actor: Actor, at: datetime, **facts: str
) -> None:
    record(
        kind=kind,
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        dispute=dispute.pk,
        about=facts,
    )

"""Hear complaints: contact stops first, the decision comes with its reason and its consequence."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.queries import visible as visible_claims
from qinghe.claims.services import check_words, lift_hold, place_hold
from qinghe.claims.terms import HoldKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import digits, new_id
from qinghe.market.models import Mandate
from qinghe.market.queries.teams import in_own_hands
from qinghe.market.services import suspend
from qinghe.market.terms import LIVE
from qinghe.parties.models import VaultItem
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import seal
from qinghe.parties.terms import Secret
from qinghe.quality.models import Complaint, Sanction
from qinghe.quality.refusals import (
    ComplaintDecided,
    HappenedLater,
    NoSuchComplaint,
    NothingHeld,
    ReasonMissing,
)
from qinghe.quality.services.fault import attribute, hand_then, suspects
from qinghe.quality.services.grading import reconsider, regrade_family
from qinghe.quality.terms import ANSWER_DAYS, APPEAL_DAYS, CAUSE, ComplaintState
from qinghe.settlement.services import forfeit_reserves, hold_reserves, let_reserves_go


@verb("quality.open_complaint")
def open_complaint(
    *,
    kind: str,
    statement: str,
    claim_id: UUID | None,
    person_id: UUID | None,
    actor: Actor,
    at: datetime,
    happened_at: datetime | None = None,
) -> Complaint:
    """
    Take a complaint and stop contact at once: about the claim, or about everything when only the
    person is known. A stranger's complaint is taken too; it has nobody to protect yet. It is about
    the hand in force when it happened, or that just reached the person. No quality part is decided
    meanwhile, and a collector with hardly a record about whom several are heard takes no orders.

    :raises NotPermitted: the role does not complain
    :raises NoSuchClaim: not a claim of the one who complains
    :raises HappenedLater: a moment still to come
    """
    require(actor, Permission.COMPLAIN)
    if happened_at is not None and happened_at > at:
        raise HappenedLater
    claim = _claim(claim_id, actor) if claim_id else None
    person = actor.person_id if actor.role is Role.DEBTOR else person_id
    person = claim.debtor_id if claim else person
    mandate = hand_then(claim.pk, happened_at, at) if claim else None
    complaint = Complaint.objects.create(
        pk=new_id(),
        number=f"TS{day_of(at):%y%m%d}{digits(6)}",
        person_id=person,
        claim=claim,
        mandate=mandate,
        collector_id=mandate.collector_id if mandate else None,
        kind=kind,
        statement=_sealed(statement, person, at),
        happened_at=happened_at,
        opened_at=at,
        due_on=day_of(at) + timedelta(days=ANSWER_DAYS),
    )
    _stop(complaint, actor, at)
    _record("quality.complaint-opened", complaint, actor, at)
    if complaint.collector_id:
        reconsider(complaint.collector_id, at)
    return complaint


@verb("quality.decide_complaint")
def decide_complaint(
    *,
    complaint_id: UUID,
    upheld: bool,
    text: str,
    actor: Actor,
    at: datetime,
    keep_hold: bool = False,
    mandate_id: UUID | None = None,
    nobodys: bool = False,
) -> Complaint:
    """
    Decide a complaint. When it is justified, the mandate is suspended and the waiting part of its
    commission is lost, and the collector is graded at once. Contact may go on afterwards, unless
    the hold is kept.

    `mandate_id` says whose act it was, `nobodys` that it was none of those who worked the claim.

    :raises NotPermitted: the actor does not hear complaints
    :raises NoSuchComplaint: unknown
    :raises ComplaintDecided: decided before
    :raises ReasonMissing: no text for the person who complained
    :raises WordsRefused: the text threatens, insults or misleads
    :raises NotAHand: a mandate of another claim
    :raises HandUnknown: justified, but not said whose act of several it was
    """
    require(actor, Permission.DECIDE_COMPLAINTS)
    complaint = _lock(complaint_id)
    if complaint.state != ComplaintState.OPEN:
        raise ComplaintDecided
    if not text.strip():
        raise ReasonMissing
    check_words(text)
    accused = complaint.collector_id
    if upheld:
        attribute(complaint, mandate_id, nobodys=nobodys)
    complaint.state = ComplaintState.UPHELD if upheld else ComplaintState.DISMISSED
    complaint.decision_text, complaint.decided_at = text.strip(), at
    decided = ["state", "decision_text", "decided_at", "mandate", "collector"]
    complaint.save(update_fields=decided)
    let_reserves_go(cause=_cause(complaint), until=at)
    if upheld and complaint.mandate_id:
        _sanction(complaint, complaint.mandate_id, actor, at)
    if not keep_hold:
        lift_hold(cause=_cause(complaint), actor=actor, at=at)
    _record(f"quality.complaint-{complaint.state}", complaint, actor, at)
    if upheld and complaint.collector_id:
        regrade_family(complaint.collector_id, at)
    if accused and not (upheld and accused == complaint.collector_id):
        reconsider(accused, at)
    return complaint


@verb("quality.withdraw_complaint")
def withdraw_complaint(*, complaint_id: UUID, actor: Actor, at: datetime) -> Complaint:
    """
    Take a complaint back while nobody has decided it; contact may go on, and it never counts.

    A decided complaint is not taken back: what was found stands, and cannot be bought away.

    :raises NotPermitted: not the person it is from
    :raises NoSuchComplaint: unknown, or somebody else's
    :raises ComplaintDecided: decided before
    """
    require(actor, Permission.COMPLAIN)
    complaint = _lock(complaint_id)
    if actor.person_id is None or complaint.person_id != actor.person_id:
        raise NoSuchComplaint
    if complaint.state != ComplaintState.OPEN:
        raise ComplaintDecided
    complaint.state, complaint.decided_at = ComplaintState.WITHDRAWN, at
    complaint.save(update_fields=["state", "decided_at"])
    let_reserves_go(cause=_cause(complaint), until=at)
    lift_hold(cause=_cause(complaint), actor=actor, at=at)
    _record("quality.complaint-withdrawn", complaint, actor, at)
    if complaint.collector_id:
        reconsider(complaint.collector_id, at)
    return complaint


@verb("quality.end_kept_hold")
def end_kept_hold(*, complaint_id: UUID, reason: str, actor: Actor, at: datetime) -> Complaint:
    """
    Let contact go on after a decision that had kept it stopped. The reason stays in the journal.

    :raises NotPermitted: the actor does not hear complaints
    :raises NoSuchComplaint: unknown
    :raises ReasonMissing: no reason
    :raises NothingHeld: not decided yet, or nothing stands any more
    """
    require(actor, Permission.DECIDE_COMPLAINTS)
    complaint = _lock(complaint_id)
    if not reason.strip():
        raise ReasonMissing
    undecided = complaint.state == ComplaintState.OPEN
    if undecided or not lift_hold(cause=_cause(complaint), actor=actor, at=at):
        raise NothingHeld
    _record("quality.hold-ended", complaint, actor, at, reason=reason.strip())
    return complaint


def _claim(claim_id: UUID, actor: Actor) -> Claim:
    claims = Claim.objects.filter(pk=claim_id).select_for_update(no_key=True)
    if actor.role is Role.COLLECTOR:
        # Whoever gave a claim back could else stop the work of the one who has it now.
        own = Mandate.objects.filter(collector=actor.org_id, state__in=LIVE).values("claim")
        claims = claims.filter(in_own_hands(actor, "debtor"), pk__in=own)
    else:
        claims = claims.filter(visible_claims(actor))
    claim = claims.first()
    if claim is None:
        raise NoSuchClaim
    return claim


def _sealed(statement: str, person_id: UUID | None, at: datetime) -> VaultItem | None:
    words = statement.strip()
    return seal(kind=Secret.TEXT, value=words, person_id=person_id, at=at) if words else None


def _stop(complaint: Complaint, actor: Actor, at: datetime) -> None:
    if complaint.person_id:
        place_hold(
            person_id=complaint.person_id,
            claim_id=complaint.claim_id,
            kind=HoldKind.COMPLAINT,
            cause=_cause(complaint),
            ends_at=None,
            actor=actor,
            at=at,
        )
    under = [each.pk for each in suspects(complaint)]
    hold_reserves(mandate_ids=under, cause=_cause(complaint), at=at)


def _lock(complaint_id: UUID) -> Complaint:
    found = Complaint.objects.filter(pk=complaint_id)
    # The claim first, as everywhere.
    list(Claim.objects.filter(pk__in=found.values("claim")).select_for_update(no_key=True))
    complaint = found.select_for_update().first()
    if complaint is None:
        raise NoSuchComplaint
    return complaint


def _sanction(complaint: Complaint, mandate_id: UUID, actor: Actor, at: datetime) -> None:
    live = Mandate.objects.filter(pk=mandate_id, state__in=LIVE).exists()
    if live:
        suspend(mandate_id=mandate_id, cause=_cause(complaint), actor=actor, at=at)
        Sanction.objects.create(complaint=complaint, mandate_id=mandate_id, at=at)
    cause = _cause(complaint)
    forfeit_reserves(mandate_id=mandate_id, cause=cause, actor=actor, at=at)
    # What comes in meanwhile is not measured by a decision that may still fall.
    hold_reserves(mandate_ids=[mandate_id], cause=cause, at=at)
    until = at + timedelta(days=APPEAL_DAYS)
    let_reserves_go(cause=cause, until=until, only=mandate_id)


def _cause(complaint: Complaint) -> str:
    return f"{CAUSE}{complaint.pk}"


def _record(kind: str, complaint: Complaint, actor: Actor, at: datetime, **more: str) -> None:
    record(
        kind=kind,
        subject=f"claim:{complaint.claim_id}" if complaint.claim_id else _cause(complaint),
        actor=actor,
        at=at,
        person_id=complaint.person_id,
        complaint=complaint.pk,
        number=complaint.number,
        about=complaint.kind,
        collector=complaint.collector_id,
        **more,
    )

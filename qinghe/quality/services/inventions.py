"""A claim that never existed: proven by two officers, ended, and its creditor stopped."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim, Dispute
from qinghe.claims.queries.decisions import DENIED
from qinghe.claims.services import (
    check_words,
    hold_creditor,
    lift_hold,
    lift_holds,
    place_hold,
    reject_claim,
    withdraw_claim,
)
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import (
    OPEN_STATES,
    ClaimState,
    DisputeState,
    HoldKind,
    Rejection,
)
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.market.services import end_placement
from qinghe.parties.models import Organisation
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import suspend_organisation
from qinghe.parties.services.lifting import second_agrees
from qinghe.parties.terms import OrgState
from qinghe.quality.models import Invention
from qinghe.quality.refusals import (
    AccusedAlready,
    InventionDecided,
    NoProof,
    NoSuchInvention,
    ReasonMissing,
    SecondOfficer,
)
from qinghe.quality.terms import INVENTION, InventionState
from qinghe.risk.queries import flags


@verb("quality.accuse")
def accuse(*, claim_id: UUID, reason: str, actor: Actor, at: datetime) -> Invention:
    """
    Ask a second officer to find that a claim never existed; contact about it stops at once.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchClaim: unknown claim
    :raises ReasonMissing: no words
    :raises WordsRefused: the words threaten, insult or mislead
    :raises NoProof: neither a confirmed grave warning nor an accepted dispute
    :raises AccusedAlready: it waits for a decision, or was proven
    """
    require(actor, Permission.SUSPEND)
    claim = locked(claim_id, actor)
    if not reason.strip():
        raise ReasonMissing
    check_words(reason)
    proof = _proof(claim_id)
    if not proof:
        raise NoProof
    if Invention.objects.filter(claim=claim).exclude(state=InventionState.DROPPED).exists():
        raise AccusedAlready
    found = Invention.objects.create(
        claim=claim,
        creditor_id=claim.creditor_id,
        proof=proof,
        reason=reason.strip(),
        asked_by=actor.label,
        asked_at=at,
    )
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind=HoldKind.FLAG,
        cause=_cause(found),
        ends_at=None,
        actor=actor,
        at=at,
    )
    _note("asked", found, claim, actor, at)
    return found


@verb("quality.decide_invention")
def decide_invention(*, invention_id: UUID, proven: bool, actor: Actor, at: datetime) -> Invention:
    """
    Decide as the second officer. Proven: the claim ends with nothing owed, its placement too, the
    creditor is suspended, and nobody collects any other claim of it until a person has looked.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchInvention: unknown id
    :raises InventionDecided: decided before
    :raises SecondOfficer: the one who asked, or not independent of them
    """
    require(actor, Permission.SUSPEND)
    seen = Invention.objects.filter(pk=invention_id).values_list("claim_id", flat=True).first()
    if seen is None:
        raise NoSuchInvention
    claim = locked(seen)
    found = Invention.objects.select_for_update().get(pk=invention_id)
    if found.state != InventionState.ASKED:
        raise InventionDecided
    if not independent(actor.label, found.asked_by):
        raise SecondOfficer
    found.state = InventionState.PROVEN if proven else InventionState.DROPPED
    found.decided_by, found.decided_at = actor.label, at
    found.save(update_fields=["state", "decided_by", "decided_at"])
    if proven:
        _carry_out(found, claim, at)
    else:
        lift_hold(cause=_cause(found), actor=actor, at=at)
    _note(found.state, found, claim, actor, at)
    return found


@verb("quality.release_creditor")
def release_creditor(*, invention_id: UUID, reason: str, actor: Actor, at: datetime) -> int:
    """
    Let contact go on about the other claims of a creditor, after people have looked at them.

    Two officers stopped it, two let it go on: the first asks and lifts nothing, the second does.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchInvention: unknown, or not proven
    :raises ReasonMissing: no words
    :raises LiftedBySamePerson: the same officer asked, or stands behind the one who did
    :raises LiftedBySubject: the actor's own organisation
    """
    require(actor, Permission.SUSPEND)
    proven = Invention.objects.filter(pk=invention_id, state=InventionState.PROVEN)
    found = proven.select_for_update().first()
    if found is None:
        raise NoSuchInvention
    if not reason.strip():
        raise ReasonMissing
    if not second_agrees(
        org_id=found.creditor_id, measure=_cause(found), reason=reason, actor=actor, at=at
    ):
        return 0
    lifted: int = lift_holds(cause=_cause(found), actor=actor, at=at)
    return lifted


def _proof(claim_id: UUID) -> list[str]:
    warned = [
        f"flag:{flag.id}" for flag in flags(claim_id) if flag.grave and flag.state == "confirmed"
    ]
    upheld = Dispute.objects.filter(DENIED, claim_id=claim_id, state=DisputeState.UPHELD)
    return warned + [f"dispute:{pk}" for pk in upheld.values_list("pk", flat=True)]


def _carry_out(found: Invention, claim: Claim, at: datetime) -> None:
    """End the claim and stop its creditor, in the name of the platform: two officers decided."""
    platform = system("quality.inventions")
    ended = f"{Rejection.INVENTED}: {found.reason}"
    if claim.state in (ClaimState.LISTED, ClaimState.PLACED):
        end_placement(claim_id=claim.pk, reason=_cause(found), actor=platform, at=at)
        claim.refresh_from_db()
    if claim.state in (ClaimState.SUBMITTED, ClaimState.CHALLENGE):
        reject_claim(claim_id=claim.pk, reason=ended, actor=platform, at=at)
    elif claim.state in OPEN_STATES:
        withdraw_claim(claim_id=claim.pk, reason=ended, actor=platform, at=at)
    creditor = Organisation.objects.select_for_update(no_key=True).get(pk=found.creditor_id)
    if creditor.state != OrgState.SUSPENDED:
        suspend_organisation(org_id=creditor.pk, reason=_cause(found), actor=platform, at=at)
    hold_creditor(
        creditor_id=creditor.pk, kind=HoldKind.FLAG, cause=_cause(found), actor=platform, at=at
    )


def _cause(found: Invention) -> str:
    return f"{INVENTION}{found.pk}"


def _note(what: str, found: Invention, claim: Claim, actor: Actor, at: datetime) -> None:
    record(
        kind=f"quality.invention-{what}",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        invention=found.pk,
        creditor=found.creditor_id,
        proof=found.proof,
    )

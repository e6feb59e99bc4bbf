"""What moves the limitation of a claim: recorded with the evidence that shows it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.contract_terms import ActKind
from qinghe.claims.days import day_of
from qinghe.claims.models import Evidence, LimitationAct
from qinghe.claims.queries.one import NoSuchEvidence
from qinghe.claims.services.locks import locked
from qinghe.claims.services.states import WrongClaimState
from qinghe.claims.services.unseen import changed
from qinghe.claims.terms import OPEN_STATES, ClaimState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, require


class BadAct(DomainError):
    code = "claims.bad-limitation-act"
    status = 422
    text = _(
        "An act has a day that is not to come and ends after it begins; an obstacle needs both."
    )


class NoSuchAct(DomainError):
    code = "claims.no-such-act"
    status = 404
    text = _("This act is not on record. Reload the page.")


@verb("claims.record_act")
def record_act(
    *,
    claim_id: UUID,
    kind: str,
    on: date,
    ended_on: date | None,
    evidence_id: UUID,
    actor: Actor,
    at: datetime,
) -> LimitationAct:
    """
    Record an act that interrupts or suspends the limitation; the same act is kept once.

    It counts once a reviewer has accepted it; whether it then has an effect is judged by the law
    each time somebody asks.

    :raises NotPermitted: only the creditor's side
    :raises NoSuchClaim: unknown, or another creditor's
    :raises WrongClaimState: the claim is over
    :raises BadAct: a day to come, an end before the beginning, an unknown kind
    :raises NoSuchEvidence: the file is not of this claim
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = locked(claim_id, actor)
    if claim.state not in OPEN_STATES:
        raise WrongClaimState(state=ClaimState(claim.state).label)
    if on > day_of(at) or not _possible(kind, on, ended_on):
        raise BadAct
    evidence = Evidence.objects.filter(pk=evidence_id, claim=claim).first()
    if evidence is None:
        raise NoSuchEvidence
    told = {"ended_on": ended_on, "evidence": evidence}
    who = {"recorded_at": at, "recorded_by": actor.label}
    act, new = LimitationAct.objects.get_or_create(
        claim=claim, kind=kind, on=on, defaults={**told, **who}
    )
    if new:
        changed([claim.pk])
        record(
            kind="claims.limitation-act",
            subject=f"claim:{claim.pk}",
            actor=actor,
            at=at,
            person_id=claim.debtor_id,
            act=kind,
            on=on,
            ended_on=ended_on,
            evidence=evidence.pk,
        )
    return act


@verb("claims.decide_act")
def decide_act(*, act_id: UUID, accepted: bool, actor: Actor, at: datetime) -> LimitationAct:
    """
    Say, having looked at its file, whether an act of limitation counts; it can be said anew.

    :raises NotPermitted: the actor may not verify claims
    :raises NoSuchAct: unknown id
    """
    require(actor, Permission.VERIFY_CLAIMS)
    claim_id = LimitationAct.objects.filter(pk=act_id).values_list("claim", flat=True).first()
    if claim_id is None:
        raise NoSuchAct
    claim = locked(claim_id, actor)
    act = LimitationAct.objects.get(pk=act_id)
    act.accepted, act.decided_at, act.decided_by = accepted, at, actor.label
    act.save(update_fields=["accepted", "decided_at", "decided_by"])
    changed([claim.pk])
    record(
        kind="claims.limitation-act-decided",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        act=act.pk,
        accepted=accepted,
    )
    return act


def _possible(kind: str, on: date, ended_on: date | None) -> bool:
    endless = kind == ActKind.SUSPENSION and ended_on is None
    backwards = ended_on is not None and ended_on < on
    return kind in ActKind.values and not endless and not backwards

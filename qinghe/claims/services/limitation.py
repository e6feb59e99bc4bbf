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

    Whether it has an effect is judged by the law each time somebody asks.

    :raises NotPermitted: only the creditor's side
    :raises NoSuchClaim: unknown, or another creditor's
    :raises BadAct: a day to come, an end before the beginning, an unknown kind
    :raises NoSuchEvidence: the file is not of this claim
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = locked(claim_id, actor)
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


def _possible(kind: str, on: date, ended_on: date | None) -> bool:
    endless = kind == ActKind.SUSPENSION and ended_on is None
    backwards = ended_on is not None and ended_on < on
    return kind in ActKind.values and not endless and not backwards

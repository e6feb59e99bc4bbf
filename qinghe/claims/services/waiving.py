"""The rest of a claim is waived because less was agreed and came in time; undone with the money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from qinghe.claims.contract_terms import WriteOff
from qinghe.claims.models import Claim, Line
from qinghe.claims.services.books import book, line
from qinghe.claims.services.locks import locked
from qinghe.claims.services.states import settle
from qinghe.claims.terms import OPEN_STATES, Component, LineKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor


@verb("claims.waive-rest")
def waive_rest(
    *,
    claim_id: UUID,
    cause: str,
    facts: Mapping[str, object],
    kind: str,
    actor: Actor,
    at: datetime,
) -> int:
    """
    Waive all that is open, and settle the claim; return how much that was, in minor units.

    `cause` names the agreement, `facts` its authority and its last day, for whoever asks what a
    line stands on. `kind` is how the journal tells it. The caller has checked the money.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    rest = {part: getattr(claim, part) for part in Component.values}
    if claim.state not in OPEN_STATES or not any(rest.values()):
        return 0
    told = {**facts, "cause": cause, "ground": WriteOff.SETTLEMENT.value}
    book(claim, _lines(claim, {p: -amount for p, amount in rest.items()}, told, at))
    settle(claim, at)
    claim.save()
    _note(kind, claim, sum(rest.values()), cause, actor, at)
    return sum(rest.values())


@verb("claims.restore-rest")
def restore_rest(*, claim_id: UUID, cause: str, actor: Actor, at: datetime) -> int:
    """
    Take a waiver back whose money went back; return how much is owed again by it.

    The claim is open again already, by the payment that was undone.

    :raises NoSuchClaim: unknown id
    """
    claim = locked(claim_id)
    rows = Line.objects.filter(claim=claim, facts__cause=cause)
    back: dict[str, int] = {}
    for part, amount in rows.values_list("component", "amount"):
        back[part] = back.get(part, 0) - amount
    if claim.state not in OPEN_STATES or not any(back.values()):
        return 0
    book(claim, _lines(claim, back, {"cause": cause}, at))
    claim.save()
    _note("claims.rest-restored", claim, sum(back.values()), cause, actor, at)
    return sum(back.values())


def _lines(
    claim: Claim, changes: Mapping[str, int], facts: Mapping[str, object], at: datetime
) -> list[Line]:
    return [
        line(claim.pk, part, LineKind.WAIVED, change, at, facts)
        for part, change in changes.items()
        if change
    ]


def _note(kind: str, claim: Claim, amount: int, cause: str, actor: Actor, at: datetime) -> None:
    record(
        kind=kind,
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        amount=amount,
        cause=cause,
    )

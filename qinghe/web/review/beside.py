"""One claim beside others: its twins side by side, and what else is claimed from the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from qinghe.claims.contract_terms import DuplicateState
from qinghe.claims.queries import ClaimView
from qinghe.claims.queries.burden import others_of, side_by_side
from qinghe.claims.queries.identity import identity_seen
from qinghe.claims.queries.papers import unread_by
from qinghe.claims.queries.titles import DuplicateRow
from qinghe.kernel.actor import Actor
from qinghe.parties.queries import display_names
from qinghe.risk.queries import FlagRow
from qinghe.risk.queries.twins import twins_of


def deciders(pairs: Sequence[DuplicateRow]) -> dict[str, str]:
    """Return the names of those who decided pairs, by what the journal calls them."""
    by = {each.decided_by for each in pairs if ":" in each.decided_by}
    known = display_names([UUID(each.partition(":")[2]) for each in by]) if by else {}
    return {each: known.get(UUID(each.partition(":")[2]), "") for each in by}


def _unread(pair: DuplicateRow, actor: Actor) -> list[tuple[UUID, str, str]]:
    """Return the claims of an open pair with papers an actor has not opened: id, number, which."""
    if pair.state != DuplicateState.OPEN:
        return []
    both = ((pair.first_id, pair.first_number), (pair.second_id, pair.second_number))
    found = [(pk, number, "; ".join(unread_by(pk, actor))) for pk, number in both]
    return [each for each in found if each[2]]


def _stranger(pair: DuplicateRow, actor: Actor) -> bool:
    waits = pair.state == DuplicateState.OPEN
    return waits and not any(identity_seen(x, actor) for x in (pair.first_id, pair.second_id))


def beside(
    view: ClaimView, pairs: Sequence[DuplicateRow], warnings: Sequence[FlagRow], actor: Actor
) -> dict[str, Any]:
    """
    Return the pairs and warnings of a claim with the claims they compare, and the other claims.

    One query for the other claims, and more only where something is to be compared.
    """
    twins = twins_of(view, {each.code for each in warnings})
    wanted = {pk for pair in pairs for pk in (pair.first_id, pair.second_id)}
    wanted |= {pk for found in twins.values() for pk in found}
    rows = side_by_side(wanted | {view.id}, actor=actor) if wanted else {}
    return {
        "pairs": [
            (p, [rows[pk] for pk in (p.first_id, p.second_id) if pk in rows], _unread(p, actor))
            for p in pairs
        ],
        "deciders": deciders(pairs),
        "pair_stranger": any(_stranger(each, actor) for each in pairs),
        "flags": [
            (flag, [rows[pk] for pk in (*twin, view.id) if pk in rows] if twin else [])
            for flag in warnings
            for twin in [twins.get(flag.code, [])]
        ],
        "others": others_of(claim_id=view.id, debtor_id=view.debtor_id, actor=actor),
    }

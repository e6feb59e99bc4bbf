"""
What a person proposed, promised, was offered and asked for, and when contact was paused: all of it.

One shape for programs and for eyes: codes keep their English names, and each has its words beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from qinghe.casework.queries import (
    CallBackRow,
    HardshipRow,
    PlanView,
    PromiseRow,
    call_backs,
    hardships,
    plans,
    promises,
)
from qinghe.casework.queries.early import EarlyRow, offers_made
from qinghe.casework.terms import (
    EarlyState,
    HardshipState,
    OfferRole,
    PlanState,
    PromiseState,
    Rhythm,
)
from qinghe.claims.queries.holds import HoldRow, every_hold
from qinghe.kernel.actor import Actor
from qinghe.portal.claims import hold_words

Row = dict[str, Any]
# How an offer is reckoned against other payments is not about the person.
NOT_TOLD: Final = ("paid_before", "claim_paid")
# Of a hold, its cause is a number of a case that stands under its own name.
HOLD: Final = ("id", "claim_id", "kind", "placed_at", "ends_at", "lifted_at")


@dataclass(frozen=True)
class Arrangements:
    """Everything of one person that was agreed or asked for, the oldest first."""

    plans: list[PlanView]
    offers: list[EarlyRow]
    hardships: list[HardshipRow]
    promises: list[PromiseRow]
    calls: list[CallBackRow]
    holds: list[HoldRow]

    @property
    def statements(self) -> frozenset[UUID]:
        """Return the sealed words that stand with a request for a pause."""
        return frozenset(each.statement_id for each in self.hardships if each.statement_id)


def arrangements_of(person_id: UUID, actor: Actor) -> Arrangements:
    """Return what was agreed with a debtor or asked for, over all claims. Six queries, always."""
    return Arrangements(
        plans=plans(actor=actor, states=PlanState.values),
        offers=offers_made(actor=actor),
        hardships=hardships(actor=actor, states=HardshipState.values),
        promises=promises(actor=actor, states=PromiseState.values),
        calls=call_backs(actor=actor, made=True),
        holds=every_hold(person_id=person_id),
    )


def parts_of(
    found: Arrangements, words: Mapping[UUID, str], numbers: Mapping[UUID, str]
) -> dict[str, list[Row]]:
    """Return the parts of a copy; `words` are opened statements, `numbers` those of claims."""
    return {
        "plans": [_plan(each) for each in found.plans],
        "early_offers": [_offer(each) for each in found.offers],
        "hardship_requests": [_hardship(each, words) for each in found.hardships],
        "promises": [_promise(each) for each in found.promises],
        "agreed_calls": [asdict(each) for each in found.calls],
        "contact_pauses": [_hold(each, numbers) for each in found.holds],
    }


def with_words(opened: Iterable[Row], found: Arrangements) -> tuple[list[Row], dict[UUID, str]]:
    """Return opened texts without those of requests for a pause, and these by their ids."""
    texts, words = [], {}
    for row in opened:
        item_id = row.pop("id")
        if item_id in found.statements:
            words[item_id] = row["value"]
        else:
            texts.append(row)
    return texts, words


def _plan(view: PlanView) -> Row:
    words = {"state_label": PlanState(view.state).label, "rhythm_label": Rhythm(view.rhythm).label}
    return asdict(view) | words


def _offer(row: EarlyRow) -> Row:
    told = {name: value for name, value in asdict(row).items() if name not in NOT_TOLD}
    by = OfferRole(row.made_by).label
    return told | {"state_label": EarlyState(row.state).label, "made_by_label": by}


def _hardship(row: HardshipRow, words: Mapping[UUID, str]) -> Row:
    told = asdict(row)
    said = told.pop("statement_id")
    label = HardshipState(row.state).label
    return told | {"state_label": label, "statement": words.get(said, "")}


def _promise(row: PromiseRow) -> Row:
    return asdict(row) | {"state_label": PromiseState(row.state).label}


def _hold(row: HoldRow, numbers: Mapping[UUID, str]) -> Row:
    told = {name: getattr(row, name) for name in HOLD}
    number = numbers.get(row.claim_id, "") if row.claim_id else ""
    over = row.lifted_at or row.ends_at
    return told | {"claim_number": number, "kind_label": hold_words(row.kind), "over_at": over}

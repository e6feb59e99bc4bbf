"""Place many claims with the operator's own team at once: same checks, a fixed number of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F

from qinghe.claims.models import Claim
from qinghe.claims.services import set_states
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import record_many, verb
from qinghe.kernel.actor import Actor
from qinghe.market.contracts.figures import USUAL, Levels
from qinghe.market.models import Capacity, Mandate
from qinghe.market.placing import Passed, Wish, by_code
from qinghe.market.queries.wished import refusals
from qinghe.market.refusals import NotACollector
from qinghe.market.services.listings import (
    Offer,
    check_collector,
    check_offer,
    claims_to_place,
    not_placed,
)
from qinghe.market.services.signing import prepare, signed_for
from qinghe.market.services.stops import check_stop
from qinghe.market.services.taking import mandate_of, signed_facts
from qinghe.market.terms import Mode
from qinghe.parties.levels import Act
from qinghe.parties.services.assurance import check_standing
from qinghe.parties.terms import OrgKind


@dataclass(frozen=True)
class Placed:
    """What became of many claims: how many were placed, and which not, by reason."""

    placed: int
    passed: list[Passed] = field(default_factory=list)

    @property
    def skipped(self) -> dict[str, int]:
        """Return how many were not, by refusal code."""
        return by_code(self.passed)


@verb("market.place-own-team-many")
def place_own_team_many(
    *,
    claim_ids: Sequence[UUID],
    collector_id: UUID,
    commission_rate: Decimal,
    quality_share: Decimal,
    period_days: int,
    actor: Actor,
    at: datetime,
    levels: Levels = USUAL,
) -> Placed:
    """
    Hand many claims to the operator's own team; those that cannot be placed are counted by reason.

    :raises BadTerms: a rate or the period is out of range, or nothing hangs on quality
    :raises NotACollector: not an active own team
    :raises TakingStopped: a ruling lets the team take nothing for a time
    """
    rates = (Decimal(commission_rate), Decimal(quality_share))
    offer = Offer(Mode.OWN_TEAM, *rates, period_days, levels=levels)
    check_offer(offer, actor)
    team = check_collector(collector_id)
    if team.kind != OrgKind.OWN_TEAM:
        raise NotACollector
    check_stop(collector_id, at)
    check_standing(team, Act.WORK, at)
    locked = claims_to_place(claim_ids, actor)
    # Read below, it must not change before it is used.
    mine = Capacity.objects.filter(collector_id=collector_id)
    mine.select_for_update().first()
    refused = refusals(locked, Wish(Mode.OWN_TEAM, collector_id=collector_id), at)
    fit = [claim for claim in locked if claim.pk not in refused]
    mine.update(live=F("live") + len(fit))
    _begin(fit, collector_id, offer, actor, at)
    return Placed(placed=len(fit), passed=not_placed(claim_ids, locked, refused))


def _begin(
    claims: Sequence[Claim], collector_id: UUID, offer: Offer, actor: Actor, at: datetime
) -> None:
    papers, team = prepare(offer, actor, at), signed_for(collector_id, at)
    made = Mandate.objects.bulk_create(
        [mandate_of(claim, collector_id, offer, actor, at, papers, team) for claim in claims],
        batch_size=1_000,
    )
    ids = [claim.pk for claim in claims]
    set_states(claim_ids=ids, state=ClaimState.PLACED, actor=actor, at=at)
    rows = [(f"claim:{mandate.claim_id}", None, signed_facts(mandate)) for mandate in made]
    record_many(kind="market.taken", rows=rows, actor=actor, at=at)

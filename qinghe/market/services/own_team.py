"""Place many claims with the operator's own team at once: same checks, a fixed number of steps."""

from __future__ import annotations

from collections import Counter
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
from qinghe.kernel.errors import DomainError
from qinghe.market.contracts.figures import USUAL, Levels
from qinghe.market.models import Capacity, Mandate
from qinghe.market.queries.placeable import obstacles
from qinghe.market.refusals import NoLicence, NotACollector, NotYourClaim, TeamFull
from qinghe.market.services.listings import (
    Offer,
    check_collector,
    check_offer,
    claims_to_place,
)
from qinghe.market.services.signing import prepare, signed_for
from qinghe.market.services.stops import check_stop
from qinghe.market.services.taking import mandate_of, signed_facts
from qinghe.market.terms import Mode
from qinghe.parties.levels import Act
from qinghe.parties.queries import licences_on
from qinghe.parties.regions import province_of
from qinghe.parties.services.assurance import check_standing
from qinghe.parties.terms import LicenceKind, OrgKind
from qinghe.rules.contact.clock import NATIONAL, local_day


@dataclass(frozen=True)
class Placed:
    """What became of many claims: how many were placed, and how many not, by refusal code."""

    placed: int
    skipped: dict[str, int] = field(default_factory=dict)


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
    refused: dict[UUID, DomainError | type[DomainError]] = {
        **_unlicensed(locked, collector_id, at),
        **obstacles(locked, at),
    }
    fit = [claim for claim in locked if claim.pk not in refused]
    free = _use(collector_id, len(fit))
    _begin(fit[:free], collector_id, offer, actor, at)
    skipped = Counter(reason.code for reason in refused.values())
    skipped[TeamFull.code] += len(fit) - free
    skipped[NotYourClaim.code] += len(set(claim_ids)) - len(locked)
    return Placed(placed=free, skipped={code: n for code, n in skipped.items() if n})


def _unlicensed(
    claims: Sequence[Claim], collector_id: UUID, at: datetime
) -> dict[UUID, type[DomainError]]:
    """Return the claims whose region no registration of the team covers today."""
    today = local_day(NATIONAL, at)
    valid = licences_on(org_id=collector_id, on=today, kind=LicenceKind.COLLECTION)
    regions = set(valid.values_list("region", flat=True))
    return {
        claim.pk: NoLicence
        for claim in claims
        if not regions & {"", claim.region, province_of(claim.region)}
    }


def _use(collector_id: UUID, wanted: int) -> int:
    """Use as many places of a collector as are free, up to what is wanted; return how many."""
    mine = Capacity.objects.filter(collector_id=collector_id)
    room = mine.select_for_update().first()
    used = min(wanted, max(room.limit - room.live, 0)) if room else 0
    mine.update(live=F("live") + used)
    return used


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

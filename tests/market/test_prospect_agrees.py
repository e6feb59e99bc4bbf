"""Law: what the preview says can be placed in a way is what placing in that way places."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qinghe.claims.models import Claim
from qinghe.claims.services import place_hold
from qinghe.kernel.actor import Actor, Role, system
from qinghe.market.models import Capacity
from qinghe.market.placing import Wish
from qinghe.market.queries.preview import preview
from qinghe.market.services import invite_bids, make_packages, place_own_team_many, publish_many
from qinghe.parties.models import Organisation
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, reachable_claim

AMOUNTS = (200_00, 900_00, 4_000_00, 60_000_00, 900_000_00)
RATES = ("0.01", "0.05", "0.12", "0.2", "0.35", "0.6", "0.99")
CLAIM = st.fixed_dictionaries(
    {
        "principal": st.sampled_from(AMOUNTS),
        "stage": st.sampled_from(["M0", "M2", "M6"]),
        "region": st.sampled_from(["310100", "330100", "440100"]),
        "held": st.sampled_from([False, False, False, True]),
    }
)
WAY = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["grab", "bid", "package", "own_team"]),
        "rate": st.sampled_from(RATES).map(Decimal),
        "minimum": st.integers(5, 8),
        "more": st.integers(0, 4),
        "free": st.integers(0, 6),
    }
)


def _claims(creditor: Organisation, rows: list[dict[str, Any]]) -> list[Claim]:
    made = []
    for row in rows:
        claim = reachable_claim(
            creditor=creditor, principal=row["principal"], stage=row["stage"], region=row["region"]
        )
        if row["held"]:
            place_hold(
                person_id=claim.debtor_id,
                claim_id=claim.pk,
                kind="complaint",
                cause=f"test:{claim.pk}",
                ends_at=None,
                actor=system("test"),
                at=AT,
            )
        made.append(claim)
    return made


def _placed(ids: list[Any], way: dict[str, Any], wish: Wish, actor: Actor) -> Any:
    terms = {**TERMS, "commission_rate": way["rate"], "claim_ids": ids, "actor": actor, "at": AT}
    match way["mode"]:
        case "bid":
            terms["reserve"] = terms.pop("commission_rate")
            return invite_bids(closes_at=AT + timedelta(days=3), **terms)
        case "package":
            return make_packages(minimum=wish.minimum, maximum=wish.maximum, **terms)
        case "own_team":
            return place_own_team_many(collector_id=wish.collector_id, **terms)
    return publish_many(mode="grab", **terms)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(CLAIM, min_size=1, max_size=9), way=WAY)
def test_placing_places_what_the_preview_promised(
    rows: list[dict[str, Any]], way: dict[str, Any]
) -> None:
    with transaction.atomic():
        _judge(rows, way)
        # Each example begins with an empty market.
        transaction.set_rollback(True)


def _judge(rows: list[dict[str, Any]], way: dict[str, Any]) -> None:
    creditor = factories.organisation()
    team = factories.organisation("own_team")
    factories.licence(team, region="310000")
    factories.licence(team, region="330100")
    Capacity.objects.create(collector=team, limit=way["free"], live=0, max_band=9)
    claims = _claims(creditor, rows)
    actor = factories.actor(Role.CREDITOR, creditor)
    wish = Wish(way["mode"], way["rate"], team.pk, way["minimum"], way["minimum"] + way["more"])
    ids = [claim.pk for claim in claims]
    told = preview(claim_ids=ids, actor=actor, at=AT, wish=wish)
    done = _placed(ids, way, wish, actor)
    placed = Claim.objects.filter(pk__in=ids, state__in=("listed", "placed"))
    assert set(placed.values_list("pk", flat=True)) == set(told.placeable)
    assert done.passed == told.passed
    assert len(told.placeable) + sum(each.claims for each in told.passed) == told.asked

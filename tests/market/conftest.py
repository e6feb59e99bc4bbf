"""A claim that may be listed, its creditor, and a collector that may take it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Listing
from qinghe.market.services import publish
from tests import factories
from tests.factories import AT

TERMS: dict[str, Any] = {
    "commission_rate": Decimal("0.25"),
    "quality_share": Decimal("0.2"),
    "period_days": 90,
}


@dataclass
class Market:
    """One creditor with one reachable claim, and one licensed collector."""

    claim: Claim
    creditor: Actor
    collector: Actor

    def list(self, **fields: Any) -> Listing:
        """Offer the claim in the hall."""
        given = {"mode": "grab", "actor": self.creditor, "at": AT, **TERMS, **fields}
        return publish(claim_id=self.claim.pk, **given)


def reachable_claim(**fields: Any) -> Claim:
    """Return a claim of a person who has a phone."""
    claim = factories.claim(**fields)
    factories.point(claim.debtor)
    return claim


def licensed(**fields: Any) -> Actor:
    """Return a collector with capacity and a registration for the whole country."""
    agency = factories.collector(**fields)
    factories.licence(agency)
    return factories.actor(Role.COLLECTOR, agency)


@pytest.fixture
def market(db: None) -> Market:
    claim = reachable_claim()
    return Market(claim, factories.actor(Role.CREDITOR, claim.creditor), licensed(limit=2))

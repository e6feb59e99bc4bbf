from __future__ import annotations

from dataclasses import replace

import pytest

from qinghe.claims.models import Hold
from qinghe.graph.services import leave_trace
from qinghe.graph.terms import TraceKind
from qinghe.kernel.actor import Role, system
from qinghe.market.models import Mandate
from qinghe.market.refusals import OwnClaim
from qinghe.market.services import take
from qinghe.parties.models import Membership, Organisation, User
from qinghe.risk.models import Flag
from tests.factories import AT
from tests.market.conftest import Market

CODE = "91310000MA1FL0000X"


def refused(market: Market) -> bool:
    listing = market.list()
    with pytest.raises(OwnClaim):
        take(listing_id=listing.pk, actor=market.collector, at=AT)
    return not Mandate.objects.exists()


def test_a_firm_does_not_take_its_own_claim_under_another_name(market: Market) -> None:
    Organisation.objects.filter(kind__in=("institution", "agency")).update(credit_code=CODE)
    assert refused(market)


def test_nobody_takes_the_order_of_a_creditor_they_act_for(market: Market) -> None:
    user = User.objects.create_user("both@example.com")
    assert market.creditor.org_id is not None
    Membership.objects.create(
        user=user, organisation_id=market.creditor.org_id, role=Role.CREDITOR, starts_at=AT
    )
    market.collector = replace(market.collector, user_id=user.pk)
    assert refused(market)


def test_who_has_left_the_creditor_may_take(market: Market) -> None:
    listing = market.list()
    mandate = take(listing_id=listing.pk, actor=market.collector, at=AT)
    assert mandate.collector_id == market.collector.org_id


def sign(market: Market, kind: str) -> None:
    for org_id in (market.creditor.org_id, market.collector.org_id):
        assert org_id is not None
        leave_trace(org_id=org_id, kind=kind, value="the same", actor=system("tests"), at=AT)


def test_a_firm_with_the_creditors_account_does_not_take(market: Market) -> None:
    sign(market, TraceKind.ACCOUNT)
    assert refused(market)


def test_a_shared_browser_lets_take_but_a_person_looks_before_anybody_calls(
    market: Market,
) -> None:
    sign(market, TraceKind.DEVICE)
    mandate = take(listing_id=market.list().pk, actor=market.collector, at=AT)
    assert Flag.objects.get(claim=mandate.claim_id).code == "one-hand"
    assert Hold.objects.filter(claim=mandate.claim_id, lifted_at__isnull=True).exists()

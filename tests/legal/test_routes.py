from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation
from pytest_django import Settings

from qinghe.casework.services import propose_plan
from qinghe.claims.models import Claim, Evidence
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.services import open_dispute
from qinghe.kernel.actor import Role
from qinghe.legal.queries import Route, limitation_of, routes
from qinghe.parties.models import ContactPoint
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT

TODAY = date(2026, 11, 23)


@pytest.fixture
def case(db: None) -> Case:
    return make_case()


def open_routes(case: Case, on: date = TODAY) -> dict[str, Route]:
    found = routes(claim_id=case.claim.pk, actor=case.collector, on=on)
    return {route.code: route for route in found}


def test_a_documented_claim_may_go_to_court_or_get_a_payment_order(case: Case) -> None:
    found = open_routes(case)
    assert [code for code, route in found.items() if route.available] == [
        "plan",
        "mediation",
        "payment_order",
        "suit",
    ]
    assert all(route.why for route in found.values())
    assert found["payment_order"].steps[0].startswith("CN-RTE-02")


def test_a_closed_claim_says_so_on_every_route(case: Case) -> None:
    Claim.objects.filter(pk=case.claim.pk).update(state="withdrawn")
    with translation.override("en"):
        found = open_routes(case)
    assert not any(route.available for route in found.values())
    reasons = {route.why for code, route in found.items() if code != "arbitration"}
    assert reasons == {"The claim is closed."}


def test_without_evidence_no_court(case: Case) -> None:
    Evidence.objects.update(superseded_at=AT, superseded_because="unreadable")
    found = open_routes(case)
    assert not found["suit"].available
    assert not found["payment_order"].available


def test_an_order_that_cannot_be_served_is_not_open(case: Case) -> None:
    ContactPoint.objects.filter(kind="address").update(state="invalid")
    assert not open_routes(case)["payment_order"].available
    assert open_routes(case)["suit"].available


def test_a_contested_claim_gets_no_payment_order(case: Case) -> None:
    open_dispute(
        claim_id=case.claim.pk,
        reason="amount",
        statement="",
        actor=factories.debtor_of(case.claim),
        at=AT,
    )
    assert not open_routes(case)["payment_order"].available


def test_small_claims_need_the_wage_of_the_province(case: Case, settings: Settings) -> None:
    assert not open_routes(case)["small_claims"].available
    settings.QINGHE_AVERAGE_WAGES = {"310000": 10_000_000}
    assert open_routes(case)["small_claims"].available
    settings.QINGHE_AVERAGE_WAGES = {"310000": 100_000}
    assert not open_routes(case)["small_claims"].available


def test_an_old_claim_may_be_met_by_the_defence_until_the_debtor_acts(case: Case) -> None:
    Claim.objects.filter(pk=case.claim.pk).update(due_on=date(2023, 12, 1))
    late = date(2026, 12, 20)
    before = limitation_of(claim_id=case.claim.pk, actor=case.collector, on=late)
    assert before is not None
    assert before.defence_available
    with translation.override("en"):
        assert "too old" in open_routes(case, late)["suit"].why
    debtor = factories.debtor_of(case.claim)
    propose_plan(claim_id=case.claim.pk, monthly=50_000, actor=debtor, at=AT)
    after = limitation_of(claim_id=case.claim.pk, actor=case.collector, on=late)
    assert after is not None
    assert not after.defence_available


@pytest.mark.parametrize("role", [Role.REGULATOR, Role.CREDITOR, Role.COLLECTOR])
def test_strangers_see_no_routes(case: Case, role: Role) -> None:
    stranger: Any = factories.actor(role, factories.organisation())
    with pytest.raises(NoSuchClaim):
        routes(claim_id=case.claim.pk, actor=stranger, on=TODAY)

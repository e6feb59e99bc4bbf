"""What a debtor sent and nobody has decided is taken back by the debtor alone."""

from __future__ import annotations

import pytest
from django.test import Client

from qinghe.casework.models import Plan
from qinghe.casework.refusals import NoSuchPlan
from qinghe.casework.services import contest_claim, decide_plan, propose_plan, withdraw_plan
from qinghe.claims.models import Dispute, Hold
from qinghe.claims.queries import NoSuchDispute
from qinghe.claims.services import decide_dispute, withdraw_dispute
from qinghe.claims.services.disputes import DisputeDecided
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.portal.conftest import NOON, World
from tests.portal.test_answers import call, send
from tests.portal.test_debit import running


def debtor(world: World) -> Actor:
    return Actor(Role.DEBTOR, person_id=world.person.pk)


def proposed(world: World) -> Plan:
    return propose_plan(claim_id=world.claim.pk, monthly=30_000, actor=debtor(world), at=NOON)


def contested(world: World) -> Dispute:
    return contest_claim(
        claim_id=world.claim.pk, reason="paid", statement="Paid", actor=debtor(world), at=NOON
    )


def test_a_proposal_is_taken_back_and_another_may_be_made(inside: Client, world: World) -> None:
    proposed(world)
    place = f"/d/claims/{world.claim.pk}/plan/"
    assert 'data-test="plan-back"' in inside.get(place).text
    page = inside.post(f"{place}back/", follow=True).text
    assert Plan.objects.get().state == "withdrawn"
    assert 'data-test="plan-back"' not in page
    again = inside.post(f"{place}back/", follow=True)
    assert (again.status_code, again.redirect_chain) == (200, [(place, 302)])
    assert "No proposal is waiting: it was taken back or answered before." in again.text
    assert inside.post(f"/d/claims/{world.strange.pk}/plan/back/").status_code == 404
    assert proposed(world).state == "proposed"


def test_an_agreed_plan_is_not_taken_back_nor_by_others(world: World) -> None:
    plan = proposed(world)
    for role in (Role.CREDITOR, Role.COLLECTOR):
        other = factories.actor(role, world.creditor if role is Role.CREDITOR else world.collector)
        with pytest.raises(NotPermitted):
            withdraw_plan(claim_id=world.claim.pk, actor=other, at=NOON)
    stranger = Actor(Role.DEBTOR, person_id=world.stranger.pk)
    with pytest.raises(DomainError):
        withdraw_plan(claim_id=world.claim.pk, actor=stranger, at=NOON)
    creditor = factories.actor(Role.CREDITOR, world.creditor)
    decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=NOON)
    with pytest.raises(NoSuchPlan):
        withdraw_plan(claim_id=world.claim.pk, actor=debtor(world), at=NOON)


def test_contesting_ends_a_proposal_and_no_plan_is_offered(inside: Client, world: World) -> None:
    place = f"/d/claims/{world.claim.pk}/"
    assert 'data-test="plan"' in inside.get(place).text
    proposed(world)
    send(inside, f"claims/{world.claim.pk}/contest/", reason="paid", statement="Paid")
    assert Plan.objects.get().state == "withdrawn"
    page = inside.get(place).text
    assert 'data-test="plan"' not in page
    assert "Propose a plan" not in page


def test_contesting_leaves_an_agreed_plan(world: World) -> None:
    plan = running(world)
    contested(world)
    plan.refresh_from_db()
    assert plan.state == "active"


def test_a_contest_is_taken_back_and_contact_may_go_on(inside: Client, world: World) -> None:
    place = f"claims/{world.claim.pk}/contest/"
    assert 'data-test="contest-back"' not in inside.get(f"/d/{place}").text
    send(inside, place, reason="unknown")
    assert call(world) == "refused"
    page = inside.get(f"/d/{place}").text
    assert "Nobody may ask you to do this" in page
    page = inside.post(f"/d/{place}back/", follow=True).text
    assert 'data-test="contest-taken-back"' in page
    assert "Our answer" not in page
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.decided_at) == ("withdrawn", NOON)
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()
    assert call(world) != "refused"
    assert Entry.objects.filter(kind="claims.dispute-withdrawn").count() == 1
    assert 'data-test="answered"' not in inside.get(f"/d/claims/{world.claim.pk}/").text
    assert inside.post(f"/d/{place}back/").status_code == 404
    # It can be said again.
    send(inside, place, reason="paid")
    assert Dispute.objects.filter(state="open").count() == 1


def test_what_was_decided_or_is_not_ones_own_is_not_taken_back(world: World) -> None:
    dispute = contested(world)
    for who in (
        factories.actor(Role.CREDITOR, world.creditor),
        Actor(Role.DEBTOR, person_id=world.stranger.pk),
    ):
        with pytest.raises(DomainError):
            withdraw_dispute(claim_id=world.claim.pk, actor=who, at=NOON)
    officer = factories.actor(Role.COMPLIANCE)
    with pytest.raises(DisputeDecided):
        decide_dispute(
            dispute_id=dispute.pk, outcome="withdrawn", text="No.", correction=None,
            actor=officer, at=NOON,
        )  # fmt: skip
    decide_dispute(
        dispute_id=dispute.pk, outcome="dismissed", text="No.", correction=None,
        actor=officer, at=NOON,
    )  # fmt: skip
    with pytest.raises(NoSuchDispute):
        withdraw_dispute(claim_id=world.claim.pk, actor=debtor(world), at=NOON)

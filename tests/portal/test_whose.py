"""What a person reads about the amount and about whose claim it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.test import Client

from qinghe.claims.models import Claim, Title
from qinghe.claims.services import TermsGiven, deliver_terms, restate
from qinghe.kernel.actor import Role
from tests import factories
from tests.portal.conftest import NOON, World


def lines_page(inside: Client, claim: Claim) -> str:
    return inside.get(f"/d/claims/{claim.pk}/lines/").content.decode()


def told(world: World) -> None:
    Claim.objects.filter(pk=world.claim.pk).update(contract_on=date(2025, 10, 1))
    deliver_terms(
        claim_id=world.claim.pk,
        terms=TermsGiven(
            world.claim.principal, date(2025, 10, 1), date(2026, 10, 1), rate_pct=Decimal(4)
        ),
        actor=factories.actor(Role.CREDITOR, world.creditor),
        at=NOON,
    )


def test_a_claim_nobody_checked_says_nothing_of_a_check(inside: Client, world: World) -> None:
    text = lines_page(inside, world.claim)
    assert "We calculated it again" not in text
    assert "To whom you owe it" not in text


def test_more_than_lawful_is_said_in_plain_words(inside: Client, world: World) -> None:
    told(world)
    text = lines_page(inside, world.claim)
    assert "More is claimed than contract and law give." in text
    assert "is lawful" in text


def test_a_correction_is_read_with_its_reason(inside: Client, world: World) -> None:
    restate(
        claim_id=world.claim.pk,
        amounts={"principal": world.claim.principal - 100},
        reason="One instalment was counted twice.",
        actor=factories.actor(Role.CREDITOR, world.creditor),
        at=NOON,
    )
    text = lines_page(inside, world.claim)
    assert "One instalment was counted twice." in text
    assert "Corrected by the creditor" in text


def test_the_chain_is_read_and_whether_one_was_told(inside: Client, world: World) -> None:
    title = Title.objects.create(
        claim=world.claim,
        step=1,
        from_name="First Lender",
        to_name=world.creditor.name,
        on=date(2026, 11, 1),
        recorded_at=NOON,
    )
    text = lines_page(inside, world.claim)
    assert "First Lender passed the claim on" in text
    assert "Until then nobody may collect" in text
    Title.objects.filter(pk=title.pk).update(notice_reached_on=date(2026, 11, 3))
    assert "What you had paid before" in lines_page(inside, world.claim)

"""What a person reads about the amount and about whose claim it is."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from django.test import Client

from qinghe.claims.models import Claim, Title
from qinghe.claims.services import TermsGiven, deliver_terms, restate
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
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


def test_who_only_buys_and_names_no_lender_is_told_of_and_how_to_ask(
    inside: Client, world: World
) -> None:
    assert "has not named" not in lines_page(inside, world.claim)
    Organisation.objects.filter(pk=world.creditor.pk).update(lender_kind="factoring")
    text = lines_page(inside, world.claim)
    assert "Who that was, it has not named." in text
    assert f"/d/claims/{world.claim.pk}/contest/" in text
    copied = inside.post("/d/papers/copy/", {"format": "html"}).content.decode()
    assert "Who that was, it has not named." in copied


def test_the_copy_holds_the_chain(inside: Client, world: World) -> None:
    Organisation.objects.filter(pk=world.creditor.pk).update(lender_kind="factoring")
    Title.objects.create(
        claim=world.claim,
        step=1,
        from_name="First Lender",
        to_name=world.creditor.name,
        on=date(2026, 11, 1),
        recorded_at=NOON,
    )
    read = inside.post("/d/papers/copy/", {"format": "html"}).content.decode()
    assert "First Lender passed the claim on" in read
    assert "has not named" not in read
    claims = json.loads(inside.post("/d/papers/copy/", {"format": "json"}).content)["claims"]
    held = next(each for each in claims if each["number"] == world.claim.number)
    assert [step["from_name"] for step in held["came_by"]] == ["First Lender"]
    assert held["first_lender_unnamed"] is False

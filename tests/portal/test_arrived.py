"""A bank transfer has its receipt; and what pays nothing yet is told where its reference points."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from qinghe.claims.models import Claim
from qinghe.claims.reference import reference_of
from qinghe.kernel.actor import Actor, Role, system
from qinghe.settlement import services
from qinghe.settlement.models import Payment, Suspense
from qinghe.settlement.queries.arrived import arrived
from qinghe.settlement.queries.receipt import receipt_of
from qinghe.settlement.refusals import NoSuchPayment
from tests.factories import actor
from tests.portal.conftest import NOON, World
from tests.settlement.bank_files import Said, csv

CLERK, OTHER = actor(Role.OPERATOR), actor(Role.OPERATOR)
PAYER = "王付款 6222000011112223"


def take(*said: Said) -> None:
    services.import_statement(content=csv(said), mapping="qinghe", actor=CLERK, at=NOON)


def named(claim: Claim, amount: int, number: str = "B1", **more: Any) -> Said:
    return Said(amount, reference_of(claim.number), number, payer=PAYER, **more)


def text(inside: Client, path: str) -> str:
    return inside.get(f"/d/{path}").content.decode()


def test_a_transfer_has_a_receipt_like_the_cashiers(
    inside: Client, world: World, settings: Settings
) -> None:
    settings.BANK_HOLDER = "运营方示例"
    take(named(world.claim, 50_000))
    paid = Payment.objects.get()
    lines = text(inside, f"claims/{world.claim.pk}/lines/")
    assert f'href="/d/payments/{paid.pk}/" data-test="receipt"' in lines
    page = text(inside, f"payments/{paid.pk}/")
    for said in (
        'data-test="receipt-paid"', "500.00\xa0yuan", "20\xa0November 2026", "Bank transfer",
        world.claim.number, world.creditor.name, paid.pk.hex[-12:].upper(), "Still open today",
    ):  # fmt: skip
        assert said in page, said
    payee = page.split('data-test="payee">')[1].split("<")[0]
    assert payee == settings.BANK_HOLDER
    assert payee != world.creditor.name
    for hidden in ("王付款", "6222", "2223"):
        assert hidden not in page


def test_a_transfer_that_was_too_much_says_so_on_its_receipt(inside: Client, world: World) -> None:
    take(named(world.other, 50_000))
    page = text(inside, f"payments/{Payment.objects.get().pk}/")
    assert 'data-test="counts"' in page
    assert "20.00\xa0yuan was more than was owed" in page
    # It is told once, with its payment.
    assert arrived(claim_id=world.other.pk, actor=debtor(world)) == []


def debtor(world: World) -> Actor:
    return Actor(Role.DEBTOR, person_id=world.person.pk)


def test_a_receipt_is_for_its_debtor_and_for_what_reached_us(inside: Client, world: World) -> None:
    take(named(world.strange, 1_000))
    assert inside.get(f"/d/payments/{Payment.objects.get().pk}/").status_code == 404
    told = services.post_payment(
        claim_id=world.claim.pk, amount=100, currency="CNY", paid_on=NOON.date(),
        source="creditor", reference="direct", actor=system("tests"), at=NOON,
    )  # fmt: skip
    with pytest.raises(NoSuchPayment):
        receipt_of(payment_id=told.pk, actor=debtor(world), today=NOON.date())
    assert inside.get(f"/d/payments/{told.pk}/").status_code == 404


def test_money_for_a_closed_claim_is_told_until_it_went_back(inside: Client, world: World) -> None:
    take(named(world.other, 48_000))
    take(named(world.other, 7_700, "B2"))
    place = f"claims/{world.other.pk}/"
    page = text(inside, place)
    assert "77.00\xa0yuan came by bank transfer on 20\xa0November 2026 with the reference" in page
    assert "It pays nothing so far: somebody here is looking at it." in page
    assert "王付款" not in page
    suspense = Suspense.objects.get(rest__gt=0)
    back = services.send_back(account="6222", suspense_id=suspense.pk, actor=CLERK, at=NOON)
    assert "It goes back to where it came from. We are working on it." in text(inside, place)
    services.approve_send_back(back_id=back.pk, actor=OTHER, at=NOON)
    services.sent_at_bank(back_id=back.pk, actor=CLERK, at=NOON)
    assert 'data-test="arrived"' not in text(inside, place)
    lines = text(inside, f"{place}lines/")
    assert "77.00\xa0yuan went back to where it came from on 23\xa0November 2026." in lines


def test_only_the_exact_reference_of_ones_own_claim_tells(inside: Client, world: World) -> None:
    take(named(world.strange, 200_000))
    take(
        Said(5_100, f"还款 {world.claim.number}", "B3", payer="陈测试"),
        Said(5_200, "陈测试", "B4", payer="陈测试"),
        named(world.strange, 900, "B5"),
    )
    assert Suspense.objects.filter(rest__gt=0).count() >= 2
    for claim in (world.claim, world.other):
        assert 'data-test="arrived"' not in text(inside, f"claims/{claim.pk}/lines/")
    assert arrived(claim_id=world.strange.pk, actor=debtor(world)) == []
    # Nor are others told through this door.
    assert arrived(claim_id=world.strange.pk, actor=CLERK) == []

"""What a person sees of a claim, and that every term adds up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from qinghe.claims.models import Claim, Evidence, Line, Review
from qinghe.claims.terms import OBJECTION_DAYS
from qinghe.contact.models import Attempt
from qinghe.contact.services import request_contact
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.parties.services import seal_file
from qinghe.portal.claims import claim_of
from tests import factories
from tests.claims.samples import PDF
from tests.portal.conftest import NOON, World


def test_the_creditor_says_and_five_ways_on_are_equal(inside: Client, world: World) -> None:
    text = inside.get(f"/d/claims/{world.claim.pk}/").content.decode()
    assert "The creditor says" in text
    ways = ("contest", "hardship", "wishes", "plan", "pay")
    for way in ways:
        assert f'class="choice" href="/d/{_at(world, way)}" data-test="{way}"' in text
    # Help comes before money, here and where one pays.
    assert sorted(ways, key=lambda way: text.index(f'data-test="{way}"')) == list(ways)
    paying = inside.get(f"/d/{_at(world, 'pay')}").content.decode()
    assert paying.index("Hard to pay just now?") < paying.index('name="part_of"')


def test_the_terms_add_up_to_what_is_shown(world: World) -> None:
    claim = claim_of(world.claim.pk, factories.debtor_of(world.claim))
    assert sum(term.minor for term in claim.terms) == claim.owed
    # 22 days of 12 % a year on 1,500.00, since the last booking.
    assert claim.fresh == 1085
    assert claim.owed == 156_000 + 1085


def test_two_claims_are_a_list_and_one_is_shown_at_once(inside: Client, world: World) -> None:
    assert "Creditors say that 2 amounts are unpaid" in inside.get("/d/home/").content.decode()
    Claim.objects.filter(pk=world.other.pk).update(debtor=world.stranger)
    assert inside.get("/d/home/").url == f"/d/claims/{world.claim.pk}/"


def proof(world: World, content: bytes = PDF, **fields: Any) -> Evidence:
    made = {
        "claim": world.claim,
        "kind": "contract",
        "sha256": seal_file(content),
        "media_type": "application/pdf",
        "size": len(content),
        "filename": "secret name.pdf",
        "uploaded_at": NOON,
    }
    return Evidence.objects.create(**{**made, **fields})


def test_the_proof_can_be_seen_and_looking_is_on_record(inside: Client, world: World) -> None:
    paper = proof(world)
    address = f"/d/claims/{world.claim.pk}/evidence/{paper.pk}/"
    response = inside.get(address)
    assert response.content == PDF
    assert "secret" not in response["Content-Disposition"]
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Disposition"].endswith('.pdf"')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert Entry.objects.filter(subject=f"file:{paper.sha256}", kind="parties.file-opened").exists()
    (strange,) = factories.papers(world.strange, "contract")
    assert inside.get(f"/d/claims/{world.claim.pk}/evidence/{strange.pk}/").status_code == 404


@pytest.mark.parametrize("address", ["/d/claims/{claim}/", "/d/papers/"])
def test_a_person_sees_what_no_longer_counts_and_what_is_not_checked_yet(
    inside: Client, world: World, address: str
) -> None:
    old = proof(world, superseded_at=NOON, superseded_because="page 2 was missing")
    signed = {"signatures": [{"verdict": "modified", "changes": "other"}]}
    waits = proof(world, b"%PDF-1.7 two", scan="waiting", kind="statement")
    proof(world, b"%PDF-1.7 three", findings=signed)
    page = inside.get(address.format(claim=world.claim.pk)).content.decode()
    assert "page 2 was missing" in page
    assert f"/evidence/{old.pk}/" in page
    assert "is being checked, and does not count yet" in page
    assert f"/evidence/{waits.pk}/" not in page
    assert "The file was changed after it was signed." in page
    refused = inside.get(f"/d/claims/{world.claim.pk}/evidence/{waits.pk}/")
    assert refused.status_code == 409
    assert "waits for the scanner" in refused.content.decode()


def test_every_contact_is_listed_refused_ones_too(inside: Client, world: World) -> None:
    collector = factories.actor(Role.COLLECTOR, world.collector)
    for _each in range(4):
        request_contact(
            claim_id=world.claim.pk, channel="sms", template="reminder", actor=collector, at=NOON
        )
    assert Attempt.objects.filter(state="refused").exists()
    text = inside.get("/d/contacts/").content.decode()
    assert "Calm Service, for Harbour Loans" in text
    assert "Not let through: Text message" in text
    table = inside.get("/d/contacts.csv").content.decode("utf-8-sig").splitlines()
    assert len(table) == 5
    assert table[0].startswith("Time,Contact and result,By whom,Claim,Why,")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "page",
    ["home/", "wishes/", "contacts/", "complain/", "papers/", "papers/deletion/", "claim:",
     "claim:lines/", "claim:pay/", "claim:plan/", "claim:hardship/", "claim:contest/"],
)  # fmt: skip
def test_every_page_speaks_both_languages(
    inside: Client, world: World, page: str, language: str
) -> None:
    inside.cookies["django_language"] = language
    path = page.replace("claim:", f"claims/{world.claim.pk}/")
    response = inside.get(f"/d/{path}")
    assert response.status_code == 200
    assert ('<html lang="zh-Hans"' in response.content.decode()) is (language == "zh-hans")


def test_no_page_carries_personal_data_in_its_address(inside: Client, world: World) -> None:
    text = inside.get(f"/d/claims/{world.claim.pk}/").content.decode()
    assert "990101" not in text
    assert "陈" not in text


def test_a_settled_claim_offers_nothing_to_do(inside: Client, world: World) -> None:
    Claim.objects.filter(pk=world.claim.pk).update(
        principal=0, interest=0, state="closed", closed_at=NOON, interest_to=date(2026, 11, 23)
    )
    text = inside.get(f"/d/claims/{world.claim.pk}/").content.decode()
    assert "This claim is finished" in text
    assert "Nothing of this claim is open any more." in text
    assert 'data-test="pay"' not in text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("rejected", "平台没有认可这笔债权，您现在不用还。"),
        ("withdrawn", "Harbour Loans不再通过平台主张这笔债权，您现在不用还。"),
        ("closed", "这笔债权已经没有未还的金额，您不用再还。"),
    ],
)
def test_an_end_reads_plainly_and_rejects_nobody(
    inside: Client, world: World, state: str, words: str
) -> None:
    inside.cookies["django_language"] = "zh-hans"
    Claim.objects.filter(pk=world.claim.pk).update(
        state=state, closed_at=NOON, principal=0, interest=0, interest_to=NOON.date()
    )
    text = inside.get(f"/d/claims/{world.claim.pk}/").content.decode()
    assert words in text
    assert 'data-test="reopens"' not in text
    home = inside.get("/d/").content.decode()
    assert "已驳回" not in text + home
    assert "已撤回" not in text + home


def test_while_the_creditor_may_object_the_debtor_is_told_so(inside: Client, world: World) -> None:
    Claim.objects.filter(pk=world.claim.pk).update(state="rejected", closed_at=NOON)
    Review.objects.create(
        claim=world.claim, step="rejected", reason="no_proof", words="", by="reviewer:x", at=NOON
    )
    path = f"/d/claims/{world.claim.pk}/"
    told = "The creditor may still object to this. If anything changes, we tell you."
    assert told in inside.get(path).content.decode()
    Review.objects.update(at=NOON - timedelta(days=OBJECTION_DAYS + 1))
    assert told not in inside.get(path).content.decode()


@pytest.mark.parametrize(("way", "button"), [("hardship", "hardship-send"), ("pay", "to-cashier")])
def test_what_may_begin_anew_is_said_before_the_button_and_once(
    inside: Client, world: World, way: str, button: str
) -> None:
    text = inside.get(f"/d/claims/{world.claim.pk}/{way}/").content.decode()
    assert text.count('data-test="restarts"') == 1
    assert text.index('data-test="restarts"') < text.index(f'data-test="{button}"')


def test_after_hardship_was_sent_nothing_is_said_to_begin_anew(
    inside: Client, world: World
) -> None:
    path = f"/d/claims/{world.claim.pk}/hardship/"
    inside.post(path, {"request_key": uuid4().hex, "statement": "I cannot pay now."})
    text = inside.get(path).content.decode()
    assert 'data-test="hardship-open"' in text
    assert 'data-test="restarts"' not in text


def _at(world: World, way: str) -> str:
    return "wishes/" if way == "wishes" else f"claims/{world.claim.pk}/{way}/"


def test_a_claim_page_asks_a_fixed_number_of_questions(
    inside: Client, world: World, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_max_num_queries(34):
        inside.get(f"/d/claims/{world.claim.pk}/")


def test_of_one_moment_interest_is_read_before_what_paid_it(world: World) -> None:
    later = NOON + timedelta(hours=1)
    for kind, component, amount in (
        ("paid", "principal", -800), ("accrued", "interest", 500), ("paid", "interest", -500),
    ):  # fmt: skip
        Line.objects.create(
            claim=world.claim, component=component, kind=kind, amount=amount, booked_at=later
        )
    claim = claim_of(world.claim.pk, factories.debtor_of(world.claim))
    assert claim.bookings[-3].amount == 500

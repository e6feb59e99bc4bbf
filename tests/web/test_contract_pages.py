"""Amount and title on the pages: told, calculated, corrected, assigned; what each side sees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qinghe.claims.models import (
    Claim,
    ContractFee,
    ContractPayment,
    ContractTerms,
    Duplicate,
    LimitationAct,
    Title,
)
from qinghe.claims.services import TermsGiven, add_evidence, deliver_terms
from qinghe.kernel.actor import Role
from qinghe.kernel.ids import new_id
from qinghe.parties.models import Organisation
from tests.claims.world import (
    JOB,
    NOW,
    PDF,
    claim_of,
    clerk,
    creditor,
    file_of,
    proven,
)
from tests.desk import SEEN, read_by_reviewers
from tests.shown import fields_of
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db

TERMS = {
    "principal": "10000.00",
    "disbursed_on": "2025-06-01",
    "matures_on": "2026-10-01",
    "schedule": "bullet",
    "periods": "1",
    "period_months": "1",
    "rate_pct": "10",
    "day_count": "act/365",
    "grace_days": "0",
}


@pytest.fixture(autouse=True)
def _noon(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lender() -> Organisation:
    return creditor("demo-lender", lender_kind="private_company")


@pytest.fixture
def claim(lender: Organisation) -> Claim:
    return proven(claim_of(lender, interest="3500.00", annual_overdue_rate="10"))


@pytest.fixture
def owner(lender: Organisation) -> Client:
    return signed_in(Role.CREDITOR, lender)


def send(client: Client, name: str, claim: Claim, **data: str) -> str:
    path = reverse(f"web:{name}", args=[claim.pk])
    if name == "verify-decide":
        shown = fields_of(client, reverse("web:verify-claim", args=[claim.pk]), path)
        data = {**shown, **data}
    answer = client.post(path, {**data, "request_key": str(new_id())}, follow=True)
    assert answer.status_code in (200, 409, 422), answer.status_code
    return answer.content.decode()


def page(client: Client, name: str, claim: Claim) -> str:
    answer = client.get(reverse(f"web:{name}", args=[claim.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_terms_are_told_and_the_reviewer_sees_line_by_line(owner: Client, claim: Claim) -> None:
    text = send(owner, "claim-contract", claim, **TERMS)
    assert "More is claimed than the law permits" in text
    assert ContractTerms.objects.get(claim=claim).rate_pct == 10
    seen = page(signed_in(Role.REVIEWER), "verify-claim", claim)
    assert "3,500.00" in seen
    assert "1,479.46" in seen
    assert "2,020.54" in seen
    assert "CN-INT-01" in seen
    # The form comes back with what was told.
    again = page(owner, "claim-contract", claim)
    assert 'value="10000.00"' in again
    assert 'value="2026-10-01"' in again


def test_release_waits_for_the_creditor(owner: Client, claim: Claim) -> None:
    send(owner, "claim-contract", claim, **TERMS)
    reviewer = signed_in(Role.REVIEWER)
    read_by_reviewers(claim.pk, NOW)
    text = send(reviewer, "verify-decide", claim, decision="verify", reason="agrees")
    assert "More is claimed than the law permits" in text
    send(owner, "claim-accept-lawful", claim)
    claim.refresh_from_db()
    assert claim.interest == 147_946
    # The amount is another one: the checks look again.
    read_by_reviewers(claim.pk, NOW)
    send(reviewer, "verify-decide", claim, decision="verify", reason="agrees", note=SEEN)
    claim.refresh_from_db()
    assert claim.state == "challenge"


def test_terms_that_cannot_be_stay_in_the_form(owner: Client, claim: Claim) -> None:
    bad = {**TERMS, "matures_on": "2025-01-01"}
    assert "the day of maturity" in send(owner, "claim-contract", claim, **bad)
    for charge in ("5.00", "2025-07-01 much", "2025-07-01 0"):
        odd = {**TERMS, "charge": f"2025-06-01 1.00\n{charge}"}
        assert "Line 2: write a day and an amount" in send(owner, "claim-contract", claim, **odd)
    assert not ContractTerms.objects.exists()


def test_charges_are_told_line_by_line_and_come_back(owner: Client, claim: Claim) -> None:
    fees = {"charge": "2025-06-01 1,500.00\n2025-07-01 5.00", "enforcement": "2026-11-01 50.00"}
    send(owner, "claim-contract", claim, **TERMS, **fees)
    text = page(owner, "claim-contract", claim)
    assert "2025-06-01 1500.00" in text
    # Sending the page again as it came back loses nothing.
    send(owner, "claim-contract", claim, **TERMS, **fees)
    kept = ContractFee.objects.filter(terms__replaced_at=None).order_by("on")
    assert [(fee.kind, fee.amount) for fee in kept] == [
        ("charge", 150_000),
        ("charge", 500),
        ("enforcement", 5_000),
    ]


def test_amounts_are_corrected_and_waived_with_words(owner: Client, claim: Claim) -> None:
    parts = {"r-principal": "9000.00", "r-interest": "3500.00", "r-costs": "0"}
    send(owner, "claim-restate", claim, **parts, **{"r-reason": "Counted twice."})
    send(
        owner, "claim-waive", claim,
        **{"w-interest": "500.00", "w-ground": "goodwill", "w-reason": "For the trouble."},
    )  # fmt: skip
    claim.refresh_from_db()
    assert (claim.principal, claim.interest) == (900_000, 300_000)
    text = page(owner, "claim", claim)
    assert "Corrected by the creditor" in text
    assert "Waived by the creditor" in text
    assert "This field is required" in send(owner, "claim-restate", claim, **parts)


def paper(claim: Claim) -> str:
    content = PDF + claim.number.encode()
    made = add_evidence(
        claim_id=claim.pk, kind="assignment", filename="a.pdf", content=content, actor=JOB, at=NOW
    )
    return str(made.pk)


def test_a_claim_goes_from_hand_to_hand_on_the_pages(
    owner: Client, claim: Claim, lender: Organisation
) -> None:
    fund = creditor("demo-fund", lender_kind="private_company")
    heir = signed_in(Role.CREDITOR, fund)
    file = paper(claim)
    send(owner, "claim-assign", claim, **{"a-to_slug": "demo-fund", "a-evidence": file})
    assert "Offered to demo-fund" in page(owner, "claim-contract", claim)
    offers = heir.get(reverse("web:assignments")).content.decode()
    assert claim.number in offers
    assert "陈" not in offers
    title = Title.objects.get(claim=claim)
    path = reverse("web:assignment-decide", args=[title.pk])
    shown = fields_of(heir, reverse("web:assignments"), path)
    heir.post(path, {**shown, "decision": "accept"})
    claim.refresh_from_db()
    assert claim.creditor == fund
    assert owner.get(reverse("web:claim", args=[claim.pk])).status_code == 404
    assert "debtor not told" in page(heir, "claim-contract", claim)
    send(heir, "claim-notice", claim, **{"n-reached_on": "2026-11-23", "n-evidence": file})
    assert "debtor told on 2026-11-23" in page(heir, "claim-contract", claim)


def test_an_offer_is_declined_on_the_page(owner: Client, claim: Claim) -> None:
    heir = signed_in(Role.CREDITOR, creditor("demo-fund"))
    send(owner, "claim-assign", claim, **{"a-to_slug": "demo-fund", "a-evidence": paper(claim)})
    path = reverse("web:assignment-decide", args=[Title.objects.get().pk])
    heir.post(path, {"decision": "decline", "request_key": "k1"})
    assert Title.objects.get().state == "declined"
    assert "Nobody offers you a claim now." in heir.get(reverse("web:assignments")).content.decode()


def test_a_chain_with_somebody_in_between(owner: Client, claim: Claim) -> None:
    asked = {
        "c-first": "First Lender",
        "c-first_kind": "bank",
        "c-holders": "Second Fund 2025-12-01",
        "c-on": "2026-01-01",
        "c-told_on": "2026-02-01",
        "c-evidence": paper(claim),
    }
    wrong = {**asked, "c-holders": "Second Fund"}
    assert "Line 1" in send(owner, "claim-chain", claim, **wrong)
    text = send(owner, "claim-chain", claim, **asked)
    assert "Second Fund" in text
    assert [(each.from_name, each.step) for each in Title.objects.order_by("step")] == [
        ("First Lender", 1),
        ("Second Fund", 2),
    ]
    assert Title.objects.get(step=1).from_kind == "bank"


def test_an_act_of_limitation_is_recorded(owner: Client, claim: Claim) -> None:
    asked = {"t-kind": "demand_letter", "t-on": "2026-11-01", "t-evidence": paper(claim)}
    text = send(owner, "claim-act", claim, **asked)
    assert "Written demand that arrived" in text
    assert LimitationAct.objects.count() == 1
    assert "counts once a reviewer has accepted it" in text
    assert "2029-11-01" not in text
    reviewer, act = signed_in(Role.REVIEWER), LimitationAct.objects.get()
    assert claim.number in reviewer.get(reverse("web:verify")).text
    assert "does not count yet" in page(reviewer, "verify-claim", claim)
    path = reverse("web:act-decide", args=[claim.pk, act.pk])
    reviewer.post(path, {"accepted": "1", "request_key": "k"})
    act.refresh_from_db()
    assert (act.accepted, bool(act.decided_by)) == (True, True)
    assert "2029-11-01" in page(owner, "claim-contract", claim)


def test_a_file_of_earlier_payments_is_taken_or_named(owner: Client, claim: Claim) -> None:
    deliver_terms(
        claim_id=claim.pk,
        terms=TermsGiven(1_000_000, date(2025, 6, 1), date(2026, 10, 1), rate_pct=Decimal(10)),
        actor=clerk(claim.creditor),
        at=NOW,
    )
    good = {"contract_number": "C-1", "paid_on": "2026-05-01", "amount": "1,000.00",
            "booked_to": "利息", "reference": "a"}  # fmt: skip
    path = reverse("web:claims-history")

    def upload(*rows: dict[str, str]) -> str:
        file = SimpleUploadedFile("payments.csv", file_of(*rows))
        sent = {"what": "payments", "file": file, "request_key": str(new_id())}
        answer = owner.post(path, sent, follow=True)
        return answer.content.decode()

    bad = [
        good | {"amount": "much"},
        good | {"paid_on": "2027-01-01"},
        good | {"booked_to": "other"},
        good | {"contract_number": ""},
    ]
    text = upload(good, *bad)
    assert "4 cells are wrong" in text
    for row, column in ((3, "amount"), (4, "paid_on"), (5, "booked_to"), (6, "contract_number")):
        assert f"Row {row}, {column}:" in text
    assert not ContractPayment.objects.exists()
    text = upload(good, good | {"contract_number": "Z-9", "reference": "b"})
    assert "1 row is kept." in text
    assert "1 row names no open claim here." in text
    assert ContractPayment.objects.get().amount == 100_000
    assert "cannot be read" in upload({"contract": "C-1", "sum": "1"})


def test_a_reviewer_decides_about_two_claims(owner: Client, claim: Claim) -> None:
    other = proven(claim_of(creditor("other-bank")))
    reviewer = signed_in(Role.REVIEWER)
    text = page(reviewer, "verify-claim", other)
    assert "Claimed twice?" in text
    assert claim.number in text
    assert claim.number not in page(signed_in(Role.CREDITOR, other.creditor), "claim", other)
    pair = Duplicate.objects.get()
    kept = "first" if pair.first_id == claim.pk else "second"
    path = reverse("web:duplicate-decide", args=[other.pk, pair.pk])
    for each in (claim, other):
        read_by_reviewers(each.pk, NOW)
    reviewer.post(path, {"kept": kept, "reason": "The chain ends there.", "request_key": "k"})
    other.refresh_from_db()
    assert other.state == "rejected"
    shown = page(signed_in(Role.CREDITOR, other.creditor), "claim", other)
    assert "the other claim was kept" in shown


def test_the_reviewer_can_calculate_again(owner: Client, claim: Claim) -> None:
    reviewer = signed_in(Role.REVIEWER)
    assert "Not calculated yet" in page(reviewer, "verify-claim", claim)
    text = send(reviewer, "verify-check", claim)
    assert "Cannot be calculated" in text
    assert "the terms of the contract" in text


def test_a_file_of_terms_is_taken_or_named(owner: Client, claim: Claim) -> None:
    good = {
        "contract_number": "C-1",
        "principal": "10,000.00",
        "disbursed_on": "2025-06-01",
        "matures_on": "2026/10/01",
        "rate_pct": "10",
        "schedule": "bullet",
        "periods": "",
    }
    bad = [
        good | {"contract_number": "B", "principal": "much"},
        good | {"contract_number": "C", "disbursed_on": "yesterday"},
        good | {"contract_number": "D", "rate_pct": "-1"},
        good | {"contract_number": "E", "schedule": "whenever"},
        good | {"contract_number": "F", "periods": "601"},
        good | {"contract_number": "", "matures_on": ""},
        good,
    ]

    def upload(*rows: dict[str, str]) -> str:
        file = SimpleUploadedFile("terms.csv", file_of(*rows))
        sent = {"what": "terms", "file": file, "request_key": str(new_id())}
        answer = owner.post(reverse("web:claims-history"), sent, follow=True)
        return answer.content.decode()

    text = upload(good, *bad)
    assert "8 cells are wrong" in text
    for row, column in (
        (3, "principal"),
        (4, "disbursed_on"),
        (5, "rate_pct"),
        (6, "schedule"),
        (7, "periods"),
        (8, "contract_number"),
        (8, "matures_on"),
        (9, "contract_number"),
    ):
        assert f"Row {row}, {column}:" in text
    assert "contradicts itself: the day of maturity" in upload(good | {"matures_on": "2025-01-01"})
    assert not ContractTerms.objects.exists()
    text = upload(good, good | {"contract_number": "Z-9"})
    assert "1 row is kept." in text
    assert "1 row names no open claim here." in text
    terms = ContractTerms.objects.get()
    assert (terms.claim_id, terms.principal, terms.rate_pct) == (claim.pk, 1_000_000, 10)
    assert "2,020.54" in page(owner, "claim-contract", claim)
    assert "cannot be read" in upload({"contract": "C-1"})

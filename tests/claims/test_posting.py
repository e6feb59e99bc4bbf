"""One claim told by hand: the same checks, limits and memory as a file, of one row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from qinghe.claims.intake.columns import ColumnsNotMapped, ColumnsRefused
from qinghe.claims.intake.strangers import PhonesInText
from qinghe.claims.models import Batch, Claim, ContractPayment, ContractTerms, Verification
from qinghe.claims.queries import batch_for
from qinghe.claims.queries.byhand import told_by_hand
from qinghe.claims.services import (
    ClaimKnown,
    ClaimRefused,
    NotYetDay,
    accept_batch,
    look_at_claim,
    outlook_of,
    post_claim,
)
from qinghe.claims.services.limits import AboveAllowance
from qinghe.kernel.actor import Actor
from qinghe.parties.models import AllowanceUse, Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.claims.world import NOW, REVIEWER, TODAY, clerk, creditor, delivered

pytestmark = pytest.mark.django_db

NOTE = {
    "debtor_name": "陈测试",
    "id_number": "990101199001011231",
    "phone": "10012345678",
    "address": "浙江省杭州市测试路",
    "product": "private_loan",
    "loan_principal": "10000",
    "contract_date": "2025-06-01",
    "due_date": "2026-10-01",
    "agreed_rate": "10",
    "annual_overdue_rate": "10",
    "repayments": "2026-01-01 500.00\n2026-03-01 1000.00\n",
    "principal": "10000",
    "interest": "0",
}


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAULT_FILES = tmp_path
    with translation.override("en"):
        yield


def post(lender: Organisation, accept: bool = True, key: str = "", **changes: str) -> Batch:
    actor = clerk(lender)
    return post_claim(
        creditor_id=lender.pk,
        told=NOTE | changes,
        as_of=TODAY,
        accept=accept,
        actor=actor.with_key(key) if key else actor,
        at=NOW,
    )


def faults(lender: Organisation, **changes: str) -> set[tuple[str, str]]:
    with pytest.raises(ClaimRefused) as refused:
        post(lender, **changes)
    return {(each["field"], each["code"]) for each in refused.value.facts["faults"]}


def person() -> Organisation:
    return factories.organisation(OrgKind.PRIVATE_CREDITOR, lender_kind="natural_person")


def test_a_loan_note_becomes_a_claim_with_its_contract_recomputed() -> None:
    batch = post(person())
    claim = Claim.objects.get()
    assert (batch.state, batch.accepted, claim.state) == ("accepted", 1, "submitted")
    assert claim.contract_number.startswith("NOTE-20250601-")
    assert ContractTerms.objects.get().principal == 1_000_000
    assert ContractPayment.objects.count() == 2
    assert Verification.objects.get().outcome in ("less", "equal", "more")
    assert AllowanceUse.objects.get().claims == 1


def test_the_same_note_again_is_told_and_not_posted_twice() -> None:
    lender = person()
    post(lender)
    number = Claim.objects.get().number
    with pytest.raises(ClaimKnown, match=number):
        post(lender)
    assert faults(lender, interest="1") == {("contract_number", "contract-changed")}
    assert faults(lender, repayments="2026-01-01 1") == {("contract_number", "terms-differ")}
    assert Claim.objects.count() == AllowanceUse.objects.count() == 1


def test_the_same_key_answers_with_the_same_batch() -> None:
    lender = person()
    actor = clerk(lender).with_key("once")
    asked = {"creditor_id": lender.pk, "told": NOTE, "as_of": TODAY, "accept": True, "at": NOW}
    first = post_claim(**asked, actor=actor)
    assert post_claim(**asked, actor=actor).pk == first.pk
    assert Claim.objects.count() == 1


def test_a_note_and_a_file_row_of_the_same_facts_are_the_same_claim() -> None:
    lender = creditor(lender_kind="natural_person")
    post(lender, contract_number="N-1")
    row = NOTE | {"contract_number": "N-1", "currency": "CNY", "repayments":
                  "2026-03-01 1000; 2026-01-01 500"}  # fmt: skip
    assert delivered(lender, row).unchanged == 1


def test_every_refusal_names_its_field_and_nothing_is_kept() -> None:
    lender = person()
    assert faults(
        lender, debtor_name="", principal="x", due_date="2026-02-30", email="me@", agreed_rate="-1"
    ) == {
        ("debtor_name", "missing"),
        ("principal", "bad-amount"),
        ("due_date", "bad-date"),
        ("email", "bad-email"),
        ("agreed_rate", "bad-rate"),
    }
    assert faults(lender, id_number="", phone="") == {("id_number", "no-identity")}
    assert faults(lender, principal="", due_date="") >= {("principal", "missing")}
    assert faults(lender, annual_overdue_rate="400") == {("annual_overdue_rate", "bad-rate")}
    assert not Batch.objects.exists()
    assert not Claim.objects.exists()


@pytest.mark.parametrize("name", ["emergency_contact", "配偶电话", "colleague_phone", "联系人姓名"])
def test_contacts_of_other_people_are_refused_as_a_class(name: str) -> None:
    with pytest.raises(ColumnsRefused, match=name):
        post(person(), **{name: "10012345679"})
    assert not Batch.objects.exists()


def test_a_number_in_another_field_and_an_unknown_field_are_refused() -> None:
    with pytest.raises(PhonesInText, match="address"):
        post(person(), address="问他妻子 138 1234 5678")
    with pytest.raises(ColumnsNotMapped, match="shoe_size"):
        post(person(), shoe_size="42")


def test_looking_keeps_nothing() -> None:
    lender = person()
    asked = {"creditor_id": lender.pk, "told": NOTE, "as_of": TODAY, "at": NOW}
    assert look_at_claim(**asked, actor=clerk(lender)) == []
    assert not Batch.objects.exists()
    ahead = asked | {"as_of": NOW.date().replace(year=2027)}
    found = look_at_claim(**ahead, actor=clerk(lender))
    assert [(each.field, each.code) for each in found] == [("as_of", "day-ahead")]
    with pytest.raises(NotYetDay):
        post_claim(**ahead, actor=clerk(lender))
    with pytest.raises(NotPermitted):
        look_at_claim(**asked, actor=REVIEWER)


@pytest.mark.django_db(transaction=True)
def test_looking_needs_no_transaction_around_it() -> None:
    lender = person()
    asked = {"creditor_id": lender.pk, "told": NOTE, "as_of": TODAY, "at": NOW}
    assert look_at_claim(**asked, actor=clerk(lender)) == []
    batch = post(lender, accept=False)
    assert outlook_of(batch_id=batch.pk, actor=clerk(lender), at=NOW).state == "checked"


def test_what_would_happen_is_told_before_and_stays_true() -> None:
    lender = person()
    batch = post(lender, accept=False, interest="5000")
    before = outlook_of(batch_id=batch.pk, actor=clerk(lender), at=NOW)
    assert (before.claim_id, before.state, before.amount) == (None, "checked", 1_500_000)
    assert before.check is not None
    assert before.check.too_much
    assert "contract" in before.papers
    assert not Claim.objects.exists()
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(lender), at=NOW)
    after = outlook_of(batch_id=batch.pk, actor=clerk(lender), at=NOW)
    assert after.number == Claim.objects.get().number
    assert after.check is not None
    assert after.check.lawful == before.check.lawful


def test_what_was_told_comes_back_to_be_changed_and_the_old_one_is_given_up() -> None:
    lender = person()
    first = post(lender, accept=False)
    view = batch_for(batch_id=first.pk, actor=clerk(lender))
    told = told_by_hand(view, actor=clerk(lender))
    assert told["debtor_name"] == "陈测试"
    assert told["repayments"] == "2026-01-01 500.00; 2026-03-01 1000.00"
    second = post_claim(
        creditor_id=lender.pk,
        told=told | {"interest": "7"},
        as_of=TODAY,
        replaces=first.pk,
        actor=clerk(lender),
        at=NOW,
    )
    first.refresh_from_db()
    assert (first.state, second.state) == ("refused", "checked")


def test_nobody_else_reads_what_was_told() -> None:
    batch = post(person(), accept=False)
    for actor in (REVIEWER, clerk(creditor("other"))):
        with pytest.raises(Exception, match="no-such-batch"):
            _told(batch, actor)


def _told(batch: Batch, actor: Actor) -> dict[str, str]:
    return told_by_hand(batch_for(batch_id=batch.pk, actor=actor), actor=actor)


def test_the_allowance_holds_for_a_claim_by_hand() -> None:
    with pytest.raises(AboveAllowance):
        post(person(), principal="90000000", loan_principal="90000000")
    assert not Claim.objects.exists()

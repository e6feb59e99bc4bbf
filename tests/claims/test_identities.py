"""What does not fit together about a person: told by hashes at intake, decided by people."""

from __future__ import annotations

import base64
import secrets
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from qinghe.claims.models import Claim, Hold, IdentityDoubt, LimitationAct
from qinghe.claims.services import accept_batch, add_evidence
from qinghe.claims.services.identities import _area_known, doubts
from qinghe.parties import vault
from qinghe.parties.models import Person, VaultItem
from qinghe.parties.vault import RingText
from qinghe.risk.models import Flag
from qinghe.risk.services import raise_flags
from qinghe.rules.calendar import add_years
from tests.claims.world import JOB, NOW, PDF, ROW, claim_of, clerk, creditor, delivered

pytestmark = pytest.mark.django_db


def codes(claim: Claim) -> set[str]:
    return set(IdentityDoubt.objects.filter(claim=claim).values_list("code", flat=True))


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def flagged(claim: Claim) -> set[str]:
    raise_flags(claim_ids=[claim.pk], actor=JOB, at=NOW)
    return set(Flag.objects.filter(claim=claim).values_list("code", flat=True))


def test_a_plain_person_raises_nothing() -> None:
    assert codes(claim_of(creditor())) == set()
    assert codes(claim_of(creditor("other-bank"), contract_number="X", principal="5.00")) == set()


def test_the_same_number_under_another_name_is_held() -> None:
    claim_of(creditor())
    other = claim_of(creditor("other-bank"), contract_number="X", debtor_name="李某人")
    assert codes(other) == {"name-differs"}
    assert "name-differs" in flagged(other)
    assert Hold.objects.filter(claim=other, kind="flag", lifted_at=None).exists()
    assert "李" not in repr(list(Flag.objects.values())) + repr(
        list(IdentityDoubt.objects.values())
    )


def test_two_names_in_one_file_are_seen_too() -> None:
    bank = creditor()
    batch = delivered(
        bank, ROW, ROW | {"contract_number": "C-2", "debtor_name": "李某人", "principal": "5.00"}
    )
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    assert IdentityDoubt.objects.get().code == "name-differs"


def test_a_name_sealed_before_names_had_hashes_says_nothing() -> None:
    claim_of(creditor())
    VaultItem.objects.filter(kind="name").update(blind=None)
    other = claim_of(creditor("other-bank"), contract_number="X", debtor_name="李某人")
    assert codes(other) == set()


def test_a_name_is_the_same_name_after_a_new_key_for_hashes(
    settings: Settings, tmp_path: Path
) -> None:
    settings.VAULT_FILES = tmp_path
    text: RingText = {"active": "k1", "keys": {"k1": key()}, "blind": {"b1": key()}}
    settings.VAULT_RING = lambda: text
    vault.forget()
    first = claim_of(creditor())
    text["blind"]["b2"] = key()
    vault.forget()
    same = claim_of(creditor("second-bank"), contract_number="X", principal="5.00")
    other = claim_of(creditor("third-bank"), contract_number="Y", debtor_name="李某人")
    assert {first.debtor_id, same.debtor_id, other.debtor_id} == {first.debtor_id}
    assert (codes(first), codes(same), codes(other)) == (set(), set(), {"name-differs"})
    vault.forget()


@pytest.mark.parametrize(
    ("signed", "found"), [("2007-12-31", {"under-age"}), ("2008-01-01", set())]
)
def test_who_signed_before_eighteen(signed: str, found: set[str]) -> None:
    claim = claim_of(creditor(), contract_date=signed, annual_overdue_rate="")
    assert codes(claim) == found
    assert ("under-age" in flagged(claim)) == bool(found)


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("110105", True),
        ("330106", True),
        ("429004", True),
        ("339906", False),
        ("933010", True),
    ],
)
def test_areas(number: str, known: bool) -> None:
    assert _area_known(number) is known


@given(
    born=st.dates(date(1900, 1, 1), date(2026, 12, 31)) | st.just(date(2004, 2, 29)),
    days=st.integers(-400, 400),
    kind=st.sampled_from(["natural", "business"]),
)
def test_of_age_is_who_has_had_the_eighteenth_birthday(born: date, days: int, kind: str) -> None:
    full = add_years(born, 18)
    signed = full + timedelta(days=days)
    rows = pl.DataFrame(
        {
            "kind_value": [kind, kind, "natural"],
            "number": [f"110105{born:%Y%m%d}1234", f"110105{born:%Y%m%d}1234", "H12345678"],
            "contract_on": [signed, None, signed],
        },
        schema={"kind_value": pl.String, "number": pl.String, "contract_on": pl.Date},
    )
    young = "under-age" if kind == "natural" and signed < full else ""
    assert doubts(rows).to_list() == [young, "", ""]
    assert doubts(rows.clear()).to_list() == []


def test_who_had_died_before_the_contract() -> None:
    claim = claim_of(creditor())
    Person.objects.filter(pk=claim.debtor_id).update(deceased_on=date(2025, 5, 31))
    assert "died-before" in flagged(claim)


def test_a_claim_that_is_too_old_is_flagged_and_not_held() -> None:
    claim = claim_of(
        creditor(), contract_date="2020-01-01", due_date="2022-01-01", annual_overdue_rate=""
    )
    assert "time-barred" in flagged(claim)
    assert not Hold.objects.filter(claim=claim).exists()


def test_an_act_on_record_keeps_a_claim_young() -> None:
    claim = claim_of(
        creditor(), contract_date="2020-01-01", due_date="2022-01-01", annual_overdue_rate=""
    )
    paper = add_evidence(
        claim_id=claim.pk, kind="notice", filename="a.pdf", content=PDF, actor=JOB, at=NOW
    )
    LimitationAct.objects.create(
        claim=claim, kind="suit", on=date(2024, 1, 1), ended_on=date(2024, 6, 1),
        evidence=paper, recorded_at=NOW, recorded_by="x",
    )  # fmt: skip
    assert {"time-barred", "limitation-act"} <= set(flagged(claim))
    Flag.objects.filter(claim=claim).delete()
    LimitationAct.objects.update(accepted=True, decided_at=NOW)
    assert not {"time-barred", "limitation-act"} & set(flagged(claim))

"""Before accepting: what would happen, judged like accepting, with nothing written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from stdnum.iso7064 import mod_11_2

from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchBatch, claim_view
from qinghe.claims.services import DryRun, accept_batch, correct_rows, dry_run, place_hold
from qinghe.claims.terms import HoldKind
from qinghe.journal.models import Entry
from qinghe.parties.models import Organisation
from tests.claims.world import JOB, NOW, ROW, claim_of, clerk, creditor, delivered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAULT_FILES = tmp_path
    with translation.override("en"):
        yield


def row(number: int, **changes: str) -> dict[str, str]:
    return ROW | {"contract_number": f"D-{number}", "id_number": nobody(number)} | changes


def nobody(number: int) -> str:
    """Return the number of a person who cannot exist: its check digit is wrong."""
    body = f"99010119900101{number:03}"
    return body + ("2" if mod_11_2.calc_check_digit(body) == "1" else "1")


def run(bank: Organisation, *rows: dict[str, str]) -> DryRun:
    batch = delivered(bank, *rows)
    return dry_run(batch_id=batch.pk, actor=clerk(bank), at=NOW)


def test_it_counts_what_accepting_then_does() -> None:
    bank = creditor()
    claim_of(bank)
    rows = [ROW, row(1), row(2), row(2), row(3, principal="-1"), row(4, product="credit_card")]
    batch = delivered(bank, *rows)
    entries = Entry.objects.count()
    told = dry_run(batch_id=batch.pk, actor=clerk(bank), at=NOW)
    assert (told.new, told.unchanged, told.wrong, told.duplicates) == (3, 1, 2, 1)
    assert (Entry.objects.count(), Claim.objects.count()) == (entries, 1)
    taken = accept_batch(batch_id=batch.pk, partial=True, actor=clerk(bank), at=NOW)
    assert (taken.accepted, taken.unchanged, taken.rejected) == (3, 1, 2)
    assert told.amount == sum(Claim.objects.filter(batch=batch).values_list("claimed", flat=True))
    assert {(g.product, g.stage, g.count) for g in told.groups} == {
        ("consumer_loan", "M2", 2),
        ("credit_card", "M2", 1),
    }


def test_corrected_rows_are_counted_as_corrected() -> None:
    bank = creditor()
    batch = delivered(bank, row(1), row(2, principal="-1"))
    correct_rows(batch_id=batch.pk, cells=[(3, "principal", "1")], actor=clerk(bank), at=NOW)
    assert dry_run(batch_id=batch.pk, actor=clerk(bank), at=NOW).new == 2


def test_a_rate_above_the_cap_is_cut_and_says_by_how_much() -> None:
    lender = creditor("lender", lender_kind="private_company")
    old = {"contract_date": "2025-06-01"}
    told = run(
        lender,
        row(1, annual_overdue_rate="24", **old),
        row(2, annual_overdue_rate="15", **old),
        row(3, annual_overdue_rate="10", **old),
    )
    assert told.cuts is not None
    assert (told.cuts.count, told.cuts.most, told.cuts.mean) == (2, 12, Decimal("7.50"))
    assert (told.sample[0].rate_agreed, told.sample[0].rate_applied) == (24, 12)
    assert told.new == 3


def test_what_is_not_due_or_out_of_reach_is_not_counted_as_listable() -> None:
    silent = {"phone": "", "email": "", "address": ""}
    rows = [row(1), row(2, due_date="2027-03-01"), row(3, **silent)]
    told = run(creditor(), *rows)
    assert (told.new, told.not_due, told.unreachable, told.listable) == (3, 1, 1, 1)


@pytest.mark.parametrize(
    ("told", "zones"),
    [
        ({"region": "", "address": ""}, ["Asia/Shanghai", "Asia/Urumqi"]),
        ({"region": "", "address": "北京市测试路"}, ["Asia/Shanghai", "Asia/Urumqi"]),
        ({"region": "", "phone": ""}, ["Asia/Shanghai", "Asia/Urumqi"]),
        # What says otherwise, or nothing, is not decided here.
        ({"region": "", "phone": "", "address": ""}, []),
        ({"region": "", "address": "12 Test Street, Springfield"}, []),
        ({"region": "", "phone": "+14155550123"}, []),
        ({"region": "", "phone": "", "address": "香港特别行政区测试路"}, []),
    ],
)
def test_a_mobile_or_an_address_of_the_mainland_tells_the_country_and_no_city(
    told: dict[str, str], zones: list[str]
) -> None:
    bank = creditor()
    batch = delivered(bank, row(1, **told))
    seen = dry_run(batch_id=batch.pk, actor=clerk(bank), at=NOW)
    assert seen.unreachable == (not zones)
    accept_batch(batch_id=batch.pk, partial=True, actor=clerk(bank), at=NOW)
    claim = Claim.objects.select_related("debtor").get(batch=batch)
    assert claim.region == ""
    assert sorted(claim.debtor.zones) == zones


def test_claims_too_old_by_law_are_not_counted_as_listable() -> None:
    old = {"due_date": "2022-01-10", "contract_date": "2021-01-10", "annual_overdue_rate": ""}
    told = run(creditor(), row(1), row(2, **old))
    assert (told.new, told.barred, told.listable, told.need_evidence) == (2, 1, 1, 1)


@pytest.mark.parametrize("same_creditor", [True, False])
def test_persons_under_a_hold_are_counted_and_never_named(same_creditor: bool) -> None:
    bank = creditor()
    claim = claim_of(bank if same_creditor else creditor("other"))
    place_hold(
        person_id=claim.debtor_id,
        claim_id=None,
        kind=HoldKind.REPRESENTATION,
        cause="test",
        ends_at=None,
        actor=JOB,
        at=NOW,
    )
    told = run(bank, ROW | {"contract_number": "again"}, row(5))
    # Nobody learns from a file of one row who is protected among the debtors of others.
    held = 1 if same_creditor else 0
    assert (told.new, told.held, told.listable) == (2, held, 2 - held)


def test_without_an_address_the_papers_are_asked_for_all_the_same() -> None:
    told = run(creditor(), row(1, phone="", email="", address=""))
    assert (told.listable, told.need_evidence) == (0, 0)
    assert told.evidence == (("consumer_loan", ("contract", "transfer")),)


def test_a_firm_needs_no_evidence_and_a_person_does() -> None:
    person = {"debtor_kind": "natural", "debtor_reference": ""}
    firm = {"debtor_kind": "business", "id_number": "", "debtor_reference": "K1"}
    told = run(creditor(), row(1, **person), row(2, **firm))
    assert (told.listable, told.need_evidence) == (2, 1)
    assert told.evidence == (("consumer_loan", ("contract", "transfer")),)


@pytest.mark.parametrize("lender", ["bank", "factoring", "local_amc"])
@pytest.mark.parametrize("product", ["consumer_loan", "credit_card", "trade_credit", "other"])
def test_the_forecast_names_the_papers_that_the_desk_will_ask_for(
    lender: str, product: str
) -> None:
    bank = creditor(lender_kind=lender)
    told = run(bank, row(1, product=product))
    asked = claim_view(claim_of(bank, product=product).pk).papers.missing
    assert told.evidence == ((product, tuple(part.need.paper.value for part in asked)),)
    assert ("assignment" in told.evidence[0][1]) == (lender != "bank")


def test_the_sample_is_masked_and_comes_from_all_over_the_file() -> None:
    told = run(creditor(), *[row(n) for n in range(40)])
    assert len(told.sample) == 10
    assert told.sample[-1].row > 30
    shown = str(told.sample)
    assert "陈＊＊" in shown
    for secret in ("陈测试", "10012345678", nobody(1)):
        assert secret not in shown


def test_another_creditor_is_told_nothing() -> None:
    batch = delivered(creditor(), row(1))
    with pytest.raises(NoSuchBatch):
        dry_run(batch_id=batch.pk, actor=clerk(creditor("other")), at=NOW)


def test_many_rows_take_as_many_statements_as_few(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    bank = creditor()
    batch = delivered(bank, *[row(n) for n in range(300)])
    with django_assert_max_num_queries(8):
        told = dry_run(batch_id=batch.pk, actor=clerk(bank), at=NOW)
    assert told.new == 300
    assert told.batch.as_of == date(2026, 11, 23)

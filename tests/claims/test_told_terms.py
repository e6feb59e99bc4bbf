"""Terms and repayments as columns of a claims file: read, refused in words, written, checked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from qinghe.claims.intake import stream
from qinghe.claims.intake.columns import suggest, term_fields
from qinghe.claims.intake.suggest import guesses
from qinghe.claims.models import (
    Batch,
    Claim,
    ContractFee,
    ContractPayment,
    ContractTerms,
    StagedTerms,
    Verification,
)
from qinghe.claims.queries import batch_for, row_errors
from qinghe.claims.services import (
    TermsGiven,
    accept_batch,
    cancel_batch,
    check_all_wanted,
    correct_rows,
    deliver_terms,
    dry_run,
    intake,
    receive_batch,
    told,
)
from qinghe.claims.services import batches as at_once
from qinghe.parties.filestore import seal_stream
from qinghe.parties.models import Organisation
from tests.claims.world import NOW, ROW, TODAY, clerk, creditor, delivered, file_of

pytestmark = pytest.mark.django_db

# 10,000 yuan at 10 % from 2025-06-01 to 2026-10-01, after it 10 % as well.
LOAN = {"agreed_rate": "10", "loan_principal": "10000", "interest": "1479.46"}
PARTS = {
    "repayment_form": "等额本息",
    "instalments": "12",
    "first_due_on": "2025-11-01",
    "agreed_rate": "8",
}


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAULT_FILES = tmp_path
    with translation.override("en"):
        yield


def taken(bank: Organisation, *rows: dict[str, str], partial: bool = False) -> Batch:
    batch = delivered(bank, *rows)
    return accept_batch(batch_id=batch.pk, partial=partial, actor=clerk(bank), at=NOW)


def faults_of(**changes: str) -> set[tuple[str, str]]:
    bank = creditor()
    batch = delivered(bank, ROW | changes)
    view = batch_for(batch_id=batch.pk, actor=clerk(bank))
    return {(each.column, each.code) for each in row_errors(view)}


def test_an_imported_claim_has_its_contract_recomputed() -> None:
    bank = creditor(lender_kind="natural_person")
    paid = "2026-01-01 500.00；2026年3月1日 1,000元"
    taken(bank, ROW | LOAN | {"repayments": paid, "service_charges": "300", "handed_over": "9700"})
    terms = ContractTerms.objects.get()
    assert (terms.principal, terms.handed_over, terms.rate_pct) == (1_000_000, 970_000, Decimal(10))
    assert (terms.disbursed_on, terms.matures_on) == (date(2025, 6, 1), date(2026, 10, 1))
    assert (terms.lender_kind, terms.overdue_rate_pct) == ("natural_person", Decimal(10))
    fee = ContractFee.objects.get()
    assert (fee.terms_id, fee.kind, fee.amount, fee.on) == (
        terms.pk,
        "charge",
        30_000,
        date(2025, 6, 1),
    )
    payments = ContractPayment.objects.order_by("on").values_list("on", "amount")
    assert list(payments) == [(date(2026, 1, 1), 50_000), (date(2026, 3, 1), 100_000)]
    check = Verification.objects.get()
    # The charge was kept back: interest runs on what was handed over, less is lawful.
    assert check.outcome == "more"
    assert check.missing == []
    assert not terms.check_wanted


def test_terms_as_a_form_would_tell_them_give_the_same_amount() -> None:
    bank = creditor(lender_kind="natural_person")
    taken(bank, ROW | LOAN)
    imported = Verification.objects.get()
    claim = Claim.objects.get()
    typed = deliver_terms(
        claim_id=claim.pk,
        terms=TermsGiven(
            principal=1_000_000,
            disbursed_on=date(2025, 6, 1),
            matures_on=date(2026, 10, 1),
            rate_pct=Decimal(10),
            overdue_rate_pct=Decimal(10),
        ),
        actor=clerk(bank),
        at=NOW,
    )
    same = ("outcome", "lawful", "contract", "claimed", "lines", "late_rate_pct")
    assert [getattr(imported, each) for each in same] == [getattr(typed, each) for each in same]
    assert imported.outcome == "equal"


def test_instalments_are_counted_from_the_first_day() -> None:
    taken(creditor(), ROW | PARTS | {"instalments": ""})
    terms = ContractTerms.objects.get()
    assert (terms.schedule, terms.periods, terms.period_months) == ("equal_instalments", 12, 1)


def test_a_file_without_terms_writes_none_and_payments_may_come_alone() -> None:
    bank = creditor()
    taken(bank, ROW)
    taken(bank, ROW | {"contract_number": "C-2", "repayments": "2026-01-01 1; 2026-01-01 1"})
    assert not ContractTerms.objects.exists()
    assert ContractPayment.objects.filter(claim__contract_number="C-2").count() == 2


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"agreed_rate": "abc"}, "agreed_rate", "bad-rate"),
        ({"agreed_rate": "101"}, "agreed_rate", "bad-rate"),
        ({"penalty_daily": "11"}, "penalty_daily", "bad-daily-rate"),
        ({"loan_principal": "1.005"}, "loan_principal", "bad-amount"),
        ({"loan_principal": "0"}, "loan_principal", "zero-term"),
        ({"loan_principal": "-5"}, "loan_principal", "negative"),
        ({"handed_over": "10001", "loan_principal": "10000"}, "handed_over", "handed-over-more"),
        ({"paid_out_on": "2026-02-30"}, "paid_out_on", "bad-date"),
        ({"matures_on": "2090-01-01"}, "matures_on", "date-out-of-range"),
        ({"matures_on": "2025-06-01"}, "matures_on", "ends-before-payout"),
        ({"repayment_form": "weekly"}, "repayment_form", "bad-form"),
        ({"repayment_form": "等额本金"}, "instalments", "missing"),
        ({"day_count": "act/364"}, "day_count", "bad-day-count"),
        ({"grace_days": "-1"}, "grace_days", "bad-count"),
        (PARTS | {"instalments": "99", "first_due_on": ""}, "instalments", "too-many-instalments"),
        (PARTS | {"first_due_on": "2025-10-01"}, "first_due_on", "first-day-differs"),
        ({"lender_kind": "moon"}, "lender_kind", "bad-lender"),
        ({"lender_kind": "典当行"}, "lender_kind", "lender-needs-chain"),
        ({"repayments": "2026-01-01 5; nonsense"}, "repayments", "bad-list"),
        ({"repayments": "2026-01-01 0"}, "repayments", "bad-list"),
        ({"repayments": "2026-11-24 5"}, "repayments", "repayment-ahead"),
        ({"repaid": "5"}, "repaid", "repaid-without-days"),
        ({"repaid": "5", "repayments": "2026-01-01 6"}, "repaid", "repaid-differs"),
        ({"agreed_rate": "5", "repayments": "2026-01-01 6"}, "loan_principal",
         "terms-without-principal"),
        ({"agreed_rate": "5", "principal": ""}, "principal", "missing"),
        ({"agreed_rate": "5", "principal": "abc"}, "principal", "bad-amount"),
        ({"agreed_rate": "5", "repayments": "nonsense"}, "repayments", "bad-list"),
        ({"agreed_rate": "5", "principal": "0", "interest": "80"}, "loan_principal",
         "terms-without-loan"),
        ({"agreed_rate": "5", "contract_date": "", "annual_overdue_rate": ""}, "paid_out_on",
         "terms-without-day"),
    ],
)  # fmt: skip
def test_bad_terms_name_row_column_and_fix(changes: dict[str, str], column: str, code: str) -> None:
    assert faults_of(**changes) == {(column, code)}


def test_a_fault_tells_where_in_the_cell_and_what_was_counted() -> None:
    bank = creditor()
    bad = [
        ROW | PARTS | {"first_due_on": "2025-10-01", "repayments": ""},
        ROW | PARTS | {"contract_number": "C-2", "repayments": "2026-01-01 5; 5 x"},
    ]
    batch = delivered(bank, *bad)
    told_here = row_errors(batch_for(batch_id=batch.pk, actor=clerk(bank)))
    words = {each.code: (each.row, each.reason) for each in told_here}
    assert words["first-day-differs"][0] == 2
    assert "2025-11-01" in words["first-day-differs"][1]
    assert words["bad-list"][0] == 3
    assert "Part 2" in words["bad-list"][1]


def test_the_same_file_again_is_unchanged_and_other_terms_are_an_error() -> None:
    bank = creditor()
    full = ROW | PARTS | {
        "loan_principal": "12000", "repayments": "2025-12-01 2000", "service_charges": "20",
        "penalty_daily": "0.05", "grace_days": "3", "sued_on": "2026-11-01", "rate": "",
    }  # fmt: skip
    full.pop("rate")
    taken(bank, full)
    again = delivered(bank, full)
    assert (again.unchanged, again.rejected) == (1, 0)
    without = delivered(bank, ROW)
    assert (without.unchanged, without.rejected) == (1, 0)
    for changed in (
        {"agreed_rate": "9"},
        {"repayments": "2025-12-01 2000; 2026-01-01 1"},
        {"service_charges": "21"},
        {"grace_days": "4"},
    ):
        other = delivered(bank, full | changed)
        assert (other.unchanged, other.rejected) == (0, 1)
        view = batch_for(batch_id=other.pk, actor=clerk(bank))
        assert [each.code for each in row_errors(view)] == ["terms-differ"]
    assert ContractTerms.objects.count() == 1


def test_of_two_files_about_one_claim_the_second_never_drops_its_terms_in_silence() -> None:
    bank = creditor()
    full = ROW | PARTS | {
        "loan_principal": "12000", "repayments": "2025-12-01 2000", "service_charges": "20",
    }  # fmt: skip
    other = ROW | {"contract_number": "C-2", "id_number": "990101199001019999"}
    # All are checked before the first is taken over.
    first = delivered(bank, full)
    same = delivered(bank, full, full | other)
    differing = [
        delivered(bank, full | changes)
        for changes in (
            {"agreed_rate": "9"},
            {"repayments": "2025-12-01 2000; 2026-01-01 1"},
            {"service_charges": "21"},
        )
    ]
    accept_batch(batch_id=first.pk, partial=False, actor=clerk(bank), at=NOW)
    for each in differing:
        taken_over = accept_batch(batch_id=each.pk, partial=True, actor=clerk(bank), at=NOW)
        assert (taken_over.accepted, taken_over.unchanged, taken_over.rejected) == (0, 0, 1)
        view = batch_for(batch_id=each.pk, actor=clerk(bank))
        assert [row.code for row in row_errors(view)] == ["terms-differ"]
    taken_over = accept_batch(batch_id=same.pk, partial=False, actor=clerk(bank), at=NOW)
    assert (taken_over.accepted, taken_over.unchanged, taken_over.rejected) == (1, 1, 0)


def test_rows_of_one_contract_with_other_terms_contradict_each_other() -> None:
    batch = delivered(creditor(), ROW | {"agreed_rate": "5"}, ROW | {"agreed_rate": "6"})
    assert (batch.valid, batch.rejected) == (0, 2)


def test_corrected_terms_are_the_ones_that_are_kept() -> None:
    bank = creditor()
    batch = delivered(
        bank, ROW | LOAN | {"agreed_rate": "x"}, ROW | LOAN | {"contract_number": "C-2"}
    )
    correct_rows(batch_id=batch.pk, cells=[(2, "agreed_rate", "7")], actor=clerk(bank), at=NOW)
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    rates = ContractTerms.objects.order_by("claim__contract_number")
    assert list(rates.values_list("rate_pct", flat=True)) == [Decimal(7), Decimal(10)]
    assert not StagedTerms.objects.exists()


def test_the_dry_run_says_which_claims_are_more_than_lawful_and_by_how_much() -> None:
    bank = creditor(lender_kind="natural_person")
    batch = delivered(
        bank,
        ROW | LOAN | {"interest": "5000.00"},
        ROW | LOAN | {"contract_number": "C-2"},
        ROW | dict.fromkeys(LOAN, "") | {"contract_number": "C-3"},
    )
    run = dry_run(batch_id=batch.pk, actor=clerk(bank), at=NOW)
    assert run.amounts.checked == 2
    (found,) = run.amounts.too_much
    assert (found.row, found.contract_number) == (2, "C-1")
    assert found.claimed - found.lawful == 500_000 - 147_946
    assert not Verification.objects.exists()


def big(bank: Organisation, count: int, monkeypatch: pytest.MonkeyPatch) -> Batch:
    monkeypatch.setattr(at_once, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(at_once, "AT_ONCE_ROWS", 0)
    monkeypatch.setattr(stream.pieces, "__kwdefaults__", {"size": 900})
    rows = [
        ROW | LOAN | {"contract_number": f"C-{n}", "repayments": f"2026-01-01 {n + 1}.00"}
        for n in range(count)
    ]
    batch = receive_batch(
        creditor_id=bank.pk,
        filename="claims.csv",
        sha256=seal_stream(io.BytesIO(file_of(*rows))),
        mapping="qinghe",
        as_of=TODAY,
        actor=clerk(bank),
        at=NOW,
    )
    intake(batch_id=batch.pk, clock=lambda: NOW, chunk_rows=7)
    return batch


def test_chunks_write_terms_and_a_clock_checks_the_many(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = creditor(lender_kind="natural_person")
    monkeypatch.setattr(told, "AT_ONCE", 0)
    batch = big(bank, 20, monkeypatch)
    assert StagedTerms.objects.filter(batch_id=batch.pk).count() == 20
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    intake(batch_id=batch.pk, clock=lambda: NOW, chunk_rows=7)
    assert Claim.objects.count() == ContractTerms.objects.count() == 20
    assert ContractPayment.objects.count() == 20
    assert not StagedTerms.objects.exists()
    assert not Verification.objects.exists()
    assert check_all_wanted(at=NOW) == 20
    assert check_all_wanted(at=NOW) == 0
    assert Verification.objects.count() == 20


def test_a_cancelled_batch_forgets_its_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = creditor()
    batch = big(bank, 5, monkeypatch)
    cancel_batch(batch_id=batch.pk, actor=clerk(bank), at=NOW)
    assert not StagedTerms.objects.exists()


def test_the_statements_of_a_merge_do_not_grow_with_its_rows() -> None:
    counts = []
    for number, size in enumerate((2, 20)):
        bank = creditor(f"bank-{number}")
        rows = [
            ROW | LOAN | {"contract_number": f"C-{n}", "repayments": "2026-01-01 5"}
            for n in range(size)
        ]
        batch = delivered(bank, *rows)
        with CaptureQueriesContext(connection) as seen:
            accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
        about = ("claims_contract", "claims_verification", "claims_stagedterms")
        told_here = [q for q in seen.captured_queries if any(each in q["sql"] for each in about)]
        counts.append(len(told_here))
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("借款年利率", "agreed_rate"),
        ("還款方式", "repayment_form"),
        ("分期期数", "instalments"),
        ("首期还款日", "first_due_on"),
        ("Interest Rate", "agreed_rate"),
        ("number of instalments", "instalments"),
        ("到手金额", "handed_over"),
        ("已还金额", "repaid"),
        ("还款明细", "repayments"),
        ("日违约金率(%)", "penalty_daily"),
    ],
)
def test_headings_of_terms_are_recognised(header: str, field: str) -> None:
    assert suggest([header]).columns == {field: header}
    guess = guesses([header], [])[header]
    assert (guess.field, guess.sure) == (field, True)


@pytest.mark.parametrize("turned", [False, True])
def test_a_name_of_two_meanings_gives_way(turned: bool) -> None:
    header = ["放款日期", "借款金额", "到期日", "合同签订日", "剩余本金", "应还日期"]
    header = header[::-1] if turned else header
    wanted = {
        "contract_date": "合同签订日", "principal": "剩余本金", "due_date": "应还日期",
        "paid_out_on": "放款日期", "loan_principal": "借款金额", "matures_on": "到期日",
    }  # fmt: skip
    assert suggest(header).columns == wanted
    assert {each.field: name for name, each in guesses(header, []).items()} == wanted


def test_alone_it_has_its_first_meaning() -> None:
    header = ["放款日期", "借款金额", "到期日"]
    assert set(suggest(header).columns) == {"contract_date", "principal", "due_date"}


def test_every_term_may_be_told() -> None:
    assert len(term_fields()) == 18


NUMBERS = count()
amounts = st.integers(1, 10**9)
days = st.dates(date(2025, 7, 1), date(2026, 9, 30))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(days, amounts), min_size=1, max_size=8), st.randoms())
def test_every_repayment_is_kept_once_whatever_their_order(
    paid: list[tuple[date, int]], random: Any
) -> None:
    bank = Organisation.objects.filter(slug="demo-law").first() or creditor("demo-law")
    mixed = random.sample(paid, len(paid))
    cell = "; ".join(f"{on} {amount / 100:.2f}" for on, amount in mixed)
    number = f"L-{next(NUMBERS)}"
    batch = taken(bank, ROW | {"contract_number": number, "repayments": cell})
    kept = ContractPayment.objects.filter(claim__batch=batch).values_list("on", "amount")
    assert sorted(kept) == sorted(paid)
    turned = "\n".join(f"{on} {amount / 100:.2f}" for on, amount in paid)
    again = delivered(bank, ROW | {"contract_number": number, "repayments": turned})
    assert (again.unchanged, again.rejected) == (1, 0)

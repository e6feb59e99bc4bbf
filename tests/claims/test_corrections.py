"""A clerk sets single cells right: judged again, sealed, told to nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from qinghe.claims.intake.corrected import corrected
from qinghe.claims.intake.faults import ADVICE
from qinghe.claims.intake.read import ROW as NUMBER
from qinghe.claims.intake.strangers import PhonesInText
from qinghe.claims.models import Batch, Claim, Correction, RowError
from qinghe.claims.queries import (
    NoSuchBatch,
    batch_for,
    corrections,
    error_file,
    fault_kinds,
    wrong_rows,
)
from qinghe.claims.services import (
    BatchDecided,
    CellTooLong,
    NoSuchColumn,
    RowNotWrong,
    TooManyCells,
    accept_batch,
    correct_rows,
    refuse_batch,
)
from qinghe.claims.services.corrections import Cell
from qinghe.journal.models import Entry
from qinghe.kernel.ids import new_id
from qinghe.parties.filestore import load_file
from qinghe.parties.models import Organisation
from tests.claims.world import NOW, REVIEWER, ROW, clerk, creditor, delivered

pytestmark = pytest.mark.django_db
TWO = ROW | {"contract_number": "C-2", "phone": "123", "principal": "-5"}
THREE = ROW | {"contract_number": "C-3", "due_date": "2026-02-30", "debtor_name": "吴示例"}


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.VAULT_FILES = tmp_path
    with translation.override("en"):
        yield


@pytest.fixture
def bank() -> Organisation:
    return creditor()


@pytest.fixture
def batch(bank: Organisation) -> Batch:
    return delivered(bank, ROW, TWO, THREE)


def correct(batch: Batch, *cells: Cell, bank: Organisation | None = None) -> Batch:
    actor = clerk(bank or batch.creditor)
    return correct_rows(batch_id=batch.pk, cells=list(cells), actor=actor, at=NOW)


def test_corrected_cells_are_judged_again_and_join_the_batch(batch: Batch) -> None:
    assert (batch.valid, batch.rejected) == (1, 2)
    half = correct(batch, (3, "phone", "10012345678"))
    assert (half.valid, half.rejected) == (1, 2)
    whole = correct(batch, (3, "principal", " 5 "), (4, "due_date", "2026-02-28"))
    assert (whole.valid, whole.rejected) == (3, 0)
    assert not RowError.objects.exists()

    taken = accept_batch(batch_id=batch.pk, partial=False, actor=clerk(batch.creditor), at=NOW)
    assert taken.accepted == 3
    assert Claim.objects.get(contract_number="C-2").principal == 500
    assert b",-5," in load_file(batch.sha256)


CHANGES = {
    "contract_number": ["C-1", "C-2", "C-3", "C-9", ""],
    "principal": ["5", "-5", "7.25"],
    "currency": ["CNY", "USD", "XXX"],
    "due_date": ["2026-02-28", "2026-02-30", "2026-11-01"],
}
changes = st.lists(
    st.tuples(st.sampled_from([3, 4, 5, 6]), st.sampled_from(sorted(CHANGES)), st.integers(0, 4)),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(changes, min_size=1, max_size=3))
def test_judging_the_touched_rows_is_judging_the_whole_file(
    rounds: list[list[tuple[int, str, int]]],
) -> None:
    same = ROW | {"contract_number": "C-2", "principal": "-1"}
    rows = [ROW, TWO, THREE, same, TWO | {"contract_number": "C-3"}]
    bank = creditor(slug=f"bank-{new_id()}")
    batch = delivered(bank, *rows)
    for some in rounds:
        cells = [(row, name, CHANGES[name][n % len(CHANGES[name])]) for row, name, n in some]
        wrong = set(RowError.objects.filter(batch=batch).values_list("row", flat=True))
        wrong |= set(Correction.objects.filter(batch=batch).values_list("row", flat=True))
        taken = [cell for cell in cells if cell[0] in wrong]
        correct(batch, *taken)
        for row, name, text in taken:
            rows[row - 2] = rows[row - 2] | {name: text}
    batch.refresh_from_db()
    whole = delivered(creditor(slug=f"bank-{new_id()}"), *rows)
    assert essence(batch) == essence(whole)


def essence(batch: Batch) -> tuple[object, ...]:
    faults = RowError.objects.filter(batch=batch).order_by("row", "column", "code")
    counts = (batch.read, batch.valid, batch.rejected, batch.unchanged, batch.amount)
    named = list(faults.values_list("row", "column", "code", "facts"))
    return counts, batch.currency, batch.stages, named


def test_a_cell_may_be_corrected_once_more_and_the_newest_counts(batch: Batch) -> None:
    correct(batch, (4, "due_date", "2026-02-27"))
    correct(batch, (4, "due_date", "2026-02-28"))
    accept_batch(batch_id=batch.pk, partial=True, actor=clerk(batch.creditor), at=NOW)
    assert str(Claim.objects.get(contract_number="C-3").due_on) == "2026-02-28"
    assert Correction.objects.count() == 2


def test_nothing_of_a_value_is_kept_outside_the_sealed_file(batch: Batch, tmp_path: Path) -> None:
    correct(batch, (3, "phone", "10087654321"), (3, "debtor_name", "郑示例"))
    rows = str(list(Correction.objects.values())) + str(list(Entry.objects.values()))
    rows += str(list(RowError.objects.values())) + str(list(Batch.objects.values()))
    for secret in ("10087654321", "郑示例"):
        assert secret not in rows
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or secret.encode() not in path.read_bytes()
    (sha256,) = set(Correction.objects.values_list("sha256", flat=True))
    again = json.loads(load_file(sha256))
    assert len(again["word"]) == 32


def test_who_and_when_are_kept(batch: Batch) -> None:
    actor = clerk(batch.creditor)
    correct_rows(batch_id=batch.pk, cells=[(3, "phone", "10012345678")], actor=actor, at=NOW)
    (one,), count = corrections(batch_for(batch_id=batch.pk, actor=actor))
    assert (one.row, one.column, one.at, count) == (3, "phone", NOW, 1)
    assert Correction.objects.get().by == actor.user_id
    entry = Entry.objects.get(kind="claims.batch-corrected")
    assert entry.facts["cells"] == 1


def test_what_stands_so_already_writes_nothing(batch: Batch) -> None:
    correct(batch, (3, "phone", "123 "))
    assert not Correction.objects.exists()
    assert not Entry.objects.filter(kind="claims.batch-corrected").exists()


@pytest.mark.parametrize(
    ("cells", "refusal"),
    [
        ([(2, "phone", "10012345678")], RowNotWrong),
        ([(99, "phone", "10012345678")], RowNotWrong),
        ([(3, "mobile", "10012345678")], NoSuchColumn),
        ([(3, "※row", "7")], NoSuchColumn),
        ([(3, "address", "x" * 40_000)], CellTooLong),
        ([(3, "address", str(n)) for n in range(1001)], TooManyCells),
        ([(3, "address", "妻子 13800138000")], PhonesInText),
    ],
)
def test_what_cannot_be_corrected_is_refused_and_changes_nothing(
    batch: Batch, cells: list[Cell], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        correct(batch, *cells)
    assert not Correction.objects.exists()
    assert Batch.objects.get().rejected == 2


def test_only_its_creditor_corrects_and_only_before_the_decision(
    batch: Batch, bank: Organisation
) -> None:
    with pytest.raises(NoSuchBatch):
        correct(batch, (3, "phone", "10012345678"), bank=creditor("other"))
    refuse_batch(batch_id=batch.pk, actor=clerk(bank), at=NOW)
    with pytest.raises(BatchDecided):
        correct(batch, (3, "phone", "10012345678"))


def test_the_values_are_for_the_creditor_alone(batch: Batch, bank: Organisation) -> None:
    view = batch_for(batch_id=batch.pk, actor=clerk(bank))
    rows, total = wrong_rows(view, actor=clerk(bank))
    assert total == 2
    assert [(cell.column, cell.value) for cell in rows[0].cells] == [
        ("phone", "123"),
        ("principal", "-5"),
    ]
    assert "negative" in rows[0].cells[1].errors[0].reason
    for stranger in (REVIEWER, clerk(creditor("other"))):
        with pytest.raises(NoSuchBatch):
            wrong_rows(view, actor=stranger)


def test_faults_are_grouped_by_kind_and_filtered(batch: Batch, bank: Organisation) -> None:
    view = batch_for(batch_id=batch.pk, actor=clerk(bank))
    kinds = {kind.code: kind.rows for kind in fault_kinds(view)}
    assert kinds == {"bad-phone": 1, "negative": 1, "bad-date": 1}
    assert all("{" not in kind.reason + kind.fix for kind in fault_kinds(view))
    rows, total = wrong_rows(view, actor=clerk(bank), code="bad-date")
    assert ([row.row for row in rows], total) == ([4], 1)
    assert rows[0].contract == "C-3"


def test_a_corrected_row_can_be_found_again_by_its_number(batch: Batch, bank: Organisation) -> None:
    correct(batch, (4, "due_date", "2026-02-28"))
    view = batch_for(batch_id=batch.pk, actor=clerk(bank))
    rows, total = wrong_rows(view, actor=clerk(bank), row=4)
    assert (rows[0].cells[0].value, total) == ("2026-02-28", 1)
    assert wrong_rows(view, actor=clerk(bank), row=2) == ([], 0)


def test_the_error_file_holds_what_was_corrected(batch: Batch) -> None:
    correct(batch, (3, "phone", "10012345678"))
    text = error_file(batch, "csv").decode("utf-8-sig")
    assert "10012345678" in text
    assert "C-2" in text


@settings(deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 12), st.sampled_from(["a", "b", "c"])), st.text(max_size=5)
    )
)
def test_only_the_named_cells_change(cells: dict[tuple[int, str], str]) -> None:
    numbers = pl.Series(NUMBER, range(2, 10), dtype=pl.UInt32)
    table = pl.DataFrame([numbers, *(pl.Series(name, ["x"] * 8) for name in ("a", "b"))])
    new = corrected(table, cells)
    for one in new.iter_rows(named=True):
        for column in ("a", "b"):
            assert one[column] == cells.get((one[NUMBER], column), "x").strip()


def test_rows_with_one_number_name_each_other_and_the_columns_that_differ(
    bank: Organisation,
) -> None:
    other = ROW | {"contract_number": "C-9", "principal": "700.00", "debtor_name": "吴示例"}
    same = [ROW | {"contract_number": "C-8"}] * 2
    batch = delivered(bank, ROW | {"contract_number": "C-9"}, other, *same, TWO)
    view = batch_for(batch_id=batch.pk, actor=clerk(bank))
    rows, _total = wrong_rows(view, actor=clerk(bank))
    found = {row.row: [(twin.row, set(twin.columns)) for twin in row.twins] for row in rows}
    first = min(found)
    differs = {"principal", "debtor_name"}
    assert found[first] == [(first + 1, differs)]
    assert found[first + 1] == [(first, differs)]
    # The first of two equal rows is taken; the second names it.
    assert found[first + 3] == [(first + 2, set())]
    assert found[first + 4] == []


def test_one_amount_written_in_two_ways_is_no_difference(bank: Organisation) -> None:
    one = ROW | {"contract_number": "C-9", "principal": "1,000.00", "interest": "0120.50"}
    other = one | {"principal": "1000", "interest": "120.5元"}
    batch = delivered(bank, one, other)
    assert list(RowError.objects.filter(batch=batch).values_list("row", "code")) == [
        (3, "duplicate")
    ]
    view = batch_for(batch_id=batch.pk, actor=clerk(bank))
    ((row,), _total) = wrong_rows(view, actor=clerk(bank))
    assert [(twin.row, twin.columns) for twin in row.twins] == [(2, ())]
    third = one | {"principal": "1000.01"}
    view = batch_for(batch_id=delivered(bank, one, third).pk, actor=clerk(bank))
    rows, _total = wrong_rows(view, actor=clerk(bank))
    assert {twin.columns for row in rows for twin in row.twins} == {("principal",)}


@pytest.mark.parametrize("code", ADVICE)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_kind_of_error_is_told_in_whole_sentences(code: str, language: str) -> None:
    with translation.override(language):
        for words in ADVICE[code].generally():
            assert "{" not in words
            assert "…" not in words

"""A large file on its way: pieces, chunks, crashes, two workers, cancellation, the same again."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from stdnum.iso7064 import mod_11_2

from qinghe.claims.intake import stream
from qinghe.claims.intake.read import ROW as ROW_NUMBER
from qinghe.claims.intake.read import FileUnreadable, read_table
from qinghe.claims.models import Batch, Claim, RowError, Staged
from qinghe.claims.queries import batch_for, error_file
from qinghe.claims.services import (
    BatchDecided,
    BatchNotChecked,
    accept_batch,
    cancel_batch,
    forget_undecided,
    intake,
    receive_batch,
    resume_batches,
)
from qinghe.claims.services import batches as at_once
from qinghe.claims.services.driving import MOST_TRIES, alone
from qinghe.claims.services.working import Work
from qinghe.kernel.actor import system
from qinghe.ledger.queries import trial_balance
from qinghe.parties.filestore import seal_stream
from qinghe.parties.models import Organisation, Person, VaultItem
from qinghe.parties.services import unseal
from tests.claims.world import NOW, ROW, TODAY, clerk, creditor, file_of
from tests.place import until
from tests.races import race

JOB = system("tests")


@pytest.fixture(autouse=True)
def _small_pieces(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAULT_FILES = tmp_path
    monkeypatch.setattr(at_once, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(at_once, "AT_ONCE_ROWS", 0)
    monkeypatch.setattr(stream.pieces, "__kwdefaults__", {"size": 600})


def rows_of(count: int, **changes: str) -> list[dict[str, str]]:
    return [
        ROW
        | {
            "contract_number": f"C-{n}",
            # Every third debtor owes under two contracts.
            "id_number": f"9901011990010{n // 3 * 2:04}X",
            "phone": f"100{n // 3 * 2:08}",
            "principal": f"{100 + n}.50",
        }
        | changes
        for n in range(count)
    ]


def received(bank: Organisation, rows: list[dict[str, str]]) -> Batch:
    return receive_batch(
        creditor_id=bank.pk,
        filename="claims.csv",
        sha256=seal_stream(io.BytesIO(file_of(*rows))),
        mapping="qinghe",
        as_of=TODAY,
        actor=clerk(bank),
        at=NOW,
    )


def worked(batch: Batch, chunk_rows: int = 7) -> Batch:
    intake(batch_id=batch.pk, clock=lambda: NOW, chunk_rows=chunk_rows)
    batch.refresh_from_db()
    return batch


def taken(bank: Organisation, rows: list[dict[str, str]], *, partial: bool = True) -> Batch:
    batch = worked(received(bank, rows))
    accept_batch(batch_id=batch.pk, partial=partial, actor=clerk(bank), at=NOW)
    return worked(batch)


def claims_of(bank: Organisation) -> set[tuple[Any, ...]]:
    names = ("contract_number", "fingerprint", "principal", "interest", "costs", "stage", "state")
    rows = Claim.objects.filter(creditor=bank).values_list(*names)
    return {(*row[:1], bytes(row[1]), *row[2:]) for row in rows}


def wrong_ids(count: int) -> list[dict[str, str]]:
    """Rows whose check digit is right by chance would be real numbers: none may be."""
    rows = rows_of(count)
    for row in rows:
        row["id_number"] = next(
            f"{row['id_number'][:-1]}{last}"
            for last in "X0"
            if not read_ok(f"{row['id_number'][:-1]}{last}")
        )
    return rows


def read_ok(number: str) -> bool:
    return bool(mod_11_2.is_valid(number))


@pytest.mark.django_db
def test_a_large_file_is_checked_and_taken_over_by_a_job_piece_by_piece() -> None:
    bank = creditor()
    batch = received(bank, wrong_ids(40))
    assert (batch.state, batch.read) == ("received", 0)
    with pytest.raises(BatchNotChecked):
        accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)

    worked(batch)
    assert (batch.state, batch.rows, batch.read, batch.valid) == ("checked", 40, 40, 40)
    assert Staged.objects.filter(batch_id=batch.pk).count() == 40
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    assert batch_for(batch_id=batch.pk, actor=clerk(bank)).state == "merging"
    assert not Claim.objects.exists()

    worked(batch)
    assert (batch.state, batch.accepted, batch.rejected) == ("accepted", 40, 0)
    assert Claim.objects.filter(batch=batch).count() == 40
    assert Person.objects.count() == 14
    assert not Staged.objects.exists()
    assert trial_balance() == {"CNY": 0}


@pytest.mark.django_db
def test_what_the_vault_holds_can_be_opened_and_belongs_to_its_person() -> None:
    taken(creditor(), wrong_ids(3))
    person = Person.objects.get()
    held = {(item.kind, unseal(item)) for item in VaultItem.objects.filter(person=person)}
    assert ("name", "陈测试") in held
    assert ("phone", "+8610000000000") in held
    assert ("email", "chen@example.com") in held
    assert {kind for kind, _text in held} == {"name", "id_number", "phone", "email", "address"}
    assert person.masked_name == "陈＊＊"


@pytest.mark.django_db
def test_the_same_contract_in_two_pieces_is_found() -> None:
    rows = wrong_ids(30)
    rows[29] = rows[29] | {"contract_number": "C-0"}
    rows[28] = rows[1]
    batch = worked(received(creditor(), rows))
    errors = RowError.objects.filter(batch=batch).order_by("row")
    assert list(errors.values_list("row", "code", "facts")) == [
        (2, "duplicate-differs", {"first_row": 2}),
        (30, "duplicate", {"first_row": 3}),
        (31, "duplicate-differs", {"first_row": 2}),
    ]


@pytest.mark.django_db
def test_the_currency_of_a_file_is_that_of_most_of_its_rows_wherever_they_stand() -> None:
    rows = wrong_ids(30)
    rows[:9] = [row | {"currency": "USD"} for row in rows[:9]]
    batch = worked(received(creditor(), rows))
    assert (batch.currency, batch.rejected) == ("CNY", 9)
    assert set(RowError.objects.values_list("code", flat=True)) == {"mixed-currency"}


@pytest.mark.django_db
def test_import_of_an_import_changes_nothing() -> None:
    bank = creditor()
    first = taken(bank, wrong_ids(25))
    before = claims_of(bank)
    again = taken(bank, wrong_ids(25))
    assert (again.accepted, again.unchanged, again.read) == (0, first.accepted, 25)
    assert claims_of(bank) == before
    assert trial_balance() == {"CNY": 0}


broken = st.sampled_from(
    [{}, {}, {"principal": "-1"}, {"due_date": "x"}, {"phone": "1"}, {"contract_number": ""}]
)


@pytest.mark.django_db
@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(changes=st.lists(broken, min_size=1, max_size=24), data=st.data())
def test_rows_add_up_and_their_order_is_irrelevant(
    changes: list[dict[str, str]], data: st.DataObject
) -> None:
    number = Organisation.objects.count()
    rows = [row | change for row, change in zip(wrong_ids(len(changes)), changes, strict=True)]
    mixed = data.draw(st.permutations(rows))
    here, there = creditor(f"a{number}"), creditor(f"b{number}")
    one, other = taken(here, rows), taken(there, mixed)
    for batch in (one, other):
        assert batch.accepted + batch.rejected + batch.unchanged == batch.read == len(rows)
    assert claims_of(here) == claims_of(there)
    assert not any(trial_balance().values())


@pytest.mark.django_db
def test_rows_that_vanished_from_staging_are_made_again() -> None:
    bank = creditor()
    batch = worked(received(bank, wrong_ids(30)))
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    work = Work(batch.pk, actor=JOB, chunk_rows=8)
    assert work.step(at=NOW)
    # What a crash of the database does to a table that is not logged.
    Staged.objects.all().delete()

    worked(batch)
    assert (batch.state, batch.accepted, batch.unchanged, batch.rejected) == ("accepted", 30, 0, 0)
    assert Claim.objects.count() == 30
    assert trial_balance() == {"CNY": 0}


@pytest.mark.django_db
@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_another_worker_goes_on_where_the_first_one_stopped(steps: int) -> None:
    bank = creditor()
    batch = received(bank, wrong_ids(30))
    first = Work(batch.pk, actor=JOB, chunk_rows=8)
    for _ in range(steps):
        first.step(at=NOW)
    worked(batch)
    assert (batch.state, batch.read, batch.valid) == ("checked", 30, 30)
    # The first one wakes up: it must not stage a piece a second time.
    first.step(at=NOW)
    assert Staged.objects.count() == 30


@pytest.mark.django_db
def test_a_file_that_breaks_off_late_fails_with_its_reason_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "HEAD_BYTES", 1500)
    bank = creditor()
    content = file_of(*wrong_ids(30)) + b",".join([b"1"] * 99) + b"\n"
    batch = receive_batch(
        creditor_id=bank.pk,
        filename="claims.csv",
        sha256=seal_stream(io.BytesIO(content)),
        mapping="qinghe",
        as_of=TODAY,
        actor=clerk(bank),
        at=NOW,
    )
    worked(batch)
    view = batch_for(batch_id=batch.pk, actor=clerk(bank))
    assert (view.state, view.failure["code"]) == ("failed", "claims.file-unreadable")
    assert "32" in view.failed_because
    assert not Staged.objects.exists()


@pytest.mark.django_db
def test_cancelled_before_the_merge_nothing_remains() -> None:
    bank = creditor()
    batch = received(bank, wrong_ids(30))
    work = Work(batch.pk, actor=JOB)
    work.step(at=NOW)
    cancel_batch(batch_id=batch.pk, actor=clerk(bank), at=NOW)
    assert not work.step(at=NOW)
    batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert not Staged.objects.exists()
    with pytest.raises(BatchDecided):
        cancel_batch(batch_id=batch.pk, actor=clerk(bank), at=NOW)


@pytest.mark.django_db
def test_cancelled_during_the_merge_the_claims_that_were_made_stay_and_are_told() -> None:
    bank = creditor()
    batch = worked(received(bank, wrong_ids(30)))
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    work = Work(batch.pk, actor=JOB, chunk_rows=8)
    work.step(at=NOW)
    cancel_batch(batch_id=batch.pk, actor=clerk(bank), at=NOW)
    assert not work.step(at=NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.accepted, Claim.objects.count()) == ("cancelled", 8, 8)
    assert not Staged.objects.exists()

    again = taken(bank, wrong_ids(30))
    assert (again.accepted, again.unchanged, Claim.objects.count()) == (22, 8, 30)


@pytest.mark.django_db
def test_a_batch_that_always_breaks_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = received(creditor(), wrong_ids(3))

    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("qinghe.claims.services.working.stage", fail)
    for _ in range(MOST_TRIES):
        batch.refresh_from_db()
        assert batch.state != "failed"
        with pytest.raises(RuntimeError):
            intake(batch_id=batch.pk, clock=lambda: NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.failure["code"]) == ("failed", "claims.intake-broken")


@pytest.mark.django_db
def test_rows_nobody_decided_on_are_forgotten_and_made_again_when_accepted() -> None:
    bank = creditor()
    batch = worked(received(bank, wrong_ids(9)))
    assert forget_undecided(at=NOW + timedelta(days=6)) == 0
    assert forget_undecided(at=NOW + timedelta(days=8)) == 1
    assert not Staged.objects.exists()
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NOW)
    assert worked(batch).accepted == 9


@pytest.mark.django_db
def test_the_error_file_of_a_long_file_holds_the_faulty_rows_of_every_piece() -> None:
    rows = wrong_ids(30)
    for place in (3, 28):
        rows[place] = rows[place] | {"principal": "-7"}
    batch = worked(received(creditor(), rows))
    table = read_table(error_file(batch, "csv"))
    assert table["contract_number"].to_list() == ["C-3", "C-28"]


@pytest.mark.django_db
def test_a_waiting_batch_is_queued_once_a_worker_died() -> None:
    received(creditor(), wrong_ids(3))
    assert resume_batches() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_work_on_the_same_batch() -> None:
    bank = creditor()
    batch = received(bank, wrong_ids(60))

    def work(_number: int) -> bool:
        return intake(batch_id=batch.pk, clock=lambda: NOW, chunk_rows=5)

    race(range(6), work)
    accept_batch(batch_id=worked(batch).pk, partial=False, actor=clerk(bank), at=NOW)
    race(range(6), work)
    worked(batch)
    assert (batch.state, batch.accepted) == ("accepted", 60)
    assert Claim.objects.count() == 60
    assert trial_balance() == {"CNY": 0}


@pytest.mark.django_db(transaction=True)
def test_without_any_lease_no_row_is_doubled_either(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = creditor()
    batch = received(bank, wrong_ids(60))

    def work(_number: int) -> None:
        one = Work(batch.pk, actor=JOB, chunk_rows=5)
        while one.step(at=NOW):
            pass

    race(range(4), work)
    accept_batch(batch_id=worked(batch).pk, partial=False, actor=clerk(bank), at=NOW)
    race(range(4), work)
    worked(batch)
    assert (batch.state, batch.accepted, batch.unchanged) == ("accepted", 60, 0)
    assert Claim.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_lease_ends_with_the_connection_of_its_holder() -> None:
    batch = received(creditor(), wrong_ids(3))

    def hold(_number: int) -> bool:
        with alone(batch.pk) as mine:
            # The worker dies: nothing is given back.
            connection.close()
            return mine

    assert race([0], hold) == [True]

    def free() -> bool:
        with alone(batch.pk) as mine:
            return mine

    # The server learns of a dead connection a moment later.
    until("the lease of a dead worker to end", free, 20)


cells = st.sampled_from(["甲", "b", '"q\nz"', '"a""b"', '"x""\n""y"', "", "x y", "1.50", "合计"])


@given(
    rows=st.lists(st.lists(cells, max_size=4), max_size=14),
    size=st.integers(1, 200),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
    title=st.booleans(),
)
def test_pieces_together_are_what_the_reader_sees_in_the_whole(
    rows: list[list[str]], size: int, encoding: str, end: str, title: bool
) -> None:
    above = [["2026 年明细表"], []] if title else []
    text = end.join(",".join(row) for row in [*above, ["合同号", "姓名", "本金"], *rows, []])
    content = text.encode(encoding)

    def blocks() -> Iterator[bytes]:
        return (content[at : at + 7] for at in range(0, len(content), 7))

    expected = read_or_told(lambda: read_table(content))
    found = read_or_told(lambda: pl.concat(list(stream.pieces(blocks, size=size))))
    assert found == expected


def read_or_told(reader: Callable[[], pl.DataFrame]) -> object:
    try:
        table = reader()
    except FileUnreadable as refused:
        return str(refused)
    return table.columns, table.rows()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_the_head_of_a_long_file_is_read_in_its_own_letters(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEAD_BYTES", 300)
    content = ("合同号,姓名\n" + "甲1,王五\n" * 200).encode(encoding)

    def blocks() -> Iterator[bytes]:
        return (content[at : at + 100] for at in range(0, len(content), 100))

    assert not stream.is_short(blocks)
    head = stream.head_of(blocks)
    assert head.columns[1:] == ["合同号", "姓名"]
    assert 0 < head.height < 200


@pytest.mark.parametrize("late", [False, True])
def test_a_long_file_in_big5_keeps_every_letter(
    late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEAD_BYTES", 300)
    # When the head has no letter beyond ASCII, the first lines that have some decide.
    rows = [(f"C-{n}", "none" if late and n < 60 else "臺灣銀行的借款人張國華") for n in range(120)]
    content = "".join(f"{a},{b}\n" for a, b in [("number", "name"), *rows]).encode("cp950")

    def blocks() -> Iterator[bytes]:
        return (content[at : at + 101] for at in range(0, len(content), 101))

    tables = list(stream.pieces(blocks, size=500))
    assert len(tables) > 3
    assert pl.concat(tables).drop(ROW_NUMBER).rows() == rows

"""A worker is killed at any moment, again and again; no row is lost, none is doubled."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from random import Random

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from qinghe.bench.synthetic import MAPPING, write_claims
from qinghe.claims.models import Batch, Claim, Line, RowError, Staged
from qinghe.claims.services import accept_batch, receive_batch
from qinghe.claims.services import batches as at_once
from qinghe.journal.services import seal
from qinghe.ledger.models import Transfer
from qinghe.ledger.queries import trial_balance
from qinghe.parties.filestore import seal_stream
from qinghe.parties.models import ContactPoint, Person
from qinghe.reporting.verification import verify
from tests.claims.world import NOW, TODAY, clerk, creditor
from tests.place import ROOT

DAY = date(2026, 11, 20)


def import_killed(folder: Path, *, rows: int, kills: int, chunk_rows: int, seed: int) -> None:
    random, bank, path = Random(seed), creditor(), folder / "claims.csv"
    write_claims(path, rows=rows, seed=seed, as_of=DAY)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    # Some rows are wrong, and one contract stands in the file twice.
    for place in range(50, rows, 97):
        lines[place] = lines[place].replace(",CNY,", ",XYZ,")
    lines.append(lines[1])
    path.write_text("".join(lines), "utf-8")
    wrong = len(range(50, rows, 97)) + 1
    with path.open("rb") as file:
        sha256 = seal_stream(file)
    batch = receive_batch(
        creditor_id=bank.pk, filename="claims.csv", sha256=sha256, mapping=MAPPING, as_of=TODAY,
        actor=clerk(bank), at=NOW,
    )  # fmt: skip
    killed = killed_until("checked", batch, folder, chunk_rows, kills // 2, random)
    accept_batch(batch_id=batch.pk, partial=True, actor=clerk(bank), at=NOW)
    killed += killed_until("accepted", batch, folder, chunk_rows, kills - killed, random)
    assert killed >= kills // 2
    assert (batch.read, batch.rejected, batch.unchanged) == (rows + 1, wrong, 0)
    sound(batch, rows + 1 - wrong)


def killed_until(
    state: str, batch: Batch, folder: Path, chunk_rows: int, kills: int, random: Random
) -> int:
    """Work on a batch in processes that are killed after some steps or in the middle of one."""
    killed = 0
    while batch.state != state:
        worker = start(batch, folder, chunk_rows)
        assert worker.stdout is not None
        if killed < kills:
            for _step in range(1 + random.randrange(3)):
                worker.stdout.readline()
            with suppress(subprocess.TimeoutExpired):
                worker.wait(random.uniform(0, 0.4))
            killed += worker.poll() is None
            worker.kill()
        _out, errors = worker.communicate()
        assert worker.returncode in (0, -9), errors
        batch.refresh_from_db()
    return killed


def start(batch: Batch, folder: Path, chunk_rows: int) -> subprocess.Popen[str]:
    database = str(connection.settings_dict["NAME"])
    told = (str(batch.pk), database, str(folder), str(chunk_rows))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.claims.importer", *told],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def sound(batch: Batch, expected: int) -> None:
    claims = Claim.objects.filter(batch=batch)
    assert batch.accepted == claims.count() == expected
    assert claims.values("contract_number").distinct().count() == expected
    assert batch.accepted + batch.rejected + batch.unchanged == batch.read
    assert RowError.objects.filter(batch=batch).values("row").distinct().count() == batch.rejected
    assert Line.objects.count() == Transfer.objects.count()
    assert ContactPoint.objects.count() == 3 * Person.objects.count()
    assert trial_balance() == {"CNY": 0}
    assert not Staged.objects.exists()
    seal(at=NOW)
    report = verify(at=NOW)
    assert report.ok, report


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAULT_FILES = tmp_path
    monkeypatch.setattr(at_once, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(at_once, "AT_ONCE_ROWS", 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_some_times_loses_and_doubles_nothing(tmp_path: Path) -> None:
    import_killed(tmp_path, rows=1500, kills=6, chunk_rows=200, seed=6)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    kills = int(os.environ.get("QINGHE_CRASH_ROUNDS", "20"))
    import_killed(tmp_path, rows=60_000, kills=2 * kills, chunk_rows=1_000, seed=9)

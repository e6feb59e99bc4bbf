"""A sealed file that no row names goes after a day; whatever any row names never does."""

from __future__ import annotations

import ast
import os
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

import qinghe
from qinghe.claims.jobs import forget
from qinghe.claims.models import Evidence
from qinghe.claims.services import remove_unnamed
from qinghe.claims.services import unnamed as sweeping
from qinghe.claims.services.removing import hash_columns
from qinghe.journal.models import Entry
from qinghe.parties.filestore import seal_file
from tests import factories
from tests.claims.test_removing import batch, evidence, there
from tests.factories import AT

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LONG_AGO = 1_577_836_800

# Where files come to be kept, and which column names each: whoever adds a place adds it here.
PLACES = {
    "parties/services/papers.py": [
        ("Licence", "scan"), ("Representative", "paper"), ("Cover", "paper"),
    ],
    "settlement/services/debit_runs.py": [("DebitRun", "file_sha256")],
    "settlement/services/stating.py": [
        ("KeptStatement", "pdf"), ("KeptStatement", "csv"), ("KeptStatement", "xlsx"),
    ],
    "settlement/services/bank_files.py": [("PayoutRun", "file_sha256")],
    "web/creditor/intake.py": [("Batch", "sha256")],
    "cli/imports.py": [("Batch", "sha256")],
    "bench/importing.py": [("Batch", "sha256")],
    "api/batches.py": [("Batch", "sha256")],
    "claims/services/sending.py": [("DisputePaper", "sha256")],
    "claims/services/evidence.py": [("Evidence", "sha256")],
    "claims/services/packing.py": [("Bundle", "sha256")],
    "claims/services/corrections.py": [("Correction", "sha256")],
    "claims/services/dropfiles.py": [("Batch", "sha256")],
    "claims/services/batches.py": [("Batch", "sha256")],
    "claims/services/examining.py": [("Evidence", "report"), ("DisputePaper", "report")],
    "contact/services/sending.py": [("Delivery", "file_sha256")],
}  # fmt: skip


@pytest.fixture(autouse=True)
def vault(settings: Settings, tmp_path: Path) -> Path:
    settings.VAULT_FILES = tmp_path
    return tmp_path


def kept(content: bytes, vault: Path, *, at: float = LONG_AGO) -> str:
    sha256 = seal_file(content)
    os.utime(vault / sha256[:2] / sha256, (at, at))
    return sha256


def test_what_nothing_names_goes_and_is_counted_once(vault: Path) -> None:
    lost = [kept(f"lost {n}".encode(), vault) for n in range(3)]
    named = kept(b"named", vault)
    batch(named, "refused")
    assert remove_unnamed(at=AT) == 3
    assert not any(map(there, lost))
    assert there(named)
    assert Entry.objects.get(kind="claims.files-swept").facts == {"count": 3}
    assert remove_unnamed(at=AT) == 0
    assert Entry.objects.filter(kind="claims.files-swept").count() == 1


def test_every_scan_state_and_every_report_is_named(vault: Path) -> None:
    files = [kept(scan.encode(), vault) for scan in ("infected", "waiting")]
    for sha256, scan in zip(files, ("infected", "waiting"), strict=True):
        evidence(sha256, scan)
    report = kept(b"who signed", vault)
    Evidence.objects.create(
        claim=factories.claim(), kind="contract", sha256=kept(b"signed", vault), report=report,
        media_type="application/pdf", size=4, filename="a.pdf", uploaded_at=AT, scan="clean",
    )  # fmt: skip
    assert remove_unnamed(at=AT) == 0
    assert there(report)


def test_what_was_kept_today_stays_whatever_the_calendar_of_the_house_says(vault: Path) -> None:
    fresh = seal_file(b"just sent")
    again = kept(b"sent again", vault)
    seal_file(b"sent again")
    # A practice house may live years ahead of the disk.
    assert remove_unnamed(at=AT + 3650 * DAY) == 0
    assert there(fresh)
    assert there(again)


def test_a_file_that_was_half_written_long_ago_goes_and_one_being_written_stays(
    vault: Path,
) -> None:
    folder = vault / "ab"
    folder.mkdir()
    old, new = folder / "old.partial", folder / "new.partial"
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    os.utime(old, (LONG_AGO, LONG_AGO))
    assert remove_unnamed(at=AT) == 0
    assert not old.exists()
    assert new.exists()


def test_no_more_than_some_go_at_once(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_MOST", 2)
    monkeypatch.setattr(sweeping, "TOGETHER", 2)
    for n in range(5):
        kept(f"lost {n}".encode(), vault)
    assert [remove_unnamed(at=AT) for _ in range(4)] == [2, 2, 1, 0]


def test_a_vault_that_this_database_does_not_know_is_left_alone(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dump restored half, or a database beside the wrong data folder, must cost no evidence."""
    monkeypatch.setattr(sweeping, "FEW", 2)
    lost = [kept(f"theirs {n}".encode(), vault) for n in range(3)]
    batch(kept(b"ours", vault), "refused")
    with pytest.raises(sweeping.NotOurVault) as refusal:
        remove_unnamed(at=AT)
    assert refusal.value.facts == {"files": 4, "unnamed": 3}
    assert all(map(there, lost))
    for n in range(4):
        batch(kept(f"ours {n}".encode(), vault), "refused")
    assert remove_unnamed(at=AT) == 3


def test_the_daily_job_removes_them(vault: Path) -> None:
    lost = kept(b"lost", vault)
    forget()
    assert not there(lost)


def test_every_place_that_keeps_a_file_names_it_in_a_column_that_is_known() -> None:
    root = Path(str(qinghe.__file__)).parent
    keeps = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name) and node.id in ("seal_file", "seal_stream")
    }
    assert keeps == set(PLACES)
    columns = {(model.__name__, name) for model, name in hash_columns()}
    assert {each for some in PLACES.values() for each in some} <= columns

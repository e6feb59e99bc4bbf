"""Files in a creditor's folder: taken when complete, moved with a report, never followed away."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from qinghe.claims.models import Batch, Claim
from qinghe.claims.services import scan_folders
from tests.claims.world import NOW, ROW, creditor, file_of

pytestmark = pytest.mark.django_db
SECRETS = (ROW["debtor_name"], ROW["id_number"], ROW["phone"], ROW["email"], ROW["address"])


@pytest.fixture
def incoming(settings: Settings, tmp_path: Path) -> Path:
    settings.VAULT_FILES = tmp_path / "files"
    creditor("demo-bank")
    folder = tmp_path / "drop" / "demo-bank" / "incoming"
    folder.mkdir(parents=True)
    return folder


def look(incoming: Path, times: int = 1) -> list[dict[str, int]]:
    root = incoming.parent.parent
    return [scan_folders(root, at=NOW + timedelta(minutes=n)) for n in range(times)]


def reports(incoming: Path, part: str) -> list[dict[str, object]]:
    found = sorted((incoming.parent / part).glob("*.report.json"))
    for each in found:
        assert not any(secret in each.read_text() for secret in SECRETS)
    return [json.loads(each.read_text()) for each in found]


def test_a_file_is_taken_once_it_has_not_changed_between_two_looks(incoming: Path) -> None:
    path = incoming / "claims.csv"
    whole = file_of(ROW)
    path.write_bytes(whole[:40])
    look(incoming)
    path.write_bytes(whole)
    look(incoming)
    assert path.exists()
    assert not Batch.objects.exists()

    look(incoming, 2)
    assert not path.exists()
    assert Claim.objects.count() == 1
    (report,) = reports(incoming, "taken")
    assert (report["state"], report["read"], report["accepted"]) == ("accepted", 1, 1)


def test_a_marker_says_that_a_file_is_complete(incoming: Path) -> None:
    (incoming / "claims.csv").write_bytes(file_of(ROW))
    (incoming / "claims.csv.done").touch()
    assert look(incoming) == [{"taken": 1, "refused": 0}]
    assert not list(incoming.iterdir())


def test_a_file_with_errors_waits_for_a_person_and_its_report_names_them(incoming: Path) -> None:
    rows = (ROW, ROW | {"contract_number": "C-2", "principal": "-1"})
    (incoming / "claims.csv").write_bytes(file_of(*rows))
    look(incoming, 3)
    assert not Claim.objects.exists()
    (report,) = reports(incoming, "taken")
    assert (report["state"], report["rejected"]) == ("checked", 1)
    assert [(e["row"], e["code"]) for e in report["errors"]] == [(3, "negative")]  # type: ignore[attr-defined]


def test_a_file_that_is_no_table_is_refused_with_the_reason(incoming: Path) -> None:
    (incoming / "claims.csv").write_bytes(b"\x00\x01")
    assert look(incoming, 2)[-1] == {"taken": 0, "refused": 1}
    (report,) = reports(incoming, "refused")
    assert report["code"] == "claims.file-unreadable"
    assert report["reason"]


def test_a_link_is_never_followed(incoming: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_bytes(file_of(ROW))
    (incoming / "claims.csv").symlink_to(elsewhere)
    (incoming / "claims.csv.done").touch()
    assert look(incoming, 2) == [{"taken": 0, "refused": 0}] * 2
    assert elsewhere.exists()


def test_the_folder_of_nobody_is_left_alone(incoming: Path) -> None:
    stranger = incoming.parent.parent / "nobody" / "incoming"
    stranger.mkdir(parents=True)
    (stranger / "claims.csv").write_bytes(file_of(ROW))
    look(incoming, 2)
    assert (stranger / "claims.csv").exists()


def test_the_plain_copy_is_deleted_after_a_week_and_the_report_stays(incoming: Path) -> None:
    (incoming / "claims.csv").write_bytes(file_of(ROW))
    look(incoming, 2)
    taken = incoming.parent / "taken"
    (plain,) = taken.glob("*.csv")
    far = NOW + timedelta(days=3650)
    scan_folders(incoming.parent.parent, at=far)
    assert not plain.exists()
    assert [each.name for each in taken.glob("[!.]*")] == [f"{plain.name}.report.json"]
    assert os.listdir(incoming) == []

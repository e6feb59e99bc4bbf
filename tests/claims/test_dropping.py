"""Files in a creditor's folder: taken when complete, moved with a report, never followed away."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from pytest_django.fixtures import Settings

from qinghe.claims.models import Batch, Claim
from qinghe.claims.services import dropping, scan_folders
from qinghe.claims.services.dropfiles import (
    MOST_REPORT_BYTES,
    FileShut,
    part_of,
    read,
    sealed,
    write,
)
from qinghe.parties import filestore
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


LONGEST = "债" * 83 + "a.csv"
AWKWARD = {
    "a name as long as the disk allows": os.fsencode("x" * 251 + ".csv"),
    "a long name in Chinese": os.fsencode(LONGEST),
    "bytes that are no text": b"\xff\xfe\x01.csv",
    "a line break": b"a\nb.csv",
    "leading dots and spaces": b" ..csv.CSV",
}


@pytest.mark.parametrize("name", AWKWARD.values(), ids=AWKWARD)
def test_one_awkward_name_stops_nobody(incoming: Path, name: bytes) -> None:
    assert len(name) <= 255
    (incoming / os.fsdecode(name)).write_bytes(file_of(ROW))
    other = incoming.parent.parent / "other-bank" / "incoming"
    other.mkdir(parents=True)
    creditor("other-bank")
    (other / "claims.csv").write_bytes(file_of(ROW))
    assert look(incoming, 3)[1] == {"taken": 2, "refused": 0}
    assert Claim.objects.count() == 2
    assert not list(incoming.iterdir())
    (report,) = reports(incoming, "taken")
    assert report["state"] == "accepted"
    Batch.objects.get(creditor__slug="demo-bank")


def test_a_file_that_nobody_may_read_is_refused_and_the_next_one_taken(
    incoming: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (incoming / "a.csv").write_bytes(file_of(ROW))
    (incoming / "b.csv").write_bytes(file_of(ROW))
    opened = os.open

    def guarded(path: object, *rest: object, **more: object) -> int:
        # Whoever runs the tests may be allowed everything.
        if str(path).endswith("/a.csv"):
            raise PermissionError(13, "no")
        return opened(path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("qinghe.claims.services.dropfiles.os.open", guarded)
    assert look(incoming, 2)[-1] == {"taken": 1, "refused": 1}
    (report,) = reports(incoming, "refused")
    assert report["code"] == "claims.drop-file-shut"


def test_folders_pipes_and_links_lie_there_unread(incoming: Path, tmp_path: Path) -> None:
    (incoming / "folder.csv").mkdir()
    os.mkfifo(incoming / "pipe.csv")
    (incoming / "nowhere.csv").symlink_to(tmp_path / "nothing")
    (incoming / "claims.csv").write_bytes(file_of(ROW))
    assert look(incoming, 2)[-1] == {"taken": 1, "refused": 0}
    assert sorted(os.listdir(incoming)) == ["folder.csv", "nowhere.csv", "pipe.csv"]


def test_a_pipe_put_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FileShut):
        sealed(tmp_path / "pipe.csv")


def test_a_file_that_grows_while_it_is_read_waits(
    incoming: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = incoming / "claims.csv"
    path.write_bytes(file_of(ROW))
    (incoming / "claims.csv.done").touch()
    with monkeypatch.context() as patch:
        read_once, grown = filestore._pieces, iter([b"", b"more"])

        def growing(source: BinaryIO) -> Iterator[bytes]:
            yield from read_once(source)
            yield next(grown)

        patch.setattr(filestore, "_pieces", growing)
        assert look(incoming) == [{"taken": 0, "refused": 0}]
        assert path.exists()
    assert look(incoming) == [{"taken": 1, "refused": 0}]
    assert Claim.objects.count() == 1


def test_what_breaks_unforeseen_is_refused_and_the_next_one_taken(
    incoming: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (incoming / "a.csv").write_bytes(file_of(ROW))
    (incoming / "b.csv").write_bytes(file_of(ROW))
    received = dropping.receive_batch

    def breaks(**given: object) -> object:
        if given["filename"] == "a.csv":
            raise ZeroDivisionError
        return received(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(dropping, "receive_batch", breaks)
    assert look(incoming, 2)[-1] == {"taken": 1, "refused": 1}
    (report,) = reports(incoming, "refused")
    assert report["code"] == "claims.drop-failed"


def test_files_of_one_name_in_one_second_keep_both_reports(incoming: Path) -> None:
    for principal in ("1.00", "2.00"):
        (incoming / "claims.csv").write_bytes(file_of(ROW | {"principal": principal}))
        (incoming / "claims.csv.done").touch()
        assert look(incoming) == [{"taken": 1, "refused": 0}]
    assert len(reports(incoming, "taken")) == 2


def test_a_part_of_the_folder_that_is_a_link_leads_nowhere(incoming: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "old.csv").write_text("somebody's")
    os.utime(elsewhere / "old.csv", (0, 0))
    (incoming.parent / "taken").symlink_to(elsewhere)
    (incoming / "claims.csv").write_bytes(file_of(ROW))
    other = incoming.parent.parent / "other-bank" / "incoming"
    other.mkdir(parents=True)
    creditor("other-bank")
    (other / "claims.csv").write_bytes(file_of(ROW))
    assert look(incoming, 2)[-1] == {"taken": 1, "refused": 0}
    far = NOW + timedelta(days=3650)
    scan_folders(incoming.parent.parent, at=far)
    assert os.listdir(elsewhere) == ["old.csv"]


def test_a_report_that_somebody_spoilt_stops_no_other(incoming: Path) -> None:
    taken = incoming.parent / "taken"
    taken.mkdir()
    for name, text in (("a", "{"), ("b", '{"batch": "x"}'), ("c", "[1]"), ("d", '{"batch": 5}')):
        (taken / f"{name}.report.json").write_text(text)
    (taken / ".seen.json").write_text("nothing")
    (incoming / "claims.csv").write_bytes(file_of(ROW))
    look(incoming, 3)
    assert Claim.objects.count() == 1


def test_a_report_is_for_the_creditors_group_and_for_nobody_else(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write(tmp_path / "a.report.json", {})
        made = part_of(tmp_path, "taken")
    finally:
        os.umask(before)
    assert (tmp_path / "a.report.json").stat().st_mode & 0o777 == 0o640
    assert made.stat().st_mode & 0o777 == 0o750


def test_a_report_too_deep_or_too_long_says_nothing(tmp_path: Path) -> None:
    deep, long = tmp_path / "deep.json", tmp_path / "long.json"
    deep.write_text("[" * 200_000)
    long.write_text(json.dumps({"a": "x" * MOST_REPORT_BYTES}))
    assert read(deep) == read(long) == {}


def test_one_creditor_takes_turns(incoming: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropping, "MOST_FILES", 1)
    for number in range(2):
        (incoming / f"{number}.csv").write_text(f"no table {number}")
    assert look(incoming, times=2)[-1]["refused"] == 1
    assert look(incoming)[-1]["refused"] == 1


def test_a_report_never_writes_through_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("kept")
    (tmp_path / "a.report.json.partial").symlink_to(target)
    write(tmp_path / "a.report.json", {"state": "refused"})
    assert target.read_text() == "kept"
    assert read(tmp_path / "a.report.json") == {"state": "refused"}

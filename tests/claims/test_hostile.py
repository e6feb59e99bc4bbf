"""Files made to do harm or merely broken: told in words or read, soon and in little room."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation

from qinghe.claims.intake.read import FileUnreadable, read_table
from tests.claims.hostile import HOSTILE
from tests.claims.reader import Outcome, outcomes

SECONDS, MEGABYTES = 10, 500
FOLDERS = {"csv_bad": 37, "xlsx_bad": 69}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("hostile")
    for name, (make, _rows, _words) in HOSTILE.items():
        (folder / name).write_bytes(make())
    return outcomes(folder)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words_or_read_right(
    found: dict[str, Outcome], name: str
) -> None:
    _make, rows, words = HOSTILE[name]
    one = found[name]
    assert one.read == rows, one
    assert words in one.words, one
    assert "{" not in one.words
    assert one.seconds < SECONDS
    assert one.megabytes < MEGABYTES


def test_the_same_refusals_are_said_in_chinese() -> None:
    with translation.override("zh-hans"):
        for make, rows, _words in HOSTILE.values():
            if rows < 0 and len(content := make()) < 100_000:
                with pytest.raises(Exception) as refused:  # noqa: PT011
                    read_table(content)
                said = str(getattr(refused.value, "user_message", ""))
                assert any("一" <= sign <= "鿿" for sign in said)
                assert "it " not in said


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_the_folders_of_bad_files(folder: str) -> None:
    data = os.environ.get("QINGHE_DATA", "")
    if not data or not (Path(data) / folder).is_dir():
        pytest.skip(f"QINGHE_DATA names no folder with {folder}")
    found = outcomes(Path(data) / folder)
    assert found
    for one in found.values():
        assert one.words
        assert one.code in ("", "claims.file-unreadable", "claims.encoding-unsure"), one
        assert one.read != 0
        assert one.seconds < SECONDS
        assert one.megabytes < MEGABYTES


def test_cells_that_look_like_formulas_are_text_and_leave_harmless() -> None:
    from qinghe.kernel.tables import as_csv, as_workbook

    risky = ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "＝1", "\r=1", " =1"]
    safe = ["-12.50", "+86 138", "A-1", "5%", ""]
    rows = [["a", "b"], *[[cell, "x"] for cell in risky]]
    (_head, *read) = csv.reader(io.StringIO(as_csv(rows).decode("utf-8-sig")))
    assert all(row[0].startswith("'") for row in read)
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(rows)))
    assert book.active is not None
    assert [cell.data_type for row in book.active.iter_rows() for cell in row] == ["s"] * 18
    kept = list(csv.reader(io.StringIO(as_csv([[cell] for cell in safe]).decode("utf-8-sig"))))
    assert [row[0] if row else "" for row in kept] == ["-12.50", "'+86 138", "A-1", "5%", ""]


def test_a_loose_quotation_mark_never_swallows_the_next_rows() -> None:
    right, loose = b'"1","2","3"\r\n', b'"1","2","3" "\r\n'
    # Without a line end at the end, the quick parser takes the rest of the file for one cell.
    rows = (b'"a","b","c"\r\n' + right + loose + right * 2).rstrip()
    with translation.override("en"), pytest.raises(FileUnreadable, match="row 3"):
        read_table(rows)
    assert read_table(b'a,b\n1,12" pipe\n2,"x ""y"" z\n5"\n').rows() == [
        (2, "1", '12" pipe'),
        (3, "2", 'x "y" z\n5'),
    ]

"""Workbooks made to exhaust the machine: refused before anything makes room for them."""

from __future__ import annotations

import io
import zipfile
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED

import pytest
import xlsxwriter

from qinghe.claims.intake import book as book_reader
from qinghe.claims.intake.read import FileUnreadable, read_table

LAST_ROW, LAST_COLUMN = 1_048_575, 16_383


def book(*cells: tuple[int, int, str], blank: tuple[int, int] | None = None) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet()
    for row, column, text in cells:
        sheet.write_string(row, column, text)
    if blank:
        sheet.write_blank(*blank, None, made.add_format({"bold": True}))
    made.close()
    return out.getvalue()


def repacked(content: bytes, kind: int = ZIP_DEFLATED, **changed: bytes | None) -> bytes:
    """Return the workbook with members replaced, added or (None) left out."""
    names = {name.replace("__", "/").replace("_DOT_", "."): new for name, new in changed.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", kind) as new:
        parts = {each: old.read(each) for each in old.namelist()} | names
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


HONEST = book((0, 0, "contract"), (0, 1, "amount"), (1, 0, "A1"), (1, 1, "12.50"))
CORNERS = book((0, 0, "contract"), (LAST_ROW, LAST_COLUMN, "x"))


def refused(content: bytes) -> bool:
    with pytest.raises(FileUnreadable):
        read_table(content)
    return True


def test_an_honest_workbook_is_read() -> None:
    assert read_table(HONEST).height == 1
    assert read_table(repacked(HONEST, ZIP_STORED)).height == 1


def test_two_cells_in_far_corners_are_refused() -> None:
    assert len(CORNERS) < 10_000
    assert refused(CORNERS)
    assert refused(repacked(CORNERS, ZIP_STORED))


def test_a_wide_top_and_a_low_last_row_are_refused_even_in_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = book(*[(0, n, f"c{n}") for n in range(200)], (LAST_ROW, 0, "x"))
    assert refused(content)
    monkeypatch.setattr("qinghe.claims.intake.workbook.STEP", 64)
    assert refused(content)


def test_a_format_in_an_empty_far_cell_is_no_reason_to_refuse() -> None:
    content = book((0, 0, "contract"), (1, 0, "A1"), blank=(1, LAST_COLUMN))
    assert read_table(content).height == 1


def test_a_row_far_below_is_read_while_the_sheet_is_narrow() -> None:
    content = book((0, 0, "contract"), (200_000, 0, "A1"))
    assert read_table(content).height == 1


def test_a_size_that_the_archive_lies_about_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(book_reader, "MAX_UNPACKED_MB", 1)
    content = repacked(HONEST, xl__media__big_DOT_png=b"\0" * 4_000_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        told = archive.getinfo("xl/media/big.png")
    for size in (told.file_size.to_bytes(4, "little"), told.CRC.to_bytes(4, "little")):
        less = (
            (10).to_bytes(4, "little")
            if size[0] == 0
            else zlib.crc32(b"\0" * 10).to_bytes(4, "little")
        )
        content = content.replace(size, less)
    assert refused(content)


def test_other_formats_of_the_reader_and_two_tables_of_contents_are_refused() -> None:
    assert refused(repacked(HONEST, content_DOT_xml=b"<office/>"))
    assert refused(repacked(HONEST, xl__workbook_DOT_bin=b"\0"))
    assert refused(repacked(HONEST, xl__workbook_DOT_xml=None))
    assert refused(HONEST + HONEST)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"a," + b"b" * 200_000 + b"\n1,2\n",
        b'a,b\rc,d\n"x\r',
    ],
    ids=["only-a-mark", "only-a-utf8-mark", "endless-name", "old-line-ends"],
)
def test_a_broken_first_row_is_a_refusal_and_not_a_crash(content: bytes) -> None:
    assert refused(content)

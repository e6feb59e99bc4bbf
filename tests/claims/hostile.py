"""Files made to do harm, each with what the clerk must be told or what must be read instead."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter

EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
DTD = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def workbook(*rows: list[str]) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet("claims")
    for place, row in enumerate(rows or ([["no", "amount"], ["A1", "12.50"]])):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, cell)
    made.close()
    return out.getvalue()


def packed(content: bytes, name: str, part: bytes | None) -> bytes:
    """Return the workbook with one part added, replaced or (None) left out."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        if part is not None:
            new.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return out.getvalue()


def declared(mark: bytes, part: str, encoding: str = "utf-8") -> bytes:
    """Return a workbook one part of which declares entities."""
    honest = workbook()
    with ZipFile(io.BytesIO(honest)) as archive:
        text = archive.read(part).decode()
    head, rest = text.split("?>", 1)
    return packed(honest, part, f"{head}?>{mark.decode()}{rest}".encode(encoding))


def formula_book() -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["no", "name"])
    sheet.write_string(1, 0, "A1")
    sheet.write_formula(1, 1, '=HYPERLINK("http://evil.example","x")', None, "x")
    made.close()
    return out.getvalue()


def crowded() -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as new:
        for place in range(2_500):
            new.writestr(f"xl/{place}.xml", b"")
        new.writestr("xl/workbook.xml", b"<workbook/>")
    return out.getvalue()


def bomb(part: str, megabytes: int) -> bytes:
    return packed(workbook(), part, b"\0" * (megabytes * 1024 * 1024))


def gzip_of(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(text) + packer.flush()


CSV = b"no,amount\nA1,12.50\n"
# name -> (how to make it, rows read or -1, a word of what is said)
HOSTILE: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "zip-bomb.xlsx": (lambda: bomb(SHEET, 300), -1, "200 times"),
    "zip-bomb-picture.xlsx": (lambda: bomb("xl/media/a.png", 300), -1, "200 times"),
    "zip-slip.xlsx": (lambda: packed(workbook(), "../../x.xml", b"x"), -1, "outside"),
    "zip-slip-root.xlsx": (lambda: packed(workbook(), "/etc/x.xml", b"x"), -1, "outside"),
    "zip-slip-disk.xlsx": (lambda: packed(workbook(), "C:\\x.xml", b"x"), -1, "outside"),
    "crowded.xlsx": (crowded, -1, "2000 parts"),
    "xxe-sheet.xlsx": (lambda: declared(DTD, SHEET), -1, "entities"),
    "xxe-wide.xlsx": (lambda: declared(DTD, SHEET, "utf-16"), -1, "entities"),
    "laughs.xlsx": (lambda: declared(LAUGHS, STRINGS), -1, "entities"),
    "macros.xlsx": (lambda: packed(workbook(), "xl/vbaProject.bin", b"x"), -1, "macros"),
    "linked.xlsx": (
        lambda: packed(workbook(), "xl/externalLinks/externalLink1.xml", b"<x/>"),
        -1,
        "other files",
    ),
    "queries.xlsx": (lambda: packed(workbook(), "xl/connections.xml", b"<x/>"), -1, "other files"),
    "eicar.xlsx": (lambda: workbook(["no", EICAR], ["A1", "x"]), -1, "virus"),
    "eicar.csv": (lambda: EICAR.encode(), -1, "virus"),
    "eicar-in-a-cell.csv": (lambda: CSV + f"A2,{EICAR}\n".encode(), -1, "virus"),
    "formula.csv": (lambda: b"no,name\nA1,=cmd|' /C calc'!A0\nA2,@SUM(1)\n", 2, "read"),
    "formula.xlsx": (formula_book, 1, "read"),
    "field-of-20-mb.csv": (lambda: CSV + b"A2," + b"x" * 20_000_000 + b"\n", -1, "row 3"),
    "field-in-quotes.csv": (lambda: CSV + b'A2,"' + b"x\n" * 10_000_000 + b'"\n', -1, "row 3"),
    "field-first.csv": (lambda: b"x" * 20_000_000, -1, "row 1"),
    "quote-first.csv": (lambda: b'no,"' + b"x\n" * 10_000_000, -1, "never closed"),
    "quote-open.csv": (lambda: CSV + b'A2,"' + b"x\n" * 9_000, -1, "never closed"),
    "columns-100000.csv": (
        lambda: b",".join(b"column%d" % n for n in range(100_000)) + b"\n1\n",
        -1,
        "200 columns",
    ),
    "columns-100000-a-row.csv": (lambda: CSV + b"," * 100_000 + b"\n", -1, "row 3"),
    "rows-of-nothing.csv": (lambda: b"a,b,c\n" + b",,\n" * 8_000_000, -1, "more cells"),
    "nul.csv": (lambda: b"no,amount\nA1,\x0012\n", -1, "NUL"),
    "nul-only.csv": (lambda: b"\0" * 1_000_000, -1, "NUL"),
    "workbook-called.csv": (workbook, 1, "read"),
    "text-called.xlsx": (lambda: CSV, 1, "read"),
    "page-called.xls": (lambda: b"<html><table><tr><td>1", -1, "web page"),
    "pdf-called.csv": (lambda: b"%PDF-1.7\n1 0 obj", -1, "PDF"),
    "picture-called.xlsx": (lambda: b"\x89PNG\r\n\x1a\n" + b"x" * 99, -1, "picture"),
    "packed.csv.gz": (lambda: gzip_of(CSV), -1, "archive"),
    "archive.zip": (lambda: packed(workbook(), "xl/workbook.xml", None), -1, "archive"),
    "program.csv": (lambda: b"MZ\x90\0" + b"\0" * 99, -1, "program"),
    "list.json": (lambda: b'[{"no": "A1"}]', -1, "JSON"),
    "empty.csv": (lambda: b"", -1, "nothing"),
    "cut.xlsx": (lambda: workbook()[:900], -1, "damaged"),
    "latin.csv": (lambda: "nom,prix\nJosé,5\nÉlan,6\n".encode("latin-1"), -1, "more than one way"),
}

"""A PDF is looked into by a child with limits; every hostile file gets an answer in words."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, pdf_name, pdf_string
from pypdf import PdfWriter

from qinghe.claims.gateways import pdf
from qinghe.claims.gateways.pdf import DAMAGED, ENCRYPTED, HEAVY, LONG, PdfFacts, examine
from qinghe.claims.gateways.pdf.plain import plain_pages
from tests.claims import signing
from tests.claims.samples import PDF

NOWHERE = Path("/nonexistent")
DATA = os.environ.get("QINGHE_DATA")
SIGNED_FILES = sorted(Path(DATA, "pdf_sig").glob("*.pdf")) if DATA else []


# Between the test and the child, for a child is charged with the size of whoever starts it.
MEASURE = """
import resource, subprocess, sys
limited = [sys.argv[1], "-I", "-m", sys.argv[2], "/nonexistent", "500"]
done = subprocess.run(limited, stdin=sys.stdin, check=True)
print()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, end="")
"""


def looked(content: bytes, trust: Path = NOWHERE) -> PdfFacts:
    return examine(content, trust=trust, most_pages=500)


def built(*bodies: str, root: int = 1) -> bytes:
    """Return a PDF of plain objects, numbered from one."""
    text, places = "%PDF-1.7\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(text)
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    text += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{rows}"
    text += f"trailer\n<< /Size {len(bodies) + 1} /Root {root} 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return text.encode("latin-1")


CATALOGUE = "<< /Type /Catalog /Pages 2 0 R >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"


def long_pdf(pages: int) -> bytes:
    """Return a PDF in which one page stands many times."""
    kids = " ".join(["3 0 R"] * pages)
    return built(CATALOGUE, f"<< /Type /Pages /Count 1 /Kids [{kids}] >>", PAGE)


def protected() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def heavy_stream() -> bytes:
    """Return a PDF of a few kilobytes whose catalogue lies in a stream of two gigabytes."""
    once, twice = zlib.compressobj(9), zlib.compressobj(9)
    packed = twice.compress(once.compress(b"1 0 "))
    for _each in range(2_000):
        packed += twice.compress(once.compress(bytes(1_000_000)))
    packed += twice.compress(once.flush()) + twice.flush()
    stream = (
        f"<< /Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode]"
        f" /Length {len(packed)} >>\nstream\n"
    )
    head = b"%PDF-1.7\n"
    first = head + b"2 0 obj\n" + stream.encode() + packed + b"\nendstream\nendobj\n"
    rows = (
        bytes(5)
        + b"\x02\x00\x00\x02\x00"
        + b"\x01" + len(head).to_bytes(3, "big") + b"\x00"
        + b"\x01" + len(first).to_bytes(3, "big") + b"\x00"
    )  # fmt: skip
    table = (
        f"3 0 obj\n<< /Type /XRef /Size 4 /W [1 3 1] /Root 1 0 R /Length {len(rows)} >>\nstream\n"
    )
    start = f"\nendstream\nendobj\nstartxref\n{len(first)}\n%%EOF\n"
    return first + table.encode() + rows + start.encode()


class TestPlain:
    def test_a_plain_file_needs_no_child(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def never(*_args: object, **_kwargs: object) -> None:
            raise AssertionError("a child was started")

        monkeypatch.setattr(subprocess, "run", never)
        assert looked(PDF) == PdfFacts(pages=1)

    @pytest.mark.parametrize(
        "word", ["/JavaScript", "/J#53", "/Encrypt", "/ObjStm", "/AcroForm", "/Launch", "/EF"]
    )
    def test_a_word_that_may_act_is_not_plain(self, word: str) -> None:
        kids = "<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
        assert plain_pages(built(CATALOGUE, kids, PAGE)) == 1
        assert plain_pages(built(CATALOGUE, kids, PAGE, f"<< {word} 1 >>")) == 0

    def test_the_child_and_the_quick_look_count_alike(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kids = "<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] >>"
        content = built(CATALOGUE, kids, PAGE, PAGE)
        assert plain_pages(content) == 2
        monkeypatch.setattr(pdf, "plain_pages", lambda _content: 0)
        assert looked(content).pages == 2


class TestHostile:
    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (b"%PDF-1.7", DAMAGED),
            (b"%PDF-1.7\n" + bytes(1000), DAMAGED),
            (PDF[: len(PDF) // 2], DAMAGED),
            (long_pdf(10_000), LONG),
            (long_pdf(501), LONG),
            (built(CATALOGUE, "<< /Type /Pages /Count 1 /Kids [2 0 R] >>"), DAMAGED),
            (built(CATALOGUE, "<< /Kids [3 0 R] >>", "<< /Kids [2 0 R] >>"), DAMAGED),
            (built("<< /Type /Catalog /Pages 1 0 R >>"), ""),
            (built("[" * 50_000), DAMAGED),
            (protected(), ENCRYPTED),
        ],
    )
    def test_a_hostile_file_gets_an_answer(self, content: bytes, fault: str) -> None:
        assert looked(content).fault == fault

    def test_a_file_that_unpacks_to_gigabytes_ends_within_its_limits(self) -> None:
        content = heavy_stream()
        assert len(content) < 100_000
        began = time.monotonic()
        assert looked(content).fault in (HEAVY, DAMAGED)
        assert time.monotonic() - began < pdf.SECONDS + 5

    def test_a_child_that_hangs_is_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pdf, "SECONDS", 0.02)
        assert looked(signing.signed()).fault == HEAVY

    def test_a_file_may_be_its_own_neighbour(self) -> None:
        loop = built(
            "<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
            "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            PAGE,
            "<< /First 4 0 R /Last 4 0 R /Next 4 0 R >>",
        )
        assert looked(loop) == PdfFacts(pages=1, empty=True)

    def test_no_secret_of_the_house_reaches_the_child(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: dict[str, object] = {}

        def run(*_args: object, **kwargs: object) -> subprocess.CompletedProcess[bytes]:
            seen.update(kwargs)
            return subprocess.CompletedProcess([], 0, b'{"pages": 1}', b"")

        monkeypatch.setenv("HOUSE_PASSWORD", "x")
        monkeypatch.setattr(subprocess, "run", run)
        looked(signing.signed())
        assert set(seen["env"]) == {"PATH", "LANG"}  # type: ignore[call-overload]


class TestActive:
    def test_what_runs_when_a_file_is_opened_is_told(self) -> None:
        action = DictionaryObject(
            {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
        )
        assert looked(signing.acting(OpenAction=action)).active == ("javascript",)

    def test_a_program_that_would_be_started_is_told(self) -> None:
        action = DictionaryObject({pdf_name("/S"): pdf_name("/Launch")})
        assert looked(signing.acting(OpenAction=action)).active == ("launch",)

    def test_embedded_files_and_forms_are_told(self) -> None:
        names = DictionaryObject({pdf_name("/EmbeddedFiles"): DictionaryObject()})
        assert looked(signing.acting(Names=names)).active == ("embedded",)
        form = DictionaryObject(
            {pdf_name("/XFA"): ArrayObject(), pdf_name("/Fields"): ArrayObject()}
        )
        assert looked(signing.acting(AcroForm=form)).active == ("form",)


class TestSigned:
    def test_who_signed_when_and_what_is_told(self, tmp_path: Path) -> None:
        (found,) = looked(signing.signed(), signing.trusting(tmp_path)).signatures
        assert (found.verdict, found.signer, found.organisation) == (
            "valid",
            signing.SIGNER,
            "示例公司",
        )
        assert (found.whole, found.changes, found.stamped) == (True, "none", False)
        assert found.signed_at
        assert "示例认证机构" in found.issuer

    def test_without_its_authority_the_signer_is_unknown(self, tmp_path: Path) -> None:
        assert looked(signing.signed(), tmp_path).signatures[0].verdict == "unknown-signer"
        assert looked(signing.signed()).signatures[0].verdict == "unknown-signer"

    def test_a_change_after_signing_is_found(self, tmp_path: Path) -> None:
        content = signing.changed_after(signing.signed())
        (found,) = looked(content, signing.trusting(tmp_path)).signatures
        assert (found.verdict, found.changes) == ("modified", "other")
        assert (found.whole, found.revision, found.revisions) == (False, 2, 3)

    def test_an_exchanged_byte_is_found(self, tmp_path: Path) -> None:
        content = signing.tampered(signing.signed())
        (found,) = looked(content, signing.trusting(tmp_path)).signatures
        assert found.verdict == "invalid"

    def test_a_file_in_the_folder_that_is_no_certificate_spoils_nothing(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "broken.pem").write_bytes(b"no certificate")
        (found,) = looked(signing.signed(), signing.trusting(tmp_path)).signatures
        assert found.verdict == "valid"


@pytest.mark.skipif(not SIGNED_FILES, reason="QINGHE_DATA names no folder with pdf_sig")
@pytest.mark.parametrize("file", SIGNED_FILES, ids=lambda file: file.stem)
def test_every_difficult_file_gets_an_answer_within_its_limits(file: Path) -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, sys.executable, pdf.CHILD],
        input=file.read_bytes(),
        capture_output=True,
        check=True,
    )
    assert time.monotonic() - began < pdf.SECONDS
    answer, peak_kb = done.stdout.rsplit(b"\n", 1)
    assert answer.startswith(b"{")
    assert done.stderr == b""
    assert int(peak_kb) < 500 * 1024


class TestEmptyPages:
    KIDS = "<< /Type /Pages /Count 1 /Kids [3 0 R] >>"

    def page(self, content: bytes, more: str = "", packed: bool = True) -> bytes:
        """Return a PDF of one page with this content."""
        body = zlib.compress(content) if packed else content
        how = "/Filter /FlateDecode " if packed else ""
        stream = f"<< {how}/Length {len(body)} >>\nstream\n{body.decode('latin-1')}\nendstream"
        leaf = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R {more} >>"
        return built(CATALOGUE, self.KIDS, leaf, stream)

    @pytest.mark.parametrize("packed", [True, False])
    @pytest.mark.parametrize(
        "content", [b"", b"q Q", b"BT /F1 12 Tf ( ) Tj ET", b"q 1 0 0 1 0 0 cm 0 0 9 9 re W n Q"]
    )
    def test_pages_that_show_nothing_are_empty(self, content: bytes, packed: bool) -> None:
        assert looked(self.page(content, packed=packed)).empty

    @pytest.mark.parametrize("packed", [True, False])
    @pytest.mark.parametrize(
        "content",
        [
            b"BT /F1 12 Tf (x) Tj ET", b"BT /F1 12 Tf [<0003>-20<0004>] TJ ET", b"/Im0 Do",
            b"0 0 m 9 9 l S", b"0 0 9 9 re f", b"BI /W 1 /H 1 ID x EI", b"BT (x)' ET",
        ],
    )  # fmt: skip
    def test_letters_pictures_and_lines_are_seen(self, content: bytes, packed: bool) -> None:
        assert not looked(self.page(content, packed=packed)).empty

    def test_what_is_not_sure_is_not_called_empty(self) -> None:
        assert not looked(self.page(b"", more="/Annots [<< /Subtype /Widget >>]")).empty
        broken = self.page(b"q Q").replace(b"/FlateDecode", b"/LZWDecode  ")
        assert not looked(broken).empty
        shown = self.page(b"BT (x) Tj ET")
        assert not looked(shown).empty

    def test_a_page_without_content_is_empty(self) -> None:
        assert looked(built(CATALOGUE, self.KIDS, PAGE)) == PdfFacts(pages=1, empty=True)

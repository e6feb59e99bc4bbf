"""Files are told by their content, measured by their heads, and never decoded."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.media import (
    DamagedFile,
    EmptyFile,
    FileTooLarge,
    FileTypeRefused,
    MacrosRefused,
    NameContradicts,
    PictureTooLarge,
    TwoFilesInOne,
    sniff,
)
from qinghe.claims.media.kinds import LIMITS, MEDIA, Family
from qinghe.kernel.errors import DomainError
from tests.claims import samples
from tests.claims.samples import SAMPLES


def archive(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        for name in names:
            files.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize("media_type", SAMPLES)
def test_a_file_is_told_by_its_content_and_its_name_may_agree(media_type: str) -> None:
    content, name = SAMPLES[media_type]
    assert sniff(content, name).media is MEDIA[media_type]
    if media_type != "text/csv":
        assert sniff(content).media is MEDIA[media_type]


def test_every_type_that_is_taken_has_a_sample() -> None:
    assert set(SAMPLES) == set(MEDIA)


@pytest.mark.parametrize("media_type", SAMPLES)
@pytest.mark.parametrize("ending", [".exe", ".docx", ".html", ".pdf", ".png", ".m4a"])
def test_a_name_that_says_something_else_is_refused(media_type: str, ending: str) -> None:
    if ending in MEDIA[media_type].endings:
        return
    with pytest.raises((NameContradicts, FileTypeRefused)):
        sniff(SAMPLES[media_type][0], f"contract{ending}")


def test_a_refusal_never_repeats_the_name_of_a_file() -> None:
    with pytest.raises(NameContradicts) as refused:
        sniff(samples.png(), "zhang.san-13800138000")
    assert "138" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"", "a.pdf", EmptyFile),
        (b"hello", "a.txt", FileTypeRefused),
        (b"hello", "a.csv", FileTypeRefused),
        (b"MZ\x90\x00" + bytes(64), "a.pdf", FileTypeRefused),
        (b"<html><script>alert(1)</script></html>", "a.csv", FileTypeRefused),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", FileTypeRefused),
        (b"a,b\n1,2\n\x00", "a.csv", FileTypeRefused),
        (archive("word/document.xml"), "a.xlsx", FileTypeRefused),
        (archive("xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsx", MacrosRefused),
        (b"PK\x03\x04 not an archive", "a.xlsx", FileTypeRefused),
        (samples.m4a(b"vide"), "a.m4a", FileTypeRefused),
        (samples.PDF + bytes(LIMITS[Family.PDF]), "a.pdf", FileTooLarge),
        (b"%PDF-1.7" + bytes(LIMITS[Family.SOUND]), "a.pdf", FileTooLarge),
        (samples.csv_statement() * 300_000, "a.csv", FileTooLarge),
    ],
)
def test_everything_else_is_refused(content: bytes, name: str, refusal: type) -> None:
    with pytest.raises(refusal):
        sniff(content, name)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.png() + archive("a.html"), "a.png"),
        (samples.png() + b"<script>", "a.png"),
        (samples.jpeg() + archive("evil.jar"), "a.jpg"),
        (samples.webp() + b"%PDF-1.4", "a.webp"),
        (samples.PDF + archive("evil.jar"), "a.pdf"),
        (samples.jpeg(exif=b"%PDF-1.7 hidden in the head"), "a.jpg"),
    ],
)
def test_two_files_in_one_are_refused(content: bytes, name: str) -> None:
    with pytest.raises(TwoFilesInOne):
        sniff(content, name)


@pytest.mark.parametrize(
    "content",
    [
        samples.png(30_000, 30_000),
        samples.jpeg(65_000, 65_000),
        samples.webp(16_000, 16_000),
        samples.tiff(2**31, 2**31),
        samples.tiff(50_000, 50_000, order=">"),
        samples.heic(40_000, 40_000),
    ],
)
def test_a_picture_that_would_unpack_to_gigabytes_costs_nothing(content: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(PictureTooLarge):
        sniff(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize("maker", ["png", "jpeg", "webp", "tiff", "heic"])
def test_a_picture_is_measured(maker: str) -> None:
    found = sniff(getattr(samples, maker)(640, 480))
    assert (found.width, found.height) == (640, 480)


def test_a_chain_of_pages_in_a_tiff_that_never_ends_is_refused() -> None:
    loop = bytearray(samples.tiff())
    struct.pack_into("<I", loop, len(loop) - 4, 8)
    with pytest.raises(DamagedFile):
        sniff(bytes(loop))


CUT = [each for each in SAMPLES if each not in ("text/csv", "application/pdf", "audio/amr")]


@pytest.mark.parametrize("media_type", CUT)
@given(share=st.floats(0.2, 0.75))
def test_half_a_file_is_refused(media_type: str, share: float) -> None:
    content, name = SAMPLES[media_type]
    if media_type == "audio/mpeg":
        # A recording that broke off still is one, down to two frames.
        share = min(share, 0.3)
    with pytest.raises(DomainError):
        sniff(content[: int(len(content) * share)], name)


def answered(content: bytes, name: str = "") -> str:
    """Return the type or the sentence of the refusal; anything else is a crash."""
    try:
        return sniff(content, name).media.type
    except DomainError as refused:
        return refused.user_message


@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_broken_file_is_an_answer_and_never_a_crash(
    media_type: str, place: int, noise: bytes
) -> None:
    content, name = SAMPLES[media_type]
    place %= len(content)
    broken = content[:place] + noise + content[place + len(noise) :]
    assert answered(broken, name)


@given(st.binary(max_size=300))
def test_noise_is_an_answer_and_never_a_crash(noise: bytes) -> None:
    for head in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"ID3", b"RIFF1234WEBP"):
        assert answered(head + noise)

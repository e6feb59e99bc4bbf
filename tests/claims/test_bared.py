"""What a telephone writes beside a photograph is let go; the photograph stays as it is."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.media import DamagedFile, sniff
from qinghe.claims.media.bared import bare
from tests.claims import samples
from tests.claims.samples import SAMPLES, box, chunk, heic, jpeg, png, webp

HOME = b"31.2304N 121.4737E, Lane 5"
PICTURES = [each for each in SAMPLES if each.startswith("image/")]


def directory(order: str, *entries: tuple[int, int, int, int]) -> bytes:
    rows = b"".join(struct.pack(order + "HHII", *each) for each in entries)
    return struct.pack(order + "H", len(entries)) + rows + bytes(4)


def exif(turned: int, order: str = "<") -> bytes:
    """EXIF with a direction and a place behind it."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    way = turned if order == "<" else turned << 16
    rows = directory(order, (274, 3, 1, way), (34853, 4, 1, 38))
    return head + rows + HOME


@pytest.mark.parametrize("media_type", PICTURES)
def test_a_picture_without_anything_beside_it_stays_to_the_byte(media_type: str) -> None:
    content = SAMPLES[media_type][0]
    assert bare(content, media_type) == content


def test_files_that_are_no_pictures_stay() -> None:
    assert bare(b"%PDF-1.7 " + HOME, "application/pdf") == b"%PDF-1.7 " + HOME


def test_a_jpeg_loses_its_place_and_every_other_note() -> None:
    xmp = (
        struct.pack(">BBH", 0xFF, 0xE1, 32 + len(HOME)) + b"http://ns.adobe.com/xap/1.0/\0 " + HOME
    )
    iptc = struct.pack(">BBH", 0xFF, 0xED, 2 + len(HOME)) + HOME
    note = struct.pack(">BBH", 0xFF, 0xFE, 2 + len(HOME)) + HOME
    whole = jpeg(3, 4, exif(1))
    whole = whole[:2] + xmp + iptc + note + whole[2:] + jpeg(9, 9, exif(1))
    clean = bare(whole, "image/jpeg")
    assert clean == jpeg(3, 4)
    assert (sniff(clean).width, sniff(clean).height) == (3, 4)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photograph_that_lay_on_its_side_still_stands(order: str) -> None:
    clean = bare(jpeg(3, 4, exif(6, order)), "image/jpeg")
    assert HOME not in clean
    start = clean.index(b"Exif\0\0") + 6
    assert struct.unpack_from(">HHHIH", clean, start + 8) == (1, 274, 3, 1, 6)
    assert bare(clean, "image/jpeg") == clean


def test_colours_and_further_scans_stay() -> None:
    colours = struct.pack(">BBH", 0xFF, 0xE2, 2 + 14) + b"ICC_PROFILE\0\1\1"
    phones = struct.pack(">BBH", 0xFF, 0xE2, 2 + 8) + b"MPF\0MM\0*"
    plain = jpeg()
    again = plain[plain.index(b"\xff\xda") : -2]
    coded = b"\x11\xff\x00\xff\xd0\x22"
    kept = plain[:2] + colours + plain[2:-2] + coded + again + coded + b"\xff\xd9"
    assert bare(kept[:2] + phones + kept[2:], "image/jpeg") == kept


def test_a_png_loses_its_texts() -> None:
    plain = png()
    notes = (
        chunk(b"eXIf", HOME) + chunk(b"tEXt", HOME) + chunk(b"iTXt", HOME) + chunk(b"tIME", b"x")
    )
    at = plain.index(b"IDAT") - 4
    assert bare(plain[:at] + notes + plain[at:], "image/png") == plain


def test_a_webp_loses_them_and_says_so() -> None:
    plain = webp(5, 6)
    told = plain[:20] + bytes([plain[20] | 0x0C]) + plain[21:]
    for name in (b"EXIF", b"XMP "):
        told += name + struct.pack("<I", len(HOME)) + HOME
    told = told[:4] + struct.pack("<I", len(told) - 8) + told[8:]
    assert sniff(told).width == 5
    assert bare(told, "image/webp") == plain


def heic_with(construction: int, version: int) -> bytes:
    """A HEIC with an item of EXIF, in the data at its end or inside of its head."""
    entry = box(b"infe", bytes([2, 0, 0, 0]), struct.pack(">HH", 7, 0), b"Exif\0")
    items = box(b"iinf", bytes(4), struct.pack(">H", 1), entry)

    def whole(start: int) -> bytes:
        row = struct.pack(">H", 7) + (struct.pack(">H", construction) if version else b"")
        row += struct.pack(">HHII", 0, 1, start, len(HOME))
        places = box(b"iloc", bytes([version, 0, 0, 0, 0x44, 0]), struct.pack(">H", 1), row)
        size = box(b"ispe", bytes(4), struct.pack(">II", 2, 2))
        inner = box(b"idat", HOME) if construction else b""
        head = box(b"iprp", box(b"ipco", size)) + items + places + inner
        data = box(b"mdat", bytes(8) if construction else HOME)
        first = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
        return first + box(b"meta", bytes(4), head) + data

    return whole(0 if construction else whole(0).index(HOME))


@pytest.mark.parametrize(("construction", "version"), [(0, 0), (0, 1), (1, 1)])
def test_a_heic_loses_them_in_their_places(construction: int, version: int) -> None:
    told = heic_with(construction, version)
    assert HOME in told
    clean = bare(told, "image/heic")
    assert clean == told.replace(HOME, bytes(len(HOME)))
    assert sniff(clean).width == 2


def test_a_heic_whose_notes_cannot_be_found_is_not_kept() -> None:
    told = heic_with(2, 1)
    with pytest.raises(DamagedFile):
        bare(told, "image/heic")
    assert bare(heic(), "image/heic") == heic()


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tiff_loses_place_and_device(order: str) -> None:
    plain = samples.tiff(3, 4, order)
    head = plain[:8]
    sizes = [(256, 4, 1, 3), (257, 4, 1, 4)]
    rows = 8 + 2 + 4 * 12 + 4
    places = rows + 2 + 12 + 4
    notes = [(271, 2, len(HOME), places), (34853, 4, 1, rows)]
    main = directory(order, *sizes, *notes)
    inner = directory(order, (2, 5, 1, places + len(HOME)))
    told = head + main + inner + HOME + HOME[:8]
    clean = bare(told, "image/tiff")
    assert len(clean) == len(told)
    assert clean.startswith(head + directory(order, *sizes))
    assert not clean[8 + len(directory(order, *sizes)) :].strip(b"\0")
    assert (sniff(clean).width, sniff(clean).height) == (3, 4)


@given(st.sampled_from(PICTURES), st.data())
def test_a_broken_picture_is_kept_or_refused_and_never_an_error(
    media_type: str, data: st.DataObject
) -> None:
    content = bytearray(heic_with(0, 1) if media_type == "image/heic" else SAMPLES[media_type][0])
    for _change in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(DamagedFile):
        bare(bytes(content), media_type)
